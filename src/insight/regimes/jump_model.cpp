#include "insight/regimes/jump_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "insight/regimes/clusters.hpp"
#include "insight/regimes/observation_rows.hpp"

namespace aitrading::insight {
namespace {

/// |z - centre|^2 / 2 of a row.
double half_square(const JumpModel& m, std::span<const double> row, std::size_t state) {
    double sum = 0;
    for (std::size_t c = 0; c < m.dimensions; ++c) {
        const double off = (row[c] - m.mean[c]) / m.deviation[c] - m.centre[state * m.dimensions + c];
        sum += off * off;
    }
    return sum / 2;
}

/// One step of the dynamic program: cost of the cheapest path that ends in each state, kept above the cheapest of all.
/// @param from where not null, [states] the state before   @return what was taken off
double step(const JumpModel& m, std::span<const double> row, std::span<double> cost, std::uint8_t* from) {
    const auto best = static_cast<std::size_t>(std::ranges::min_element(cost) - cost.begin());
    const double jump = cost[best] + m.penalty;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < m.states; ++k) {
        const bool stays = cost[k] <= jump;
        if (from != nullptr) from[k] = static_cast<std::uint8_t>(stays ? k : best);
        cost[k] = std::min(cost[k], jump) + half_square(m, row, k);
        least = std::min(least, cost[k]);
    }
    for (double& c : cost) c -= least;
    return least;
}

/// The cheapest path and its cost.
double cheapest_path(const JumpModel& m, MatrixView x, std::vector<std::uint8_t>& path) {
    std::vector<std::uint8_t> from(x.rows * m.states);
    std::vector<double> cost(m.states, 0.0);
    double total = 0;
    for (std::size_t t = 0; t < x.rows; ++t) total += step(m, x.row(t), cost, &from[t * m.states]);
    path.resize(x.rows);
    auto state = static_cast<std::uint8_t>(std::ranges::min_element(cost) - cost.begin());
    for (std::size_t t = x.rows; t-- > 0; state = from[t * m.states + state]) path[t] = state;
    return total;
}

/// Means of the path's rows. False where a state has none.
bool centre_on(JumpModel& m, MatrixView x, std::span<const std::uint8_t> path, std::vector<double>& share) {
    std::vector<double> count(m.states, 0.0), sum(m.states * m.dimensions, 0.0);
    for (std::size_t t = 0; t < x.rows; ++t) {
        count[path[t]] += 1;
        for (std::size_t c = 0; c < m.dimensions; ++c) sum[path[t] * m.dimensions + c] += (x.row(t)[c] - m.mean[c]) / m.deviation[c];
    }
    share.resize(m.states);
    for (std::size_t k = 0; k < m.states; ++k) {
        share[k] = count[k] / static_cast<double>(x.rows);
        if (count[k] == 0) return false;
        for (std::size_t c = 0; c < m.dimensions; ++c) m.centre[k * m.dimensions + c] = sum[k * m.dimensions + c] / count[k];
    }
    return true;
}

struct Try {
    JumpModelFit fit;
    bool collapsed = false;
};

Try fit_once(MatrixView x, const JumpModelOptions& options, std::uint64_t seed) {
    Try out;
    JumpModel& m = out.fit.model;
    JumpReport& report = out.fit.report;
    m = {.states = options.states, .dimensions = x.columns, .penalty = options.penalty, .mean = column_means(x)};
    for (const double variance : column_variances(x)) m.deviation.push_back(std::sqrt(variance));
    m.centre.assign(m.states * m.dimensions, 0.0);
    std::vector<std::uint8_t> path = cluster_rows(x, options.states, seed), next;
    out.collapsed = !centre_on(m, x, path, report.share);
    while (!out.collapsed && !report.converged && report.iterations < options.iterations_max && !options.stop.stop_requested()) {
        ++report.iterations;
        report.cost = cheapest_path(m, x, next);
        report.converged = next == path;
        path.swap(next);
        if (!report.converged) out.collapsed = !centre_on(m, x, path, report.share);
    }
    return out;
}

Result<void> check_model(const JumpModel& m) {
    const auto finite = [](double v) { return std::isfinite(v); };
    if (m.states < 1 || m.states > states_max || m.dimensions < 1 || m.mean.size() != m.dimensions || m.deviation.size() != m.dimensions ||
        m.centre.size() != m.states * m.dimensions)
        return fail(ErrorCode::bad_input, fmt::format("a jump model of {} states and {} columns has parameters of other sizes", m.states, m.dimensions));
    if (!std::ranges::all_of(m.mean, finite) || !std::ranges::all_of(m.centre, finite) || !(m.penalty >= 0) || !finite(m.penalty) ||
        !std::ranges::all_of(m.deviation, [&](double v) { return finite(v) && v > 0; }))
        return fail(ErrorCode::bad_input, "a jump model has a parameter that is not finite, a negative penalty or a deviation that is not positive");
    return {};
}

}  // namespace

Result<JumpModelFit> fit_jump_model(MatrixView observations, const JumpModelOptions& options) {
    if (options.states < 1 || options.states > states_max || options.starts < 1 || !(options.penalty >= 0) || !std::isfinite(options.penalty))
        return fail(ErrorCode::usage, fmt::format("a jump model takes 1 to {} states, at least one start and a penalty of 0 or more", states_max));
    TRY_VOID(check_observations(observations, options.states));
    std::vector<Try> tries(static_cast<std::size_t>(options.starts));
    parallel_for(tries.size(), options.threads, options.stop,
                 [&](std::size_t i) { tries[i] = fit_once(observations, options, derive_seed(options.seed, i)); });
    if (options.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while fitting the jump model");
    const Try* best = nullptr;
    std::size_t collapsed = 0;
    for (const Try& t : tries) {
        collapsed += t.collapsed ? 1 : 0;
        if (!t.collapsed && (best == nullptr || t.fit.report.cost < best->fit.report.cost)) best = &t;
    }
    if (best == nullptr)
        return fail(ErrorCode::failed, fmt::format("all {} starts of the jump model left a state without rows; ask for fewer than {} states "
                                                   "or a penalty below {}", tries.size(), options.states, options.penalty));
    JumpModelFit out = best->fit;
    out.report.starts = tries.size();
    out.report.starts_collapsed = collapsed;
    return out;
}

Result<JumpModelFilter> JumpModelFilter::of(JumpModel model) {
    TRY_VOID(check_model(model));
    return JumpModelFilter(std::move(model));
}

std::size_t JumpModelFilter::update(std::span<const double> observation) {
    if (std::ranges::all_of(observation, [](double v) { return std::isfinite(v); })) step(model_, observation, cost_, nullptr);
    return static_cast<std::size_t>(std::ranges::min_element(cost_) - cost_.begin());
}

Result<SmoothedPath> smoothed_path(const JumpModel& model, MatrixView observations) {
    TRY_VOID(check_model(model));
    TRY_VOID(check_observations(observations, 0));
    std::vector<std::uint8_t> path;
    cheapest_path(model, observations, path);
    std::vector<double> rows(path.size() * model.states, 0.0);
    for (std::size_t t = 0; t < path.size(); ++t) rows[t * model.states + path[t]] = 1;
    return SmoothedPath(model.states, std::move(rows));
}

}  // namespace aitrading::insight
