// From the tick that closes a bar to its prediction on the in-process topic, and to the same out of the journal: real hours as 50
// ticks each, 5,000 ticks a second, every member. Then ticks a second without models, and whether memory stays flat.
//   models_ensemble_service_bench [--ticks N] [--trainer PROGRAM] [--json]      N of the last part; 10^8 takes some minutes
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "aitrading/v1/models.pb.h"
#include "engines/event_bus/journal/journal.hpp"
#include "engines/market_feed/pulled/pulled_feed.hpp"
#include "kit/bench.hpp"
#include "market/bridge/service/bridge_service.hpp"
#include "market/simulator/ticks.hpp"
#include "models/ensemble/service/prediction_service.hpp"
#include "models/ensemble/service/bench/live_insight.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/bench/served_series.hpp"

namespace aitrading::models {
namespace {

using Steady = std::chrono::steady_clock;
using ports::FeedItem;

constexpr std::size_t warm_bars = 20'000, asked_bars = 6'000, ticks_of_bar = 50;
constexpr double ticks_per_second = 5'000;

UnixNanos wall() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

/// Ticks whose bars are those of a series: open, low, high and close among them.
engines::PullRows ticks_of(const BarColumns& bars) {
    return [&bars, at = warm_bars](std::vector<FeedItem>& rows) mutable -> Result<bool> {
        rows.clear();
        if (at >= warm_bars + asked_bars || at >= bars.size()) return false;
        const Bar bar = bars.bar(at++);
        const std::array<Price, 4> way{bar.open, bar.low, bar.high, bar.close};
        for (std::size_t i = 0; i < ticks_of_bar; ++i) {
            const Price bid = way[i * 4 / ticks_of_bar];
            rows.push_back({.row = Tick{{bar.time.value + static_cast<std::int64_t>(i) * nanos_per_hour / static_cast<std::int64_t>(ticks_of_bar)}, bid, {bid.raw + 100'000}, {}, {}}});
        }
        return true;
    };
}

/// When each bar's closing tick left the feed, by the bar that it opens; the bar before it is the one that closes.
class Stopwatch {
  public:
    void left(std::int64_t hour) {
        const std::lock_guard lock(mutex_);
        left_.try_emplace(hour, Left{Steady::now(), wall()});
    }
    /// Microseconds since the first tick after this bar.
    std::optional<double> since(std::int64_t bar) {
        const auto now = Steady::now();
        const std::lock_guard lock(mutex_);
        const auto next = left_.upper_bound(bar);
        if (next == left_.end()) return std::nullopt;
        return std::chrono::duration<double, std::micro>(now - next->second.steady).count();
    }
    /// Microseconds from the first tick after this bar to an instant.
    std::optional<double> until(std::int64_t bar, UnixNanos instant) {
        const std::lock_guard lock(mutex_);
        const auto next = left_.upper_bound(bar);
        if (next == left_.end()) return std::nullopt;
        return 1e-3 * static_cast<double>(instant.value - next->second.wall.value);
    }

  private:
    struct Left {
        Steady::time_point steady;
        UnixNanos wall;
    };
    std::mutex mutex_;
    std::map<std::int64_t, Left> left_;
};

/// A feed that notes when the first tick of each hour leaves it.
class TimedFeed final : public ports::MarketFeed {
  public:
    TimedFeed(std::unique_ptr<ports::MarketFeed> feed, Stopwatch& watch) : feed_(std::move(feed)), watch_(watch) {}
    std::string_view name() const override { return feed_->name(); }
    const std::vector<ports::FedSymbol>& symbols() const override { return feed_->symbols(); }
    bool ended() const override { return feed_->ended(); }
    Result<void> poll(std::vector<FeedItem>& out, std::size_t items_max, std::chrono::milliseconds wait, const std::stop_token& stop) override {
        auto polled = feed_->poll(out, items_max, wait, stop);
        for (const FeedItem& item : out) {
            const std::int64_t hour = ports::known_at(item).value / nanos_per_hour;
            if (hour != last_) watch_.left(hour * nanos_per_hour);
            last_ = hour;
        }
        return polled;
    }

  private:
    std::unique_ptr<ports::MarketFeed> feed_;
    Stopwatch& watch_;
    std::int64_t last_ = -1;
};

/// Bar that a prediction speaks of.
std::int64_t bar_of(const Event& event) {
    const auto message = kit::unpack_as<v1::MLPredictionGenerated>(event);
    return message ? message->prediction().bar_open_ns() : INT64_MAX;
}

Result<ServedModel> model_on(const ServedSeries& s, const std::string& trainer) {
    TRY(FittedEnsemble fitted, served_model(s, trainer));
    auto model = std::make_shared<const FittedEnsemble>(std::move(fitted));
    TRY(Predictor predictor, Predictor::open(*model, insight::FeatureSet(s.features), s.rules, s.bars.digits));
    TRY_VOID(predictor.run(s.bars, {}, {.from = 0, .to = warm_bars, .threads = 2, .ask = false}, [](const BarPrediction&) {}));
    auto trail = std::make_shared<AnswerTrail>(model, predictor, AnswerTrail::usual_rows(s.bars.key.timeframe));
    return ServedModel{.source = {.name = "bench", .version = 1, .series = s.bars.key, .label = "next_bar"}, .model = model, .predictor = std::move(predictor), .last_bar = s.bars.time[warm_bars - 1], .trail = std::move(trail)};
}

kit::BenchRow figure(std::string name, double value, std::string unit, std::optional<double> target = {}, bool higher = false, std::string note = {}) {
    return {.name = "path: " + std::move(name), .value = value, .unit = std::move(unit), .target = target, .higher_is_better = higher, .note = std::move(note)};
}

Result<void> tick_to_prediction(const std::string& trainer, std::vector<kit::BenchRow>& rows) {
    TRY(const auto all, served_series());
    const ServedSeries& s = all.front();
    TRY(ServedModel model, model_on(s, trainer));
    const std::size_t members = model.model->member_names().size();
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("aitrading-path-{}", ::getpid());
    std::filesystem::remove_all(folder);
    TRY(const auto journal, engines::open_journal({.folder = folder, .limits = {}, .file_system = {}}));
    const auto bars = kit::LiveTopic::make(4'096), predictions = kit::LiveTopic::make(4'096);
    Stopwatch watch;
    auto feed = std::make_unique<TimedFeed>(std::make_unique<engines::PulledFeed>("replay", std::vector<ports::FedSymbol>{{s.bars.key.symbol, s.bars.digits}}, ticks_of(s.bars),
                                                                                  engines::Pace{.rows_per_second = ticks_per_second}), watch);
    TRY(auto bridge, market::DataBridge::open(std::move(feed), {.ticks = kit::LiveTopic::make(65'536), .bars = bars, .journal = journal.get()}, {.timeframes = {Timeframe::h1}}, wall));
    std::vector<ServedModel> models;
    models.push_back(std::move(model));
    PredictionService service(std::move(models), {.bars = bars, .predictions = predictions, .journal = journal.get()}, {}, wall);
    const auto reader = predictions->subscribe();
    TRY_VOID(service.start());
    TRY(const auto group, journal->subscribe("models.predictions", "bench", {}));
    std::vector<double> live, answered, durable;
    std::jthread keeps([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto some = group->poll({.wait = std::chrono::milliseconds(50)});
            if (!some) return;
            for (const auto& d : *some)
                if (const auto micros = watch.since(bar_of(d.event))) durable.push_back(*micros);
        }
    });
    market::BridgeService running(std::move(bridge));
    TRY_VOID(running.start());
    kit::LiveReader::Batch batch;
    while (live.size() + 2 < asked_bars && (!running.ended() || service.lag() > 0))
        if (reader->poll(batch, 256, std::chrono::milliseconds(50)))
            for (const auto& event : batch.events) {
                const std::int64_t bar = bar_of(*event);
                if (const auto micros = watch.since(bar)) live.push_back(*micros);
                if (const auto micros = watch.until(bar, event->time)) answered.push_back(*micros);
            }
    running.stop(Deadline{SteadyTime::max()});
    service.stop(Deadline{SteadyTime::max()});
    keeps.request_stop();
    keeps.join();
    std::filesystem::remove_all(folder);
    if (live.size() < asked_bars / 2) return fail(ErrorCode::failed, fmt::format("{} predictions came of {}", live.size(), asked_bars));
    const std::string note = fmt::format("{} members, {} bars, 5,000 ticks/s", members, live.size());
    rows.push_back(figure("closing tick to prediction on the topic, p50", kit::quantile(live, 0.5) / 1e3, "ms", 0.5, false, note));
    rows.push_back(figure("closing tick to prediction on the topic, p99", kit::quantile(live, 0.99) / 1e3, "ms", 2));
    rows.push_back(figure("closing tick to the answer, before it goes out, p50", kit::quantile(answered, 0.5) / 1e3, "ms", {}, false, "two threads woken from there and to there cost the rest"));
    rows.push_back(figure("closing tick to the same out of the journal, p50", kit::quantile(durable, 0.5) / 1e3, "ms", {}, false, "durable, read by a group"));
    rows.push_back(figure("closing tick to the same out of the journal, p99", kit::quantile(durable, 0.99) / 1e3, "ms"));
    return {};
}

/// Microseconds of each stage of a bar.
class StageTimes final : public StageWatch {
  public:
    void begin() { last_ = Steady::now(); }
    void passed(PredictorStage stage, std::size_t member) override {
        const std::size_t at = static_cast<std::size_t>(stage) + (stage > PredictorStage::member ? members_max : 0) + (stage == PredictorStage::member ? member : 0);
        times_[at].push_back(std::chrono::duration<double, std::micro>(Steady::now() - last_).count());
        last_ = Steady::now();
    }
    /// Medians of features, of trees, of nets, and of everything together. @pre members are three of trees, three nets and others
    std::array<double, 4> medians() {
        std::array<double, 4> out{};
        for (std::size_t at = 0; at < times_.size(); ++at) {
            if (times_[at].empty()) continue;
            const double median = kit::quantile(times_[at], 0.5);
            const std::size_t first = static_cast<std::size_t>(PredictorStage::member);
            if (at == static_cast<std::size_t>(PredictorStage::features)) out[0] += median;
            if (at >= first && at < first + 3) out[1] += median;
            if (at >= first + 3 && at < first + 6) out[2] += median;
            out[3] += median;
        }
        return out;
    }

  private:
    static constexpr std::size_t members_max = 64;
    std::array<std::vector<double>, members_max + 8> times_;
    Steady::time_point last_;
};

/// What ten milliseconds of quiet cost the predictor alone, which it leaves the caches in.
Result<void> quiet_before_a_bar(const std::string& trainer, std::vector<kit::BenchRow>& rows) {
    TRY(const auto all, served_series());
    const ServedSeries& s = all.front();
    TRY(ServedModel model, model_on(s, trainer));
    std::size_t at = warm_bars;
    for (const auto& [name, quiet] : {std::pair{"in a row", std::chrono::milliseconds(0)}, {"10 ms after the one before", std::chrono::milliseconds(10)}}) {
        StageTimes times;
        for (int i = 0; i < 500; ++i) {
            if (quiet.count() > 0) std::this_thread::sleep_for(quiet);
            times.begin();
            model.predictor.next(s.bars.bar(at++), Predictor::nobody, &times);
        }
        const auto [features, trees, nets, sum] = times.medians();
        rows.push_back(figure(fmt::format("the predictor alone, a bar {}, medians of its stages", name), sum, "us", {}, false,
                              fmt::format("features {:.0f}, trees {:.0f}, nets {:.0f}", features, trees, nets)));
    }
    return {};
}

/// Resident memory of this process in MB.
double resident_mb() {
    std::ifstream file("/proc/self/statm");
    double total = 0, resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

Result<void> ticks_alone(std::int64_t ticks, std::vector<kit::BenchRow>& rows) {
    auto pull = [simulator = market::TickSimulator(1), left = ticks](std::vector<FeedItem>& out) mutable -> Result<bool> {
        out.clear();
        for (; left > 0 && out.size() < 1'024; --left) out.push_back({.row = simulator.next()});
        return !out.empty();
    };
    const auto topic = kit::LiveTopic::make(4'096), bars = kit::LiveTopic::make(4'096);
    auto feed = std::make_unique<engines::PulledFeed>("simulator", std::vector<ports::FedSymbol>{{"SIMULATED", 5}}, std::move(pull));
    // One event a tick, as a live feed gives them.
    TRY(auto bridge, market::DataBridge::open(std::move(feed), {.ticks = topic, .bars = bars, .journal = nullptr},
                                              {.timeframes = {Timeframe::m1, Timeframe::m5, Timeframe::h1}, .rows_max = 1}, [] { return UnixNanos{INT64_MAX / 2}; }));
    const auto reader = topic->subscribe();
    std::uint64_t read = 0;
    std::jthread reads([&](const std::stop_token& stop) {
        kit::LiveReader::Batch batch;
        while (reader->poll(batch, 1'024, std::chrono::milliseconds(50)) || !stop.stop_requested()) read += batch.events.size() + batch.missed;
    });
    const auto begun = Steady::now();
    double early = 0, most = 0;
    for (std::int64_t i = 0; i < ticks; ++i) {
        TRY_VOID(bridge->step(std::chrono::milliseconds(0), {}));
        if (i == ticks / 10) early = resident_mb();
        if (i > ticks / 10 && i % (1 << 20) == 0) most = std::max(most, resident_mb());
    }
    const double seconds = std::chrono::duration<double>(Steady::now() - begun).count();
    most = std::max(most, resident_mb());
    rows.push_back(figure("ticks as events, judged and in bars of three timeframes, without models", static_cast<double>(ticks) / seconds, "1/s", 50'000, true, fmt::format("{} ticks, {} bars", ticks, bridge->counts().bars)));
    rows.push_back(figure("memory after all of them over memory after a tenth", most / early, "times", 1.05, false, fmt::format("{:.0f} MB", most)));
    return {};
}

}  // namespace
}  // namespace aitrading::models

int main(int argc, char** argv) {
    using namespace aitrading;  // NOLINT(google-build-using-namespace)
    std::string trainer = std::getenv("AITRADING_TRAIN") != nullptr ? models::find_trainer().string()
                                                                    : (models::find_trainer().parent_path() / "../../../apps/aitrading/aitrading-train").lexically_normal().string();
    std::int64_t ticks = 10'000'000;
    for (int i = 1; i + 1 < argc; ++i) {
        if (std::string_view(argv[i]) == "--ticks") ticks = std::atoll(argv[i + 1]);
        if (std::string_view(argv[i]) == "--trainer") trainer = argv[i + 1];
    }
    std::vector<kit::BenchRow> rows;
    if (const auto done = models::tick_to_prediction(trainer, rows); !done) std::fprintf(stderr, "path: not measured: %s\n", done.error().text.c_str());
    if (const auto done = models::quiet_before_a_bar(trainer, rows); !done) std::fprintf(stderr, "quiet: not measured: %s\n", done.error().text.c_str());
    if (const auto done = models::live_insight(trainer, rows); !done) std::fprintf(stderr, "live insight: not measured: %s\n", done.error().text.c_str());
    if (const auto done = models::ticks_alone(ticks, rows); !done) {
        std::fprintf(stderr, "%s\n", done.error().text.c_str());
        return exit_status(done.error().code);
    }
    return kit::print_bench(rows, argc, argv);
}
