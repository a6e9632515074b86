#include "models/ensemble/switching_columns.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "insight/regimes/markov_switching.hpp"

namespace aitrading::models {
namespace {

using insight::MarkovSwitching;

constexpr std::size_t rows_a_state = 1000;
constexpr std::string_view magic = "AITMSR01";

/// The same model with its states numbered from the smallest scale to the greatest.
MarkovSwitching calm_first(const MarkovSwitching& m) {
    const std::size_t n = m.chain.states;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return m.sigma[k]; });
    MarkovSwitching out = m;
    const auto copy_rows = [&](const std::vector<double>& from, std::vector<double>& to, std::size_t width) {
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t j = 0; j < width; ++j) to[k * width + j] = from[order[k] * width + j];
    };
    copy_rows(m.coefficient, out.coefficient, m.regressors);
    copy_rows(m.sigma, out.sigma, 1);
    copy_rows(m.activity_mean, out.activity_mean, m.activities);
    copy_rows(m.activity_deviation, out.activity_deviation, m.activities);
    for (std::size_t k = 0; k < n; ++k) {
        out.chain.start[k] = m.chain.start[order[k]];
        for (std::size_t j = 0; j < n; ++j) out.chain.transition[k * n + j] = m.chain.transition[order[k] * n + order[j]];
    }
    return out;
}

std::string bytes_of(const MarkovSwitching& m) {
    ByteWriter out;
    for (const std::size_t size : {m.chain.states, m.regressors, m.activities}) out.put(static_cast<std::uint64_t>(size));
    for (const auto* part : {&m.chain.start, &m.chain.transition, &m.coefficient, &m.sigma, &m.activity_mean, &m.activity_deviation})
        out.put_all(*part);
    return out.sealed(magic);
}

Result<MarkovSwitching> model_of(std::string_view bytes) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, "the regimes of the stored model"));
    MarkovSwitching m;
    m.chain.states = in.get<std::uint64_t>();
    m.regressors = in.get<std::uint64_t>();
    m.activities = in.get<std::uint64_t>();
    for (auto* part : {&m.chain.start, &m.chain.transition, &m.coefficient, &m.sigma, &m.activity_mean, &m.activity_deviation})
        *part = in.get_all<double>();
    if (!in.at_end()) return fail(ErrorCode::bad_input, "the regimes of the stored model are damaged; train it again");
    return m;
}

/// Mean and deviation of the finite values of one column of the first rows.
struct Spread {
    double mean = 0, deviation = 0;
};
Spread spread_of(const std::vector<double>& values, std::size_t columns, std::size_t column, std::size_t rows) {
    double n = 0, sum = 0, squares = 0;
    for (std::size_t t = 0; t < rows; ++t) {
        const double v = values[t * columns + column];
        if (std::isfinite(v)) n += 1, sum += v;
    }
    const double middle = n > 0 ? sum / n : 0;
    for (std::size_t t = 0; t < rows; ++t) {
        const double v = values[t * columns + column];
        if (std::isfinite(v)) squares += (v - middle) * (v - middle);
    }
    return {middle, n > 1 ? std::sqrt(squares / (n - 1)) : 0};
}

/// What is left to say where no two states can be told apart: one state, a normal law, no regressor but the drift.
MarkovSwitching single_state(const SwitchingRows& in, std::size_t rows) {
    constexpr double least = 1e-9;
    MarkovSwitching m;
    m.chain = {1, {1.0}, {1.0}};
    m.regressors = in.regressor_count;
    m.activities = in.activity_count;
    const Spread target = spread_of(in.target, 1, 0, rows);
    m.coefficient.assign(m.regressors, 0.0);
    m.coefficient[0] = target.mean;
    m.sigma = {std::max(target.deviation, least)};
    for (std::size_t c = 0; c < m.activities; ++c) {
        const Spread activity = spread_of(in.activity, m.activities, c, rows);
        m.activity_mean.push_back(activity.mean);
        m.activity_deviation.push_back(std::max(activity.deviation, least));
    }
    return m;
}

/// [rows x states + 1]
std::vector<double> filter_rows(SwitchingColumnStream& filter, const SwitchingRows& in, std::size_t rows) {
    std::vector<double> out;
    for (std::size_t t = 0; t < rows; ++t) {
        const auto row = filter.update(in.target[t], std::span(in.regressors).subspan(t * in.regressor_count, in.regressor_count),
                                       std::span(in.activity).subspan(t * in.activity_count, in.activity_count));
        if (t == 0) out.reserve(rows * row.size());
        out.insert(out.end(), row.begin(), row.end());
    }
    return out;
}

}  // namespace

