#include "models/ensemble/market_regimes.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.hpp"
#include "insight/regimes/markov_switching.hpp"
#include "models/ensemble/column_learner.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t regressors = 4, activities = 2;
constexpr std::size_t rows_a_state = 1000;

}  // namespace

MarketRegimes::MarketRegimes(std::span<const MarketBar> bars) {
    for (std::size_t k = 1; k <= states; ++k) names_.push_back(fmt::format("regime_p({})", k));
    names_.emplace_back("markov_switching");
    target_.reserve(bars.size());
    regressors_.reserve(bars.size() * regressors);
    activity_.reserve(bars.size() * activities);
    for (const MarketBar& bar : bars) {
        target_.push_back(bar.r_bp);
        regressors_.insert(regressors_.end(), {1.0, bar.x, std::tanh(bar.r_bp / 5), bar.dxy});
        activity_.insert(activity_.end(), {bar.log_volume, bar.log_spread});
    }
}

std::string MarketRegimes::describe() const { return "markov switching regression 1: states=12 regressors=1,x,tanh(r/5),dxy"; }

Result<LearntBlock> MarketRegimes::compute(std::size_t known, std::size_t rows, std::uint64_t seed, int threads,
                                           std::stop_token stop) const {
    CHECK(known <= rows && rows <= target_.size());
    const insight::SwitchingSeries series{std::span(target_).first(known),
                                          {regressors_.data(), known, regressors, regressors},
                                          {activity_.data(), known, activities, activities}};
    insight::MarkovSwitchingOptions options;
    options.states = std::clamp<std::size_t>(known / rows_a_state, 2, states);
    options.seed = seed;
    options.threads = threads;
    options.em.stop = stop;
    Result<insight::MarkovSwitchingFit> fit = insight::fit_markov_switching(series, options);
    while (!fit && fit.error().code == ErrorCode::failed && options.states >= 4) {
        options.states -= 2;
        fit = insight::fit_markov_switching(series, options);
    }
    if (!fit) return std::unexpected(std::move(fit).error());
    TRY(insight::MarkovSwitchingFilter filter, insight::MarkovSwitchingFilter::of(fit->model));
    LearntBlock out;
    out.values.reserve(rows * names_.size());
    for (std::size_t t = 0; t < rows; ++t) {
        const auto posterior = filter.update(target_[t], std::span(regressors_).subspan(t * regressors, regressors),
                                             std::span(activity_).subspan(t * activities, activities));
        out.values.insert(out.values.end(), posterior.begin(), posterior.end());
        out.values.insert(out.values.end(), states - posterior.size(), 0.0);
        out.values.push_back(filter.p_up_next());
    }
    const insight::FitReport& report = fit->report;
    out.note = fmt::format("Markov-switching regression of {} states, learnt from the first {} rows: best of {} starts ({} "
                           "collapsed), {} iterations{}, log likelihood {:.1f}.",
                           options.states, known, report.starts, report.starts_collapsed, report.iterations,
                           report.converged ? "" : " without converging", report.log_likelihood);
    return out;
}

std::unique_ptr<Learner> make_markov_switching_member() {
    return make_column_learner("markov_switching", MarketRegimes::forecast_column);
}

int regime_number(std::span<const double> learnt_row) {
    const auto law = learnt_row.first(MarketRegimes::states);
    return 1 + static_cast<int>(std::ranges::max_element(law) - law.begin());
}

}  // namespace aitrading::models
