#include "predictor_speed.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>

#include <fmt/format.h>

#include "base/check.hpp"
#include "insight/features/feature_set.hpp"
#include "models/ensemble/predictor.hpp"
#include "served_series.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t warm_bars = 3000;  ///< of each series, before anything is measured

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Processor time of all threads.
double process_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Result<Predictor> open(const FittedEnsemble& model, const ServedSeries& s) {
    return Predictor::open(model, insight::FeatureSet(s.features), s.rules, s.bars.digits);
}

kit::BenchRow figure(std::string name, double value, std::string unit, std::optional<double> target = {}, bool higher = false, std::string note = {}) {
    return {.name = "predictor: " + std::move(name), .value = value, .unit = std::move(unit), .target = target, .higher_is_better = higher, .note = std::move(note)};
}

/// Processor time of each stage of each bar.
class Stages final : public StageWatch {
  public:
    void passed(PredictorStage stage, std::size_t member) override {
        const double now = kit::thread_seconds();
        if (keeping) micros[{stage, member}].push_back(1e6 * (now - last));
        last = kit::thread_seconds();  // the watch itself is no stage
    }
    void begin() { last = kit::thread_seconds(); }
    std::map<std::pair<PredictorStage, std::size_t>, std::vector<double>> micros;
    bool keeping = false;

  private:
    double last = 0;
};

struct BarTimes {
    std::vector<double> wall, own;  ///< microseconds of each bar: on the clock, and of this thread's processor time
};

Result<BarTimes> time_bars(const FittedEnsemble& model, std::span<const ServedSeries> all) {
    BarTimes out;
    for (const ServedSeries& s : all) {
        TRY(Predictor predictor, open(model, s));
        for (std::size_t i = 0; i < s.bars.size(); ++i) {
            const Bar bar = s.bars.bar(i);
            const double wall = wall_seconds(), own = kit::thread_seconds();
            predictor.next(bar);
            const double own_end = kit::thread_seconds(), wall_end = wall_seconds();
            if (i < warm_bars) continue;
            out.own.push_back(1e6 * (own_end - own));
            out.wall.push_back(1e6 * (wall_end - wall));
        }
    }
    return out;
}

Result<Stages> time_stages(const FittedEnsemble& model, std::span<const ServedSeries> all) {
    Stages out;
    for (const ServedSeries& s : all) {
        TRY(Predictor predictor, open(model, s));
        for (std::size_t i = 0; i < s.bars.size(); ++i) {
            const Bar bar = s.bars.bar(i);
            out.keeping = i >= warm_bars;
            out.begin();
            predictor.next(bar, Predictor::nobody, &out);
        }
    }
    return out;
}

std::string name_of(const FittedEnsemble& model, PredictorStage stage, std::size_t member) {
    switch (stage) {
        case PredictorStage::labels: return "labels";
        case PredictorStage::features: return "features, with the rules' regimes as columns";
        case PredictorStage::fitted_regimes: return "fitted regimes";
        case PredictorStage::rule_regimes: return "rules' regimes, read from the columns' guest";
        case PredictorStage::member: return model.member_names()[member];
        case PredictorStage::answer: return "stack, calibration, weights that follow";
        case PredictorStage::interval: return "interval";
    }
    return {};
}

Result<void> bar_by_bar(const FittedEnsemble& model, std::span<const ServedSeries> all, std::vector<kit::BenchRow>& rows) {
    TRY(const BarTimes times, time_bars(model, all));
    CHECK(times.own.size() >= 100'000);
    const std::string note = fmt::format("{} members, {} columns, {} bars of {} series", model.member_names().size(), model.columns(),
                                         times.own.size(), all.size());
    rows.push_back(figure("one bar, p50 of processor time", kit::quantile(times.own, 0.5), "us", 120, false, note));
    rows.push_back(figure("one bar, p99 of processor time", kit::quantile(times.own, 0.99), "us", 500));
    rows.push_back(figure("one bar, p99.9 of processor time", kit::quantile(times.own, 0.999), "us"));
    rows.push_back(figure("one bar, p50 on the clock", kit::quantile(times.wall, 0.5), "us", 120, false, "with whatever else the machine does"));
    rows.push_back(figure("one bar, p99 on the clock", kit::quantile(times.wall, 0.99), "us", 500));
    TRY(const Stages stages, time_stages(model, all));
    for (const auto& [key, micros] : stages.micros)
        rows.push_back(figure("stage " + name_of(model, key.first, key.second) + ", p50", kit::quantile(micros, 0.5), "us", {}, false,
                              fmt::format("p99 {:.2f} us", kit::quantile(micros, 0.99))));
    return {};
}

/// Bars a second of the best of three runs over all series: by the clock and by processor time, if it is `cores` at once.
struct Rate {
    double wall = 0, own = 0;
};
template <class Run>
Result<Rate> rate_of(const FittedEnsemble& model, std::span<const ServedSeries> all, int cores, Run run) {
    Rate best;
    for (int round = 0; round < 3; ++round) {
        double bars = 0, wall = 0, own = 0;
        for (std::size_t k = 0; k < all.size(); ++k) {
            TRY(Predictor predictor, open(model, all[k]));
            const double wall_begun = wall_seconds(), own_begun = process_seconds();
            TRY_VOID(run(predictor, k));
            wall += wall_seconds() - wall_begun;
            own += process_seconds() - own_begun;
            bars += static_cast<double>(all[k].bars.size());
        }
        best.wall = std::max(best.wall, bars / wall);
        best.own = std::max(best.own, cores * bars / own);
    }
    return best;
}

Result<void> in_bulk(const FittedEnsemble& model, std::span<const ServedSeries> all, std::vector<kit::BenchRow>& rows) {
    double sum = 0;
    const auto keep = [&sum](const BarPrediction& p) { sum += p.answer.p_up; };
    TRY(const Rate raw, rate_of(model, all, 1, [&](Predictor& p, std::size_t k) {
            return p.run(all[k].bars, {}, {.from = 0, .to = all[k].bars.size()}, keep);
        }));
    std::vector<PredictorRows> at_hand(all.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
        TRY(Predictor maker, open(model, all[k]));
        maker.take_rows(all[k].bars, {}, 0, all[k].bars.size(), at_hand[k]);
    }
    TRY(const Rate cached, rate_of(model, all, 2, [&](Predictor& p, std::size_t k) {
            return p.run_cached(all[k].bars, at_hand[k], {.from = 0, .to = all[k].bars.size(), .threads = 2}, keep);
        }));
    CHECK(sum > 0);
    rows.push_back(figure("in bulk from raw bars, one core, by processor time", raw.own, "bars/s", 15'000, true));
    rows.push_back(figure("in bulk from raw bars, one core, on the clock", raw.wall, "bars/s", 15'000, true));
    rows.push_back(figure("in bulk from features and regimes at hand, two cores, by processor time", cached.own, "bars/s", 50'000, true,
                          "twice the bars of a second of processor time, were both cores always busy"));
    rows.push_back(figure("in bulk from features and regimes at hand, two cores, on the clock", cached.wall, "bars/s", 50'000, true));
    return {};
}

}  // namespace

Result<std::vector<kit::BenchRow>> measure_predictor(const std::string& trainer) {
    TRY(const auto all, served_series());
    TRY(const FittedEnsemble model, served_model(all.front(), trainer));
    std::vector<kit::BenchRow> rows;
    TRY_VOID(bar_by_bar(model, all, rows));
    TRY_VOID(in_bulk(model, all, rows));
    return rows;
}

}  // namespace aitrading::models
