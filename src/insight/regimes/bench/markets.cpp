#include "markets.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>

#include "insight/regimes/assignment.hpp"
#include "insight/regimes/markov_switching.hpp"
#include "market/simulator/market.hpp"
#include "market/simulator/other_market.hpp"

namespace aitrading::insight {
namespace {

struct Drawn {
    std::vector<double> target, regressors, activity, p_exact;
    std::vector<int> truth, filtered;
    SwitchingSeries series(std::size_t rows) const {
        return {std::span(target).first(rows), {regressors.data(), rows, 4, 4}, {activity.data(), rows, 2, 2}};
    }
};

Drawn draw(market::MarketGenerator& generator, market::MarketFilter& filter, std::size_t rows) {
    Drawn out;
    for (std::size_t t = 0; t < rows; ++t) {
        const market::MarketRow row = generator.next();
        filter.update(row);
        out.target.push_back(row.r_bp);
        out.regressors.insert(out.regressors.end(), {1.0, row.x, std::tanh(row.r_bp / 5), row.dxy});
        out.activity.insert(out.activity.end(), {row.log_volume, row.log_spread});
        out.p_exact.push_back(filter.p_up_next());
        out.truth.push_back(row.regime);
        out.filtered.push_back(static_cast<int>(most_likely(filter.posterior())));
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

}  // namespace

std::vector<kit::BenchRow> measure_market(const std::string& market, std::uint64_t seed, std::size_t train,
                                          std::size_t test, int threads) {
    const Drawn data = draw(market, seed, train + test);
    MarkovSwitchingOptions options;
    options.seed = seed;
    options.threads = threads;
    const double started = seconds();
    const auto fit = fit_markov_switching(data.series(train), options);
    const double took = seconds() - started;
    if (!fit) {
        std::fprintf(stderr, "%s\n", fit.error().text.c_str());
        std::exit(exit_status(fit.error().code));
    }
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(fit->model);
    double agreed = 0, edge = 0;
    std::vector<int> states;
    for (std::size_t t = 0; t < train + test; ++t) {
        const auto posterior = filter.update(data.target[t], std::span(data.regressors).subspan(4 * t, 4),
                                             std::span(data.activity).subspan(2 * t, 2));
        if (t < train) continue;
        states.push_back(static_cast<int>(most_likely(posterior)));
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
    return {{.name = prefix + "edge share", .value = agreed / edge, .higher_is_better = true,
             .note = fmt::format("{} iterations{}, log likelihood {:.1f}, {} of {} starts collapsed", report.iterations,
                                 report.converged ? "" : " (not converged)", report.log_likelihood, report.starts_collapsed,
                                 report.starts)},
            {.name = prefix + "balanced accuracy of regimes", .value = own.balanced_accuracy, .target = asked,
             .higher_is_better = true, .peer = "exact filter, true parameters", .peer_value = best.balanced_accuracy,
             .note = fmt::format("accuracy {:.3f}, macro F1 {:.3f}", own.accuracy, own.macro_f1)},
            {.name = prefix + "changes by true changes", .value = own.transitions_ratio, .target = 1.5,
             .peer = "exact filter, true parameters", .peer_value = best.transitions_ratio},
            {.name = prefix + "fit", .value = took, .unit = "s"}};
}

}  // namespace aitrading::insight
