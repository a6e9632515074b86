#include "real_series.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/random.hpp"
#include "insight/regimes/assignment.hpp"
#include "insight/regimes/change_score.hpp"
#include "insight/regimes/gaussian_hmm.hpp"
#include "insight/regimes/jump_model.hpp"
#include "insight/regimes/regime_state.hpp"
#include "market/history/bars_csv.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t states = 3, columns = 2, block = 240, resamples = 500;

struct Series {
    std::string name;
    std::vector<Candle> bars;
    std::vector<double> change;  ///< log returns in basis points, 0 for the first bar
    std::vector<double> rows;    ///< [bars x 2] change and log of the range in basis points
    std::vector<double> smooth;  ///< [bars x 2] their exponential means of span 24 and 120: what a jump model asks for
    double bars_a_year = 0;
    MatrixView view(std::size_t from, std::size_t to) const { return {rows.data() + from * columns, to - from, columns, columns}; }
    MatrixView smooth_view(std::size_t from, std::size_t to) const { return {smooth.data() + from * columns, to - from, columns, columns}; }
};

Result<Series> read(const std::string& path, UnixNanos to) {
    TRY(const BarColumns bars, market::load_bars_csv(path));
    Series out{.name = std::filesystem::path(path).stem().string()};
    double drift = 0, size = 0;
    for (std::size_t i = 0; i < bars.size() && bars.time[i] < to; ++i) {
        const Candle bar = Candle::of(bars.bar(i));
        out.change.push_back(out.bars.empty() ? 0.0 : 1e4 * log_ratio(bar.close, out.bars.back().close));
        out.rows.insert(out.rows.end(), {out.change.back(), std::log(1e4 * (bar.high - bar.low) / bar.close + 0.1)});
        const double range = out.rows.back();
        drift += 2.0 / 121 * (out.change.back() - drift);
        size = out.bars.empty() ? range : size + 2.0 / 25 * (range - size);
        out.smooth.insert(out.smooth.end(), {drift, size});
        out.bars.push_back(bar);
    }
    if (out.bars.size() < 5000)
        return fail(ErrorCode::bad_input, fmt::format("{} has {} bars before the end of the span; 5000 are needed", path, out.bars.size()));
    const double days = static_cast<double>(out.bars.back().time - out.bars.front().time) / static_cast<double>(nanos_per_day);
    out.bars_a_year = static_cast<double>(out.bars.size()) / days * 365.25;
    return out;
}

/// The p-quantiles .025 and .975 of a statistic over resampled blocks of rows.
std::array<double, 2> interval(std::size_t rows, const std::function<double(std::span<const std::size_t>)>& statistic) {
    SplitMix64 random(1);
    std::vector<double> values;
    values.reserve(resamples);
    std::vector<std::size_t> drawn(rows);
    for (std::size_t i = 0; i < resamples; ++i) {
        for (std::size_t t = 0; t < rows; ++t) drawn[t] = t % block == 0 ? random.next_below(rows) : (drawn[t - 1] + 1) % rows;
        values.push_back(statistic(drawn));
    }
    return {kit::quantile(values, 0.025), kit::quantile(values, 0.975)};
}

/// Log predictive density of every row of [from, end) by the filter, which has seen the rows before.
Result<std::vector<double>> densities(const GaussianHmm& model, const Series& s, std::size_t from) {
    TRY(GaussianHmmFilter filter, GaussianHmmFilter::of(model));
    std::vector<double> out;
    out.reserve(s.bars.size());
    double before = 0;
    for (std::size_t t = 0; t < s.bars.size(); ++t) {
        filter.update(s.view(t, t + 1).row(0));
        if (t >= from) out.push_back(filter.log_likelihood() - before);
        before = filter.log_likelihood();
    }
    return out;
}

