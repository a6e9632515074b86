#include "models/ensemble/service/other_markets.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "aitrading/v1/models.pb.h"
#include "insight/correlation/correlation_guest.hpp"
#include "models/ensemble/service/prediction_service.hpp"
#include "models/ensemble/tests/predictor_models.hpp"

namespace aitrading::models {
namespace {

using insight::CrossSeries;
using testing_predictor::made_bars;
using testing_predictor::Served;

constexpr std::size_t rows = 2'400, told_from = 2'200;
UnixNanos fixed_now() { return {1'500'000'000'000'000'000}; }

/// Bars of the model's own series.
const BarColumns& own() {
    static const BarColumns bars = made_bars(rows, 21);
    return bars;
}

/// Another market at the same hours; every `gap`-th is missing.
BarColumns beside(const char* symbol, std::uint64_t seed, std::size_t gap) {
    const BarColumns all = made_bars(rows, seed);
    BarColumns out;
    out.key = {symbol, Timeframe::h1};
    for (std::size_t i = 0; i < all.size(); ++i)
        if (i % gap != 3) out.append(all.bar(i));
    return out;
}

/// A single market and a dollar index of five legs.
const std::vector<BarColumns>& others() {
    static const std::vector<BarColumns> bars = [] {
        std::vector<BarColumns> out{beside("GOLD", 5, 7)};
        std::uint64_t seed = 31;
        for (const char* leg : {"EURUSD", "USDJPY", "GBPUSD", "USDCAD", "USDCHF"}) {
            out.push_back(beside(leg, seed, 11 + seed % 3));
            ++seed;
        }
        return out;
    }();
    return bars;
}

std::vector<CrossSeries> markets_until(UnixNanos end) {
    std::vector<CrossSeries> legs, out;
    for (std::size_t j = 1; j < others().size(); ++j) legs.push_back(insight::cross_series(others()[j].key.symbol, others()[j]));
    out.push_back(insight::cross_series("gold", others()[0]));
    out.push_back(*insight::dollar_index(legs));
    for (CrossSeries& s : out)
        while (!s.known.empty() && s.known.back() > end) s.known.pop_back(), s.level.pop_back();
    return out;
}

insight::GuestBox guest(const OtherMarkets::Levels& levels) { return insight::GuestBox(*insight::correlation_guest(Timeframe::h1, levels)); }

const Served& served() {
    static const Served made = [] {
        std::vector<insight::GuestBox> guests;
        guests.push_back(guest(std::make_shared<std::vector<CrossSeries>>(markets_until({INT64_MAX}))));
        return testing_predictor::serve(own(), {.nets = false, .train = 1'500}, std::move(guests));
    }();
    return made;
}

UnixNanos close_of(const BarColumns& bars, std::size_t i) { return {bars.time[i].value + nanos_per_hour}; }

/// The model as a service has it: it has taken in the past, of its own series and of the others.
ServedModel warmed(OtherMarkets::Options options = {}) {
    const UnixNanos past = close_of(own(), told_from - 1);
    const auto levels = std::make_shared<std::vector<CrossSeries>>(markets_until(past));
    insight::FeatureOptions features = served().features;
    features.guests.front() = guest(levels);
    ServedModel out{.source = {.name = "made", .version = 1, .series = own().key, .label = "next_bar"},
                    .model = std::shared_ptr<const FittedEnsemble>(&served().model, [](const FittedEnsemble*) {}),
                    .predictor = *Predictor::open(served().model, insight::FeatureSet(features), served().rules, own().digits), .last_bar = own().time[told_from - 1], .reads_spread = true};
    for (std::size_t i = 0; i < told_from; ++i) out.predictor.warm(own().bar(i), served().spreads[i]);
    std::vector<std::string_view> names;
    for (std::size_t j = 1; j < others().size(); ++j) names.push_back(others()[j].key.symbol);
    auto dollar = *insight::DollarIndexStream::of(names);
    const std::vector<std::string> pairs = dollar.pairs();
    options.answered = past;
    std::vector<std::pair<std::string, UnixNanos>> seen;
    for (const BarColumns& bars : others())
        for (std::size_t i = 0; i < bars.size() && close_of(bars, i) <= past; ++i) {
            const auto at = std::ranges::find(pairs, bars.key.symbol);
            if (at != pairs.end()) dollar.take(static_cast<std::size_t>(at - pairs.begin()), bars.close[i].to_double());
            if (i + 1 == bars.size() || close_of(bars, i + 1) > past) seen.emplace_back(bars.key.symbol, close_of(bars, i));
        }
    out.markets = std::make_shared<OtherMarkets>(Timeframe::h1, levels, std::vector<OtherMarkets::Source>{{.symbols = {"GOLD"}}, {.symbols = pairs, .dollar = std::move(dollar)}}, options);
    for (const auto& [symbol, known] : seen) out.markets->seen(symbol, known);
    return out;
}

std::shared_ptr<const Event> bar_event(const BarColumns& bars, std::size_t i) {
    kit::BarNews news{.symbol = bars.key.symbol, .feed = "test", .timeframe = Timeframe::h1, .bar = bars.bar(i), .known = close_of(bars, i), .ask = {}};
    if (bars.has_spread()) {
        const Price s = bars.spread[i];
        news.ask = kit::AskSide{news.bar.open + s, news.bar.high + s, news.bar.low + s, news.bar.close + s};
    }
    return std::make_shared<const Event>(*kit::pack_derived(news, {.source = "/test", .now = fixed_now(), .about = {}}));
}

/// Events of all series in the order in which they became known. @param own_first whether the own bar comes before those of its instant
std::vector<std::shared_ptr<const Event>> feed(bool own_first, std::size_t to = rows) {
    std::vector<std::pair<UnixNanos, std::shared_ptr<const Event>>> all;
    const auto add = [&](const BarColumns& bars) {
        for (std::size_t i = 0; i < bars.size(); ++i)
            if (close_of(bars, i) > close_of(own(), told_from - 1) && close_of(bars, i) <= close_of(own(), to - 1)) all.emplace_back(close_of(bars, i), bar_event(bars, i));
    };
    if (own_first) add(own());
    for (const BarColumns& bars : others()) add(bars);
    if (!own_first) add(own());
    std::ranges::stable_sort(all, {}, &std::pair<UnixNanos, std::shared_ptr<const Event>>::first);
    std::vector<std::shared_ptr<const Event>> out;
    out.reserve(all.size());
    for (auto& [known, event] : all) out.push_back(std::move(event));
    return out;
}

/// What the running service says of these events.
std::vector<v1::Prediction> said(ServedModel model, const std::vector<std::shared_ptr<const Event>>& events, std::size_t wanted) {
    const auto bars = kit::LiveTopic::make(16'384), predictions = kit::LiveTopic::make(4'096);
    std::vector<ServedModel> models;
    models.push_back(std::move(model));
    PredictionService service(std::move(models), {.bars = bars, .predictions = predictions, .journal = nullptr}, {}, fixed_now);
    const auto reader = predictions->subscribe();
    EXPECT_TRUE(service.start());
    for (const auto& event : events) bars->publish(event);
    std::vector<v1::Prediction> out;
    kit::LiveReader::Batch batch;
    while (out.size() < wanted && reader->poll(batch, 256, std::chrono::seconds(20)))
        for (const auto& event : batch.events) out.push_back(kit::unpack_as<v1::MLPredictionGenerated>(*event)->prediction());
    service.stop(Deadline{SteadyTime::max()});
    return out;
}

TEST(OtherMarkets, answers_are_those_of_the_past_bit_for_bit_whichever_market_comes_first) {
    std::vector<BarPrediction> wanted;
    Predictor offline = served().open();
    for (std::size_t i = 0; i < rows; ++i) {
        if (i < told_from) offline.warm(own().bar(i), served().spreads[i]);
        else wanted.push_back(offline.next(own().bar(i), served().spreads[i]));
    }
    for (const bool own_first : {true, false}) {
        // The last bar waits for a market that has none at its instant, so it is not asked for where that is so.
        const auto told = said(warmed(), feed(own_first), wanted.size() - 1);
        ASSERT_GE(told.size(), wanted.size() - 1);
        for (std::size_t i = 0; i < told.size(); ++i) {
            ASSERT_EQ(told[i].bar_open_ns(), own().time[told_from + i].value);
            ASSERT_EQ(told[i].p_up(), wanted[i].answer.p_up) << "bar " << i;
            ASSERT_EQ(told[i].low(), wanted[i].answer.low) << "bar " << i;
            ASSERT_EQ(told[i].high(), wanted[i].answer.high) << "bar " << i;
            ASSERT_FALSE(told[i].degraded()) << told[i].degraded_because();
        }
    }
}

TEST(OtherMarkets, the_columns_take_part) {
    // Without the others' bars the answers differ: else the test above would show nothing.
    std::vector<std::shared_ptr<const Event>> alone;
    for (std::size_t i = told_from; i < rows; ++i) alone.push_back(bar_event(own(), i));
    const auto with = said(warmed(), feed(true), rows - told_from - 1), without = said(warmed(), alone, rows - told_from - 1);
    ASSERT_EQ(without.size(), rows - told_from - 1);
    std::size_t differ = 0;
    for (std::size_t i = 0; i < without.size(); ++i) differ += with[i].p_up() != without[i].p_up() ? 1 : 0;
    EXPECT_GT(differ, 20U);
    EXPECT_FALSE(without[10].degraded());
    EXPECT_TRUE(without.back().degraded());
    EXPECT_NE(without.back().degraded_because().find("GOLD has had no bar for"), std::string::npos) << without.back().degraded_because();
}

TEST(OtherMarkets, what_comes_too_late_changes_nothing_that_was_said_and_is_told) {
    auto events = feed(true, told_from + 60);
    const auto whole = said(warmed(), events, 59);
    // Gold's tenth bar comes after the model's next one, which shows that its time has passed.
    std::size_t at = 0, gold = 0;
    while (gold < 10) gold += events[at++]->subject == "GOLD" ? 1 : 0;
    const auto late = events[at - 1];
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(at) - 1);
    while (events[at++]->subject != own().key.symbol) {
    }
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(at), late);
    const auto told = said(warmed(), events, 59);
    ASSERT_EQ(told.size(), whole.size());
    const auto first = std::ranges::find_if(told, [](const v1::Prediction& p) { return p.degraded(); });
    ASSERT_NE(first, told.end());
    EXPECT_TRUE(std::all_of(first, told.end(), [](const v1::Prediction& p) { return p.degraded(); }));
    const std::int64_t known = kit::unpack_bar(*late)->known.value;
    for (std::size_t i = 0; i < told.size(); ++i)
        if (told[i].known_ns() < known) {
            ASSERT_EQ(told[i].SerializeAsString(), whole[i].SerializeAsString());
        }
}

kit::BarNews news(const char* symbol, std::int64_t hour) {
    return {.symbol = symbol, .feed = "test", .timeframe = Timeframe::h1, .bar = {.time = {(hour - 1) * nanos_per_hour}, .close = Price::from_double(1.5)}, .known = {hour * nanos_per_hour}, .ask = {}};
}

TEST(OtherMarkets, gives_a_bar_when_all_have_closed_when_time_has_passed_or_after_the_grace) {
    const auto levels = std::make_shared<std::vector<CrossSeries>>(1);
    const auto now = std::chrono::steady_clock::time_point{};
    const auto held = [&](std::int64_t hour) { return OtherMarkets::Held{.event = nullptr, .bar = {}, .known = {hour * nanos_per_hour}, .since = now}; };
    OtherMarkets markets(Timeframe::h1, levels, {{.symbols = {"A"}}}, {.silent_bars = 1});
    markets.hold(held(1));
    EXPECT_FALSE(markets.next(now));
    markets.take(news("A", 1));
    ASSERT_TRUE(markets.next(now)) << "it has closed";
    EXPECT_FALSE(markets.next(now));
    markets.hold(held(2));
    markets.hold(held(3));
    EXPECT_FALSE(markets.next(now + std::chrono::hours(9))) << "no grace: a replay";
    markets.take(news("B", 3));
    ASSERT_TRUE(markets.next(now)) << "time has passed";
    EXPECT_FALSE(markets.next(now));
    markets.take(news("B", 4));
    ASSERT_TRUE(markets.next(now));
    EXPECT_NE(markets.why_degraded().find("A has had no bar for 2 bars"), std::string::npos) << markets.why_degraded();
    markets.take(news("A", 4));
    markets.hold(held(4));
    ASSERT_TRUE(markets.next(now));
    EXPECT_EQ(markets.why_degraded(), "");
    EXPECT_EQ(levels->front().size(), 2U);
    OtherMarkets live(Timeframe::h1, levels, {{.symbols = {"A"}}}, {.grace = std::chrono::seconds(3)});
    live.hold(held(5));
    EXPECT_FALSE(live.next(now + std::chrono::seconds(2)));
    EXPECT_TRUE(live.next(now + std::chrono::seconds(3)));
    live.take(news("A", 5));
    EXPECT_EQ(live.late(), 1U);
    EXPECT_EQ(levels->front().known.back().value, 5 * nanos_per_hour + 1);
}

}  // namespace
}  // namespace aitrading::models