SwitchingColumnStream::SwitchingColumnStream(insight::MarkovSwitchingFilter filter, const MarkovSwitching& model, std::size_t states)
    : filter_(std::move(filter)), chain_(model.chain), regressors_(model.regressors), activities_(model.activities), row_(states + 1) {}

Result<SwitchingColumnStream> SwitchingColumnStream::of(std::string_view model, std::size_t states) {
    TRY(const MarkovSwitching learnt, model_of(model));
    if (learnt.chain.states > states)
        return fail(ErrorCode::bad_input, fmt::format("the stored regimes have {} states, there are columns for {}: train the model again",
                                                      learnt.chain.states, states));
    TRY(insight::MarkovSwitchingFilter filter, insight::MarkovSwitchingFilter::of(learnt));
    return SwitchingColumnStream(std::move(filter), learnt, states);
}

std::span<const double> SwitchingColumnStream::update(double target, std::span<const double> regressors, std::span<const double> activity) {
    std::ranges::copy(filter_.update(target, regressors, activity), row_.begin());
    row_.back() = filter_.p_up_next();
    return row_;
}

SwitchingColumns::SwitchingColumns(SwitchingColumnsOptions options, SwitchingRows rows) : options_(std::move(options)), rows_(std::move(rows)) {
    CHECK(rows_.regressors.size() == rows_.target.size() * rows_.regressor_count);
    CHECK(rows_.activity.size() == rows_.target.size() * rows_.activity_count);
    for (std::size_t k = 1; k <= options_.states; ++k) names_.push_back(fmt::format("{}({})", options_.state_name, k));
    names_.emplace_back("markov_switching");
}

Result<LearntBlock> SwitchingColumns::compute(std::size_t known, std::size_t rows, std::uint64_t seed, int threads,
                                              std::stop_token stop) const {
    CHECK(known <= rows && rows <= rows_.target.size());
    if (known > 1 && !(spread_of(rows_.target, 1, 0, known).deviation > 0))
        return fail(ErrorCode::bad_input, fmt::format("the first {} rows do not move: no regime can be learnt from them; leave out what the "
                                                      "series did not trade", known));
    const insight::SwitchingSeries series{std::span(rows_.target).first(known),
                                          {rows_.regressors.data(), known, rows_.regressor_count, rows_.regressor_count},
                                          {rows_.activity.data(), known, rows_.activity_count, rows_.activity_count}};
    insight::MarkovSwitchingOptions options;
    options.states = std::clamp<std::size_t>(known / rows_a_state, 2, options_.states);
    options.starts = options_.starts;
    options.start_rows = options_.start_rows;
    options.seed = seed;
    options.threads = threads;
    options.em.stop = stop;
    Result<insight::MarkovSwitchingFit> fit = insight::fit_markov_switching(series, options);
    while (!fit && fit.error().code == ErrorCode::failed && options.states >= 4) {
        options.states -= 2;
        fit = insight::fit_markov_switching(series, options);
    }
    if (!fit && fit.error().code != ErrorCode::failed) return std::unexpected(std::move(fit).error());
    MarkovSwitching model = fit ? std::move(fit->model) : single_state(rows_, known);
    if (options_.calm_first) model = calm_first(model);
    LearntBlock out;
    out.model = bytes_of(model);
    TRY(auto filter, SwitchingColumnStream::of(out.model, options_.states));
    out.values = filter_rows(filter, rows_, rows);
    if (!fit) {
        out.note = fmt::format("No two states can be told apart in the first {} rows: the regime columns are constant.", known);
        return out;
    }
    const insight::FitReport& report = fit->report;
    out.note = fmt::format("Markov-switching regression of {} states, learnt from the first {} rows: best of {} starts ({} "
                           "collapsed), {} iterations{}, log likelihood {:.1f}.",
                           options.states, known, report.starts, report.starts_collapsed, report.iterations,
                           report.converged ? "" : " without converging", report.log_likelihood);
    return out;
}

Result<std::vector<double>> SwitchingColumns::apply(std::string_view model, std::size_t rows) const {
    CHECK(rows <= rows_.target.size());
    TRY(auto filter, SwitchingColumnStream::of(model, options_.states));
    if (filter.regressors() != rows_.regressor_count || filter.activities() != rows_.activity_count)
        return fail(ErrorCode::bad_input, fmt::format("the stored regimes read {} regressors and {} activities, this series gives {} and {}: train "
                                                      "the model again on a series with the same columns",
                                                      filter.regressors(), filter.activities(), rows_.regressor_count, rows_.activity_count));
    return filter_rows(filter, rows_, rows);
}

}  // namespace aitrading::models
