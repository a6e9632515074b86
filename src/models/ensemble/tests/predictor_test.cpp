#include "models/ensemble/predictor.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "allocations.hpp"
#include "predictor_models.hpp"
#include "real_hours.hpp"

namespace aitrading::models {
namespace {

using testing_predictor::add;
using testing_predictor::made_bars;
using testing_predictor::serve;
using testing_predictor::Served;
using testing_predictor::Wishes;

constexpr std::size_t asked_from = 3400, rows = 5000;

/// One model for all tests: every kind of member, regimes, weights that follow the series.
const Served& full() {
    static const Served served = serve(made_bars(rows, 3), {});
    return served;
}

double spread_of(const Served& s, std::size_t i) { return s.spreads.empty() ? Predictor::nobody : s.spreads[i]; }

std::vector<BarPrediction> streamed(const Served& s, std::size_t from, std::size_t to) {
    Predictor predictor = s.open();
    std::vector<BarPrediction> out;
    for (std::size_t i = 0; i < from; ++i) predictor.warm(s.bars.bar(i), spread_of(s, i));
    for (std::size_t i = from; i < to; ++i) out.push_back(predictor.next(s.bars.bar(i), spread_of(s, i)));
    return out;
}

std::uint64_t print_of(std::span<const BarPrediction> predictions) {
    Fingerprint print;
    for (const BarPrediction& p : predictions) add(print, p);
    return print.value();
}

/// Features, learnt columns, regimes, members and intervals as the rooms give them one by one for a whole series.
void expect_what_the_parts_say(const Served& s) {
    const std::vector<BarPrediction> stream = streamed(s, asked_from, s.bars.size());
    const SeriesRegimes learnt(s.bars);
    const FeatureMatrix matrix = *s.model.with_learnt(*s.set().compute(s.bars), &learnt);
    const RegimePath regimes = *rule_regimes(s.bars, s.rules);
    const LabelSet labels = *make_labels(s.model.label_spec(), s.bars);
    IntervalStream intervals = s.model.interval_stream();
    intervals.finish_rows();
    auto weights = s.model.online_weights();
    EnsembleMemory memory = s.model.start();
    std::size_t label = 0;
    for (std::uint32_t i = 0; i < s.bars.size(); ++i) {
        const bool asked = i >= asked_from;
        const RowPrediction p = s.model.predict_next(memory, matrix.row(i), {}, {asked && weights ? &*weights : nullptr, i, regimes.regime[i]});
        if (!asked) continue;
        const TargetInterval interval = intervals.predict(i, p.p_up, s.model.interval_inputs(matrix.row(i)), regimes.regime[i]);
        const BarPrediction& own = stream[i - asked_from];
        ASSERT_EQ(own.bar, s.bars.time[i]);
        ASSERT_EQ(own.answer.p_up, p.p_up) << "bar " << i;
        ASSERT_EQ(own.answer.p_low, p.p_low);
        ASSERT_EQ(own.answer.p_high, p.p_high);
        ASSERT_EQ(own.answer.low, interval.low) << "bar " << i;
        ASSERT_EQ(own.answer.high, interval.high);
        ASSERT_EQ(own.regime.regime, regimes.regime[i]);
        ASSERT_EQ(own.regime.probability, regimes.probability[i]);
        ASSERT_EQ(own.regime.next, regimes.next[i]);
        ASSERT_EQ(own.has_states, s.model.learns_columns());
        ASSERT_TRUE(!own.has_states || std::ranges::equal(own.states, matrix.row(i).last(SeriesRegimeStream::columns).first(SeriesRegimes::states)));
        while (label < labels.size() && labels.row[label] < i) ++label;
        if (label == labels.size() || labels.row[label] != i) {
            if (weights) weights->label(i, i, std::nanf(""));
            continue;
        }
        intervals.label(i, labels.end[label], labels.target[label]);
        if (weights) weights->label(i, labels.end[label], labels.y[label]);
    }
}

TEST(predictor, says_bar_by_bar_what_its_parts_say_of_the_whole_series) {
    expect_what_the_parts_say(full());
    expect_what_the_parts_say(serve(made_bars(rows, 4), Wishes{.regimes = false, .nets = false, .online = false}));
    expect_what_the_parts_say(serve(made_bars(rows, 5), Wishes{.label = "volatility(24)", .nets = false}));
}

TEST(predictor, says_the_same_bar_by_bar_and_in_bulk_however_they_take_turns) {
    const Served& s = full();
    const std::uint64_t stream = print_of(streamed(s, asked_from, rows));
    for (const int threads : {1, 2, 4}) {
        Predictor predictor = s.open();
        std::vector<BarPrediction> out;
        const auto keep = [&](const BarPrediction& p) { out.push_back(p); };
        ASSERT_TRUE(predictor.run(s.bars, s.spreads, {.from = 0, .to = 3000, .threads = threads, .ask = false}, {}));
        for (std::size_t i = 3000; i < asked_from; ++i) predictor.warm(s.bars.bar(i), spread_of(s, i));
        ASSERT_TRUE(predictor.run(s.bars, s.spreads, {.from = asked_from, .to = 4500, .threads = threads}, keep));
        for (std::size_t i = 4500; i < 4600; ++i) keep(predictor.next(s.bars.bar(i), spread_of(s, i)));
        ASSERT_TRUE(predictor.run(s.bars, s.spreads, {.from = 4600, .to = rows, .threads = threads}, keep));
        EXPECT_EQ(print_of(out), stream) << threads << " threads";
        EXPECT_EQ(predictor.bars(), rows);
    }
}

TEST(predictor, says_the_same_from_features_and_regimes_at_hand) {
    const Served& s = full();
    Predictor maker = s.open();
    PredictorRows at_hand;
    maker.take_rows(s.bars, s.spreads, 0, 1000, at_hand);
    maker.take_rows(s.bars, s.spreads, 1000, rows, at_hand);
    Predictor predictor = s.open();
    std::vector<BarPrediction> out;
    ASSERT_TRUE(predictor.run_cached(s.bars, at_hand, {.from = 0, .to = asked_from, .threads = 2, .ask = false}, {}));
    ASSERT_TRUE(predictor.run_cached(s.bars, at_hand, {.from = asked_from, .to = rows, .threads = 2}, [&](const BarPrediction& p) { out.push_back(p); }));
    EXPECT_EQ(print_of(out), print_of(streamed(s, asked_from, rows)));
}

TEST(predictor, allocates_nothing_once_it_is_warm) {
    if (!testing_allocations::counts()) GTEST_SKIP() << "a sanitizer has its own operator new";
    for (const char* label : {"next_bar", "triple_barrier(2,2,24)"}) {
        const Served s = serve(made_bars(rows, 6), Wishes{.label = label});
        Predictor predictor = s.open();
        for (std::size_t i = 0; i < asked_from; ++i) predictor.warm(s.bars.bar(i), spread_of(s, i));
        for (std::size_t i = asked_from; i < 3600; ++i) predictor.next(s.bars.bar(i), spread_of(s, i));
        const std::size_t before = testing_allocations::count();
        for (std::size_t i = 3600; i < rows; ++i) predictor.next(s.bars.bar(i), spread_of(s, i));
        EXPECT_EQ(testing_allocations::count(), before) << label;
    }
}

TEST(predictor, goes_on_from_bytes_as_if_nothing_had_been) {
    const Served& s = full();
    const std::vector<BarPrediction> stream = streamed(s, asked_from, rows);
    Predictor before = s.open();
    ASSERT_TRUE(before.run(s.bars, s.spreads, {.from = 0, .to = asked_from, .ask = false}, {}));
    for (std::size_t i = asked_from; i < 4000; ++i) before.next(s.bars.bar(i), spread_of(s, i));
    const BarColumns seen = s.bars.slice(0, 4000);
    const auto spreads = std::span(s.spreads).first(4000);
    const std::string bytes = before.save();
    auto after = Predictor::restore(bytes, s.model, s.set(), s.rules, seen, spreads);
    ASSERT_TRUE(after) << after.error().text;
    EXPECT_EQ(after->save(), bytes);
    std::vector<BarPrediction> out;
    for (std::size_t i = 4000; i < rows; ++i) out.push_back(after->next(s.bars.bar(i), spread_of(s, i)));
    EXPECT_EQ(print_of(out), print_of(std::span(stream).subspan(4000 - asked_from)));

    EXPECT_FALSE(Predictor::restore(bytes, s.model, s.set(), s.rules, s.bars.slice(0, 3999), spreads.first(3999)));
    EXPECT_FALSE(Predictor::restore(bytes.substr(0, bytes.size() - 9), s.model, s.set(), s.rules, seen, spreads));
    EXPECT_FALSE(Predictor::restore("nothing", s.model, s.set(), s.rules, seen, spreads));
}

TEST(predictor, stops_when_asked) {
    const Served& s = full();
    std::stop_source stop;
    std::size_t told = 0;
    Predictor predictor = s.open();
    const auto done = predictor.run(s.bars, s.spreads, {.from = 0, .to = rows, .stop = stop.get_token()}, [&](const BarPrediction&) {
        if (++told == 100) stop.request_stop();
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::interrupted);
    EXPECT_LT(told, rows);
}

/// Hours as they were traded, with their weekends and gaps.
TEST(predictor, says_of_real_hours_what_its_parts_say) {
    const auto path = testing_hours::shared_file("dukascopy/EURUSD_H1_to_2019-05.csv.gz");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data: set AITRADING_SHARED";
    const Served s = serve(testing_hours::read_hours(path, "2015-01-01").slice(0, rows), {});
    expect_what_the_parts_say(s);
    Predictor predictor = s.open();
    std::vector<BarPrediction> out;
    ASSERT_TRUE(predictor.run(s.bars, s.spreads, {.from = 0, .to = asked_from, .ask = false}, {}));
    ASSERT_TRUE(predictor.run(s.bars, s.spreads, {.from = asked_from, .to = rows, .threads = 2}, [&](const BarPrediction& p) { out.push_back(p); }));
    EXPECT_EQ(print_of(out), print_of(streamed(s, asked_from, rows)));
}

TEST(predictor, looks_at_no_later_bar) {
    const Served& s = full();
    BarColumns other = made_bars(rows, 99);
    BarColumns turned = s.bars.slice(0, 4200);
    for (std::size_t i = 4200; i < rows; ++i) {
        turned.append({s.bars.time[i], other.open[i], other.high[i], other.low[i], other.close[i], other.volume[i]});
        turned.spread.push_back(other.spread[i]);
    }
    const auto answers = [&](const BarColumns& bars) {
        Predictor predictor = s.open();
        std::vector<BarPrediction> out;
        EXPECT_TRUE(predictor.run(bars, insight::closing_spreads(bars), {.from = 0, .to = rows, .threads = 2}, [&](const BarPrediction& p) { out.push_back(p); }));
        return out;
    };
    const auto one = answers(s.bars), two = answers(turned);
    EXPECT_EQ(print_of(std::span(one).first(4200)), print_of(std::span(two).first(4200)));
    EXPECT_NE(print_of(one), print_of(two));
}

TEST(predictor, refuses_features_and_regimes_of_another_kind) {
    const Served& s = full();
    insight::FeatureOptions plain = s.features;
    plain.guests.clear();
    const auto other = Predictor::open(s.model, insight::FeatureSet(plain), s.rules, s.bars.digits);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_input);
    RuleRegimeOptions rules = s.rules;
    rules.window = 5;
    EXPECT_FALSE(Predictor::open(s.model, s.set(), rules, s.bars.digits));
}

}  // namespace
}  // namespace aitrading::models
