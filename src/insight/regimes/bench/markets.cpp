#include "markets.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "insight/regimes/assignment.hpp"
#include "insight/regimes/change_score.hpp"
#include "insight/regimes/markov_switching.hpp"
#include "insight/regimes/state_tracker.hpp"
#include "market/simulator/market.hpp"
#include "market/simulator/other_market.hpp"

namespace aitrading::insight {
namespace {

struct Drawn {
    std::vector<double> target, regressors, activity, p_exact;
    std::vector<int> truth, filtered, tracked;  ///< tracked: the exact filter's, with hysteresis
    SwitchingSeries series(std::size_t rows) const {
        return {std::span(target).first(rows), {regressors.data(), rows, 4, 4}, {activity.data(), rows, 2, 2}};
    }
};

Drawn draw(market::MarketGenerator& generator, market::MarketFilter& filter, std::size_t rows) {
    Drawn out;
    StateTracker tracker;
    for (std::size_t t = 0; t < rows; ++t) {
        const market::MarketRow row = generator.next();
        filter.update(row);
        out.target.push_back(row.r_bp);
        out.regressors.insert(out.regressors.end(), {1.0, row.x, std::tanh(row.r_bp / 5), row.dxy});
        out.activity.insert(out.activity.end(), {row.log_volume, row.log_spread});
        out.p_exact.push_back(filter.p_up_next());
        out.truth.push_back(row.regime);
        out.filtered.push_back(static_cast<int>(most_likely(filter.posterior())));
        out.tracked.push_back(static_cast<int>(tracker.update(filter.posterior())));
    }
    return out;
}

Drawn draw(const std::string& market, std::uint64_t seed, std::size_t rows) {
    if (market == "other") {
        const market::OtherParameters parameters = market::draw_other_market(seed);
        market::OtherMarket generator(parameters, seed);
        market::OtherFilter filter(parameters);
        return draw(generator, filter, rows);
    }
    const double strength = market == "strong" ? market::strong_strength : market::realistic_strength;
    market::SyntheticMarket generator(market::specified_market(strength), seed);
    market::ExactFilter filter(market::specified_market(strength));
    return draw(generator, filter, rows);
}

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr const char* exact = "exact filter, true parameters";

/// States matched to regimes.
std::vector<int> matched(std::span<const int> states, const RegimeScore& score) {
    std::vector<int> out;
    for (const int k : states) out.push_back(static_cast<int>(score.regime_of[static_cast<std::size_t>(k)]));
    return out;
}

/// What the state with hysteresis is worth, beside the exact filter's with the same hysteresis.
std::vector<kit::BenchRow> tracked_rows(const std::string& prefix, std::optional<double> asked, std::span<const int> truth,
                                        std::span<const int> tracked, std::span<const int> exactly) {
    const RegimeScore own = score_regimes(truth, tracked, market::regime_count), best = score_regimes(truth, exactly, market::regime_count);
    const ChangeScore changes = score_changes(truth, matched(tracked, own)), least = score_changes(truth, matched(exactly, best));
    const std::string name = prefix + "with hysteresis, ";
    return {{.name = name + "balanced accuracy", .value = own.balanced_accuracy, .target = asked, .higher_is_better = true, .peer = exact,
             .peer_value = best.balanced_accuracy},
            {.name = name + "macro F1", .value = own.macro_f1, .higher_is_better = true, .peer = exact, .peer_value = best.macro_f1},
            {.name = name + "adjusted Rand index", .value = adjusted_rand_index(truth, tracked, market::regime_count),
             .higher_is_better = true, .peer = exact, .peer_value = adjusted_rand_index(truth, exactly, market::regime_count)},
            {.name = name + "changes by true changes", .value = own.transitions_ratio, .target = 1.5, .peer = exact,
             .peer_value = best.transitions_ratio},
            {.name = name + "false transitions", .value = changes.false_per_1000, .unit = "per 1,000 bars",
             .target = 1.5 * changes.true_per_1000, .peer = exact, .peer_value = least.false_per_1000,
             .note = fmt::format("{:.1f} true ones per 1,000", changes.true_per_1000)},
            {.name = name + "median detection delay", .value = changes.median_delay, .unit = "bars", .peer = exact,
             .peer_value = least.median_delay, .note = fmt::format("{:.1f} % of the stays never told", 100 * changes.missed)}};
}

}  // namespace

std::vector<kit::BenchRow> measure_market(const std::string& market, std::uint64_t seed, std::size_t train,
                                          std::size_t test, std::size_t start_rows, int threads) {
    const Drawn data = draw(market, seed, train + test);
    MarkovSwitchingOptions options;
    options.seed = seed;
    options.threads = threads;
    options.start_rows = start_rows;
    const double started = seconds();
    const auto fit = fit_markov_switching(data.series(train), options);
    const double took = seconds() - started;
    if (!fit) {
        std::fprintf(stderr, "%s\n", fit.error().text.c_str());
        std::exit(exit_status(fit.error().code));
    }
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(fit->model);
    StateTracker tracker;
    double agreed = 0, edge = 0;
    std::vector<int> states, tracked;
    for (std::size_t t = 0; t < train + test; ++t) {
        const auto posterior = filter.update(data.target[t], std::span(data.regressors).subspan(4 * t, 4),
                                             std::span(data.activity).subspan(2 * t, 2));
        const auto told = static_cast<int>(tracker.update(posterior));
        if (t < train) continue;
        states.push_back(static_cast<int>(most_likely(posterior)));
        tracked.push_back(told);
        const double weight = std::abs(2 * data.p_exact[t] - 1);
        edge += weight;
        agreed += (filter.p_up_next() > 0.5) == (data.p_exact[t] > 0.5) ? weight : -weight;
    }
    const auto tail = [train](const std::vector<int>& v) { return std::span(v).subspan(train); };
    const RegimeScore own = score_regimes(tail(data.truth), states, market::regime_count);
    const RegimeScore best = score_regimes(tail(data.truth), tail(data.filtered), market::regime_count);
    const std::string prefix = fmt::format("{} seed {} switching regression: ", market, seed);
    std::optional<double> asked;
    if (market == "strong") asked = 0.872;
    if (market == "realistic") asked = 0.684;
    const FitReport& report = fit->report;
    std::vector<kit::BenchRow> out{
        {.name = prefix + "edge share", .value = agreed / edge, .higher_is_better = true,
         .note = fmt::format("{} iterations{}, log likelihood {:.1f}, {} of {} starts collapsed", report.iterations,
                             report.converged ? "" : " (not converged)", report.log_likelihood, report.starts_collapsed,
                             report.starts)},
        {.name = prefix + "balanced accuracy of the argmax", .value = own.balanced_accuracy, .target = asked, .higher_is_better = true,
         .peer = exact, .peer_value = best.balanced_accuracy, .note = fmt::format("accuracy {:.3f}, macro F1 {:.3f}", own.accuracy, own.macro_f1)},
        {.name = prefix + "changes of the argmax by true changes", .value = own.transitions_ratio, .peer = exact,
         .peer_value = best.transitions_ratio}};
    const auto more = tracked_rows(prefix, asked, tail(data.truth), tracked, tail(data.tracked));
    out.insert(out.end(), more.begin(), more.end());
    out.push_back({.name = prefix + "fit", .value = took, .unit = "s"});
    return out;
}

}  // namespace aitrading::insight