Result<kit::BenchRow> likelihood_gain(const Series& s, int threads) {
    const std::size_t train = s.bars.size() * 6 / 10;
    GaussianHmmOptions options{.states = states, .estimate_degrees = true, .starts = 6, .threads = threads};
    TRY(const GaussianHmmFit many, fit_gaussian_hmm(s.view(0, train), options));
    options.states = 1;
    TRY(const GaussianHmmFit one, fit_gaussian_hmm(s.view(0, train), options));
    TRY(std::vector<double> gain, densities(many.model, s, train));
    TRY(const std::vector<double> base, densities(one.model, s, train));
    for (std::size_t t = 0; t < gain.size(); ++t) gain[t] -= base[t];
    const auto mean = [&](std::span<const std::size_t> rows) {
        double sum = 0;
        for (const std::size_t t : rows) sum += gain[t];
        return sum / static_cast<double>(rows.size());
    };
    const auto ci = interval(gain.size(), mean);
    double all = 0;
    for (const double g : gain) all += g / static_cast<double>(gain.size());
    return kit::BenchRow{.name = s.name + " Student HMM, 3 states against 1: log likelihood a bar out of sample", .value = all, .unit = "nats",
                         .higher_is_better = true,
                         .note = fmt::format("95 % {:.4f} to {:.4f}, n {}, degrees of freedom {:.1f} and {:.1f}{}", ci[0], ci[1], gain.size(),
                                             many.model.degrees, one.model.degrees, many.report.converged ? "" : ", not converged")};
}

/// The states that a fit on [from, to) tells of the last fifth, online, with hysteresis where it has laws.
Result<std::vector<int>> last_fifth(const Series& s, std::size_t from, std::size_t to, bool jump, int threads) {
    std::vector<int> out;
    const std::size_t begin = s.bars.size() * 8 / 10;
    if (jump) {
        TRY(const JumpModelFit fit, fit_jump_model(s.smooth_view(from, to), {.states = states, .penalty = 20, .threads = threads}));
        TRY(JumpModelFilter filter, JumpModelFilter::of(fit.model));
        for (std::size_t t = from; t < s.bars.size(); ++t)
            if (const std::size_t k = filter.update(s.smooth_view(t, t + 1).row(0)); t >= begin) out.push_back(static_cast<int>(k));
        return out;
    }
    TRY(const GaussianHmmFit fit, fit_gaussian_hmm(s.view(from, to), {.states = states, .estimate_degrees = true, .starts = 6, .threads = threads}));
    TRY(GaussianHmmFilter filter, GaussianHmmFilter::of(fit.model));
    TRY(ChainRegimes regimes, ChainRegimes::of(fit.model.chain));
    for (std::size_t t = from; t < s.bars.size(); ++t) {
        const std::size_t k = regimes.update(filter.update(s.view(t, t + 1).row(0))).present;
        if (t >= begin) out.push_back(static_cast<int>(k));
    }
    return out;
}

Result<kit::BenchRow> stability(const Series& s, bool jump, int threads) {
    const std::size_t n = s.bars.size();
    TRY(const std::vector<int> a, last_fifth(s, 0, n * 6 / 10, jump, threads));
    TRY(const std::vector<int> b, last_fifth(s, n * 2 / 10, n * 8 / 10, jump, threads));
    const RegimeScore score = score_regimes(a, b, states);
    return kit::BenchRow{.name = s.name + (jump ? " jump model" : " Student HMM") + ", refit on another 60 %: labels that agree", .value = score.accuracy,
                         .higher_is_better = true, .note = fmt::format("adjusted Rand index {:.3f}, n {}", adjusted_rand_index(a, b, states), a.size())};
}

/// Greatest less least annual Sharpe ratio of the next bar's return among labels with 250 bars.
double spread_of(std::span<const int> labels, std::span<const double> next, double bars_a_year) {
    std::array<double, regime_kinds> count{}, first{}, second{};
    for (std::size_t t = 0; t < labels.size(); ++t) {
        if (labels[t] < 0) continue;
        const auto k = static_cast<std::size_t>(labels[t]);
        count[k] += 1;
        first[k] += next[t];
        second[k] += next[t] * next[t];
    }
    double least = INFINITY, most = -INFINITY;
    for (std::size_t k = 0; k < regime_kinds; ++k) {
        if (count[k] < 250) continue;
        const double mean = first[k] / count[k], deviation = std::sqrt(second[k] / count[k] - mean * mean);
        least = std::min(least, mean / deviation * std::sqrt(bars_a_year));
        most = std::max(most, mean / deviation * std::sqrt(bars_a_year));
    }
    return most >= least ? most - least : 0;
}

