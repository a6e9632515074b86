#include "models/ensemble/service/bench/live_insight.hpp"

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "base/random.hpp"
#include "insight/correlation/service/correlation_service.hpp"
#include "insight/regimes/service/regime_service.hpp"
#include "kit/contracts/bar_news.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/bench/served_series.hpp"
#include "models/ensemble/service/prediction_service.hpp"

namespace aitrading::models {
namespace {

using Steady = std::chrono::steady_clock;
using insight::CorrelationService, insight::FeatureSet, insight::RegimeService, insight::ServedRegimes, insight::ServedUniverse;

constexpr std::size_t warm_bars = 20'000, paced_bars = 2'000;
constexpr auto pace = std::chrono::milliseconds(10);

UnixNanos wall() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

/// Processor time of the whole process in seconds.
double process_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Hourly closes of a common move and each symbol's own; the names of the dollar's legs come first.
std::vector<BarColumns> made(std::size_t symbols, std::size_t rows) {
    const char* legs[] = {"EURUSD", "GBPUSD", "USDJPY", "USDCAD", "USDSEK", "USDCHF"};
    std::vector<BarColumns> out(symbols);
    SplitMix64 random(1);
    std::vector<double> level(symbols);
    for (std::size_t j = 0; j < symbols; ++j) out[j].key = {j < 6 ? legs[j] : fmt::format("S{}", j), Timeframe::h1};
    for (std::size_t i = 0; i < rows; ++i) {
        const double common = random.next_normal();
        for (std::size_t j = 0; j < symbols; ++j) {
            level[j] += 1e-3 * (0.6 * common + 0.8 * random.next_normal());
            const double close = std::exp(level[j]);
            out[j].append({{static_cast<std::int64_t>(i) * nanos_per_hour}, Price::from_double(close), Price::from_double(close * 1.001), Price::from_double(close * 0.999),
                           Price::from_double(close), Quantity::from_double(100.0 + static_cast<double>(i % 24))});
        }
    }
    return out;
}

std::shared_ptr<const Event> bar_event(const SeriesKey& key, const Bar& bar) {
    auto event = kit::pack_derived(kit::BarNews{.symbol = key.symbol, .feed = "bench", .timeframe = key.timeframe, .bar = bar, .known = {bar.time.value + duration_nanos(key.timeframe)}, .ask = {}},
                                   {.source = "/bench", .now = wall(), .about = {}});
    return std::make_shared<const Event>(std::move(*event));
}

RegimeService::Load rules_of(const SeriesKey& key, const BarColumns& past) {
    return [key, &past]() -> Result<std::vector<ServedRegimes>> {
        std::vector<ServedRegimes> out;
        TRY(auto teller, insight::rule_teller({}, {}));
        out.emplace_back(key, std::move(teller));
        for (std::size_t i = 0; i < past.size(); ++i) out.back().update(past.bar(i), NAN);
        return out;
    };
}

/// Of closes of all symbols, in the order of the columns; the first `warm` hours are past.
CorrelationService::Load universe_of(const std::vector<BarColumns>& series, std::size_t warm) {
    return [&series, warm]() -> Result<std::vector<ServedUniverse>> {
        std::vector<std::string> names;
        std::vector<insight::CrossSeries> past;
        for (const BarColumns& bars : series) {
            names.push_back(bars.key.symbol);
            past.push_back(insight::cross_series(bars.key.symbol, bars.slice(0, warm)));
        }
        std::vector<ServedUniverse> out;
        TRY(ServedUniverse universe, ServedUniverse::of("feed", Timeframe::h1, names));
        universe.warm(past);
        out.push_back(std::move(universe));
        return out;
    };
}

kit::BenchRow figure(std::string name, double value, std::string unit, std::optional<double> target = {}, std::string note = {}) {
    return {.name = "live insight: " + std::move(name), .value = value, .unit = std::move(unit), .target = target, .note = std::move(note)};
}

/// Processor time of one event that a service makes of `events`, which are published at once. @param count events that come of them
template <class Service>
Result<double> cost(Service& service, const std::shared_ptr<kit::LiveTopic>& topic, std::vector<kit::LiveTopic::EventPointer> events, std::uint64_t count) {
    TRY_VOID(service.start());
    const double begun = process_seconds();
    topic->publish(events);
    while (service.lag() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    service.stop(Deadline{SteadyTime::max()});
    const double spent = process_seconds() - begun;
    if (service.counts().told != count) return fail(ErrorCode::failed, fmt::format("{} events came of {}", service.counts().told, count));
    return spent / static_cast<double>(count);
}

Result<void> costs(std::vector<kit::BenchRow>& rows) {
    const std::size_t told = 5'000;
    {
        const auto series = made(1, 2'000 + told);
        const BarColumns past = series.front().slice(0, 2'000);
        const auto topic = kit::LiveTopic::make(16'384), out = kit::LiveTopic::make(16'384);
        RegimeService service(rules_of(past.key, past), {topic, out, nullptr}, {}, wall);
        std::vector<kit::LiveTopic::EventPointer> events;
        for (std::size_t i = 2'000; i < 2'000 + told; ++i) events.push_back(bar_event(past.key, series.front().bar(i)));
        TRY(const double seconds, cost(service, topic, std::move(events), told));
        rows.push_back(figure("a bar's regime by rule, message and envelope included, processor time", 1e6 * seconds, "µs", 1'000, "most is BOCPD's 500 runs"));
    }
    for (const std::size_t symbols : {std::size_t{7}, std::size_t{28}}) {
        const std::size_t instants = symbols == 7 ? 1'000 : 200;
        const auto series = made(symbols, 600 + instants);
        const auto topic = kit::LiveTopic::make(16'384), out = kit::LiveTopic::make(16'384);
        CorrelationService service(universe_of(series, 600), {topic, out, nullptr}, {}, wall);
        std::vector<kit::LiveTopic::EventPointer> events;
        for (std::size_t i = 600; i < 600 + instants; ++i)
            for (const BarColumns& bars : series) events.push_back(bar_event(bars.key, bars.bar(i)));
        TRY(const double seconds, cost(service, topic, std::move(events), instants));
        rows.push_back(figure(fmt::format("an instant's correlation of {} symbols, leads, breaks and dollar included, processor time", symbols), 1e3 * seconds, "ms", {}, fmt::format("{} pairs, {} bars in", symbols * (symbols - 1) / 2, symbols)));
    }
    return {};
}

double since(Steady::time_point begun) { return std::chrono::duration<double, std::milli>(Steady::now() - begun).count(); }

/// A predictor of every member that has taken in the past.
Result<ServedModel> model_on(const ServedSeries& s, const std::string& trainer) {
    TRY(FittedEnsemble fitted, served_model(s, trainer));
    const auto model = std::make_shared<const FittedEnsemble>(std::move(fitted));
    TRY(Predictor predictor, Predictor::open(*model, FeatureSet(s.features), s.rules, s.bars.digits));
    TRY_VOID(predictor.run(s.bars, {}, {.from = 0, .to = warm_bars, .threads = 2, .ask = false}, [](const BarPrediction&) {}));
    return ServedModel{.source = {.name = "bench", .version = 1, .series = s.bars.key, .label = "next_bar"}, .model = model, .predictor = std::move(predictor), .last_bar = s.bars.time[warm_bars - 1]};
}

/// How long a bar's prediction takes while regimes and the correlation of seven symbols are told of the same instants, and while they
/// hear nothing: by turns of 50 bars, so that both see the same machine.
Result<void> prediction_delays(const std::string& trainer, std::vector<kit::BenchRow>& rows) {
    TRY(const auto all, served_series());
    TRY(ServedModel model, model_on(all.front(), trainer));
    const std::size_t members = model.model->member_names().size();
    // Hours of six other symbols at the very instants of the model's own.
    std::vector<BarColumns> series = made(7, warm_bars + paced_bars);
    series.front() = all.front().bars.slice(0, warm_bars + paced_bars);
    for (std::size_t j = 1; j < series.size(); ++j) series[j].time = series.front().time;
    const BarColumns past = series.front().slice(0, warm_bars);
    const auto bars = kit::LiveTopic::make(65'536), beside = kit::LiveTopic::make(65'536), predictions = kit::LiveTopic::make(4'096), told = kit::LiveTopic::make(4'096);
    std::vector<ServedModel> models;
    models.push_back(std::move(model));
    PredictionService service(std::move(models), {.bars = bars, .predictions = predictions, .journal = nullptr}, {}, wall);
    RegimeService regimes(rules_of(past.key, past), {beside, told, nullptr}, {}, wall);
    CorrelationService correlation(universe_of(series, warm_bars), {beside, told, nullptr}, {}, wall);
    const std::array<kit::Service*, 3> services{&service, &regimes, &correlation};
    for (kit::Service* one : services) TRY_VOID(one->start());
    const auto answers = predictions->subscribe();
    kit::LiveReader::Batch batch;
    std::array<std::vector<double>, 2> delays;
    auto next = Steady::now();
    for (std::size_t i = warm_bars; i < warm_bars + paced_bars; ++i) {
        const bool both = i / 50 % 2 == 1;
        std::vector<kit::LiveTopic::EventPointer> instant;
        instant.reserve(series.size());
        for (const BarColumns& one : series) instant.push_back(bar_event(one.key, one.bar(i)));
        auto same = instant;  // what is published is moved away
        std::this_thread::sleep_until(next += pace);
        const auto begun = Steady::now();
        bars->publish(instant);
        if (both) beside->publish(same);
        if (!answers->poll(batch, 16, std::chrono::seconds(5))) return fail(ErrorCode::failed, "no prediction came within 5 s");
        delays[both ? 1 : 0].push_back(since(begun));
    }
    for (kit::Service* one : services) one->stop(Deadline{SteadyTime::max()});
    const std::string note = fmt::format("{} members, 7 symbols, an instant every 10 ms, {} each way by turns", members, delays[0].size());
    for (const bool both : {false, true}) {
        const std::string what = both ? "with regimes and correlation beside" : "alone";
        rows.push_back(figure(fmt::format("bar to prediction, {}, p50", what), kit::quantile(delays[both ? 1 : 0], 0.5), "ms", {}, note));
        rows.push_back(figure(fmt::format("bar to prediction, {}, p99", what), kit::quantile(delays[both ? 1 : 0], 0.99), "ms"));
    }
    return {};
}

Result<void> regime_delay(std::vector<kit::BenchRow>& rows) {
    const auto series = made(1, 2'000 + paced_bars);
    const BarColumns past = series.front().slice(0, 2'000);
    const auto topic = kit::LiveTopic::make(16'384), out = kit::LiveTopic::make(16'384);
    RegimeService service(rules_of(past.key, past), {topic, out, nullptr}, {}, wall);
    TRY_VOID(service.start());
    const auto answers = out->subscribe();
    kit::LiveReader::Batch batch;
    std::vector<double> delays;
    auto next = Steady::now();
    for (std::size_t i = 2'000; i < 2'000 + paced_bars; ++i) {
        const auto bar = bar_event(past.key, series.front().bar(i));
        std::this_thread::sleep_until(next += pace);
        const auto begun = Steady::now();
        topic->publish(bar);
        if (!answers->poll(batch, 16, std::chrono::seconds(5))) return fail(ErrorCode::failed, "no regime came within 5 s");
        delays.push_back(since(begun));
    }
    service.stop(Deadline{SteadyTime::max()});
    rows.push_back(figure("bar to its regime on the topic, p50", kit::quantile(delays, 0.5), "ms"));
    rows.push_back(figure("bar to its regime on the topic, p99", kit::quantile(delays, 0.99), "ms"));
    return {};
}

}  // namespace

Result<void> live_insight(const std::string& trainer, std::vector<kit::BenchRow>& rows) {
    TRY_VOID(costs(rows));
    TRY_VOID(regime_delay(rows));
    return prediction_delays(trainer, rows);
}

}  // namespace aitrading::models