/// @param labels of every bar, -1 where not known; the last has no next return
kit::BenchRow sharpe_spread(const Series& s, const std::string& what, std::span<const int> labels, std::size_t from) {
    const std::size_t n = labels.size() - 1 - from;
    const std::span<const int> told = labels.subspan(from, n);
    const std::span<const double> next = std::span(s.change).subspan(from + 1, n);
    const double spread = spread_of(told, next, s.bars_a_year);
    std::vector<int> label(n);
    std::vector<double> change(n);
    const auto ci = interval(n, [&](std::span<const std::size_t> rows) {
        for (std::size_t t = 0; t < n; ++t) label[t] = told[rows[t]], change[t] = next[rows[t]];
        return spread_of(label, change, s.bars_a_year);
    });
    SplitMix64 random(2);
    std::vector<double> shifted;
    shifted.reserve(resamples);
    for (std::size_t i = 0; i < resamples; ++i) {
        const std::size_t by = block + random.next_below(n - 2 * block);
        for (std::size_t t = 0; t < n; ++t) label[t] = told[(t + by) % n];
        shifted.push_back(spread_of(label, next, s.bars_a_year));
    }
    const auto above = static_cast<double>(std::ranges::count_if(shifted, [spread](double v) { return v >= spread; }));
    return {.name = s.name + " " + what + ": spread of the next bar's Sharpe ratio by regime, gross", .value = spread, .unit = "a year",
            .higher_is_better = true, .peer = "median with labels shifted in time", .peer_value = kit::median(shifted),
            .note = fmt::format("95 % {:.2f} to {:.2f}, p {:.3f}, n {}", ci[0], ci[1], (above + 1) / (static_cast<double>(resamples) + 1), n)};
}

struct RuleLabels {
    std::vector<int> labels;
    std::size_t warm_up = 0;
    std::array<double, regime_kinds> share{};
};

Result<RuleLabels> rule_labels(const Series& s, bool adaptive) {
    const bool volume = std::ranges::any_of(s.bars, [](const Candle& bar) { return bar.volume > 0; });
    TRY(RuleRegimes regimes, RuleRegimes::of({.has_volume = volume, .adaptive = adaptive}));
    RuleLabels out{.warm_up = static_cast<std::size_t>(regimes.warm_up())};
    for (const Candle& bar : s.bars) {
        const RegimeState& state = regimes.update(bar);
        out.labels.push_back(state.known ? static_cast<int>(state.present) : -1);
        if (state.known) out.share[state.present] += 1 / static_cast<double>(s.bars.size() - out.warm_up);
    }
    return out;
}

kit::BenchRow trends(const Series& s, const RuleLabels& adaptive, const RuleLabels& fixed) {
    const auto text = [](const RuleLabels& r) {
        std::string out;
        for (std::size_t k = 0; k < regime_kinds; ++k) out += fmt::format("{}{:.1f}", k > 0 ? " " : "", 100 * r.share[k]);
        return out;
    };
    return {.name = s.name + " rules: bars in a strong trend", .value = 100 * (adaptive.share[0] + adaptive.share[2]), .unit = "%",
            .note = fmt::format("shares of regimes 1 to 12, adaptive: {}; fixed thresholds: {}", text(adaptive), text(fixed))};
}

}  // namespace

Result<std::vector<kit::BenchRow>> measure_real_series(const std::string& path, UnixNanos to, int threads) {
    TRY(const Series s, read(path, to));
    std::vector<kit::BenchRow> out;
    TRY(const RuleLabels adaptive, rule_labels(s, true));
    TRY(const RuleLabels fixed, rule_labels(s, false));
    out.push_back(trends(s, adaptive, fixed));
    TRY(kit::BenchRow gain, likelihood_gain(s, threads));
    out.push_back(std::move(gain));
    for (const bool jump : {false, true}) {
        TRY(kit::BenchRow row, stability(s, jump, threads));
        out.push_back(std::move(row));
    }
    out.push_back(sharpe_spread(s, "rules", adaptive.labels, adaptive.warm_up));
    const std::size_t train = s.bars.size() * 6 / 10;
    TRY(const GaussianHmmFit fit, fit_gaussian_hmm(s.view(0, train), {.states = states, .estimate_degrees = true, .starts = 6, .threads = threads}));
    TRY(GaussianHmmFilter filter, GaussianHmmFilter::of(fit.model));
    TRY(ChainRegimes regimes, ChainRegimes::of(fit.model.chain));
    std::vector<int> labels;
    labels.reserve(s.bars.size());
    for (std::size_t t = 0; t < s.bars.size(); ++t)
        labels.push_back(static_cast<int>(regimes.update(filter.update(s.view(t, t + 1).row(0))).present));
    out.push_back(sharpe_spread(s, "Student HMM of 3 states, out of sample", labels, train));
    return out;
}

}  // namespace aitrading::insight
