#include "insight/regimes/hindsight_labels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "insight/regimes/rule_thresholds.hpp"

namespace aitrading::insight {
namespace {

/// What the rules ask of a segment.
struct Whole {
    std::size_t begin = 0, end = 0;  ///< bars
    double deviation = 0, efficiency = 0, trend_t = 0, adx = 0;
    double volume_z = unknown, spread_z = unknown, illiquidity = unknown;
    double volatility_share = 0, efficiency_share = 0, adx_share = 0, illiquidity_share = unknown;
    double breakout = 0;             ///< in ATR, of the first bar whose rule fires; 0: none
};

/// Mean and deviation of log sizes over the reference window.
struct Usual {
    double mean = 0, deviation = 0;
    double z(double x) const { return deviation > 0 ? (x - mean) / deviation : 0; }
};

template <class Of>
Usual usual(std::size_t from, std::size_t to, Of of) {
    const double n = static_cast<double>(to - from);
    Usual out;
    for (std::size_t t = from; t < to; ++t) out.mean += of(t) / n;
    for (std::size_t t = from; t < to; ++t) out.deviation += (of(t) - out.mean) * (of(t) - out.mean) / n;
    out.deviation = std::sqrt(out.deviation);
    return out;
}

/// First bar of what a segment is compared with: itself and the reference window before its end.
std::size_t reference_of(const Whole& s, std::size_t reference) { return std::min(s.begin, s.end > reference ? s.end - reference : 0); }

/// Share of the reference window's other bars that lie in segments with less of a field, its equals counting half; a half
/// where the segment fills the window.
void rank(std::vector<Whole>& segments, std::size_t reference, double Whole::*field, double Whole::*share) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const std::size_t from = reference_of(segments[i], reference);
        const double own = segments[i].*field;
        double below = 0, others = 0;
        for (std::size_t j = 0; j < i; ++j) {
            if (segments[j].end <= from) continue;
            const double bars = static_cast<double>(segments[j].end - std::max(segments[j].begin, from));
            others += bars;
            if (segments[j].*field < own) below += bars;
            if (segments[j].*field == own) below += bars / 2;
        }
        segments[i].*share = others > 0 ? below / others : 0.5;
    }
}

/// Deviation of returns, scaled efficiency and t of the log price's slope.
void measure(Whole& s, std::span<const double> level, int window) {
    const std::size_t bars = s.end - s.begin, from = s.begin == 0 ? 1 : s.begin;
    const double n = static_cast<double>(s.end - from), scale = std::sqrt(n / window);
    double way = 0, first = 0, second = 0;
    for (std::size_t t = from; t < s.end; ++t) {
        const double r = level[t] - level[t - 1];
        way += std::abs(r);
        first += r / n;
        second += r * r / n;
    }
    s.deviation = std::sqrt(std::max(second - first * first, 0.0));
    s.efficiency = way > 0 ? std::abs(level[s.end - 1] - level[from - 1]) / way * scale : 0;
    const double centre = (static_cast<double>(bars) - 1) / 2, mean = std::accumulate(&level[s.begin], &level[s.begin] + bars, 0.0) / static_cast<double>(bars);
    double both = 0, time = 0, level_square = 0;
    for (std::size_t i = 0; i < bars; ++i) {
        const double x = static_cast<double>(i) - centre, y = level[s.begin + i] - mean;
        both += x * y;
        time += x * x;
        level_square += y * y;
    }
    const double explained = level_square > 0 && time > 0 ? std::min(both * both / time / level_square, 1.0) : 0;
    s.trend_t = std::copysign(std::sqrt((static_cast<double>(bars) - 2) * explained / std::max(1 - explained, 1e-12)), both) / scale;
}

bool strong(const Whole& s, bool adaptive) {
    return (s.adx >= strong_adx || (adaptive && s.adx_share >= strong_adx_share)) &&
           (s.efficiency >= strong_efficiency || (adaptive && s.efficiency_share >= strong_efficiency_share));
}

bool weak(const Whole& s, bool adaptive) {
    if (s.efficiency >= weak_efficiency || (adaptive && s.efficiency_share >= weak_efficiency_share)) return true;
    return s.adx >= weak_adx && (!adaptive || s.adx_share >= weak_adx_share);
}

Regime body(const Whole& s, bool adaptive) {
    if (s.volatility_share >= crisis_share && (s.spread_z >= crisis_spread_z || s.illiquidity_share >= crisis_illiquidity)) return Regime::crisis;
    const double t = std::abs(s.trend_t);
    if (t >= strong_t && strong(s, adaptive)) return s.trend_t > 0 ? Regime::strong_trend_up : Regime::strong_trend_down;
    if (t >= weak_t && weak(s, adaptive)) return s.trend_t > 0 ? Regime::weak_trend_up : Regime::weak_trend_down;
    if (s.efficiency < range_efficiency && s.volatility_share >= volatile_share) return Regime::volatile_market;
    if (s.efficiency < range_efficiency && s.volatility_share >= wide_share) return Regime::wide_range;
    if (s.volatility_share <= quiet_share && (is_unknown(s.volume_z) || s.volume_z < 0)) return Regime::quiet;
    return Regime::tight_range;
}

bool is_trend(Regime r) { return r >= Regime::strong_trend_up && r <= Regime::weak_trend_down; }

/// What the first window / 4 bars of a segment are, where that differs from the segment itself.
std::optional<Regime> opening(const Whole& s, Regime own, const Whole* before, Regime regime_before) {
    if (own == Regime::crisis || own == Regime::unknown) return std::nullopt;
    if (s.breakout != 0) return s.breakout > 0 ? Regime::breakout_up : Regime::breakout_down;
    const bool turns = before != nullptr && is_trend(regime_before) && is_trend(own) && before->trend_t * s.trend_t < 0;
    if (turns && std::abs(s.trend_t - before->trend_t) >= reversal_turn) return Regime::reversal;
    return std::nullopt;
}

/// Means of what the rules' own features say of its bars, and the first breakout.
Result<void> read_bars(std::vector<Whole>& segments, std::span<const Candle> bars, std::span<const double> spread, const RuleOptions& options) {
    TRY(RuleFeatureStream stream, RuleFeatureStream::of(options));
    const auto log_volume = [&](std::size_t t) { return std::log1p(std::max(bars[t].volume, 0.0)); };
    const auto log_spread = [&](std::size_t t) { return std::log(std::max(spread[t], 1e-300)); };
    const auto reference = static_cast<std::size_t>(stream.reference());
    for (Whole& s : segments) {
        const double n = static_cast<double>(s.end - s.begin);
        double adx = 0, known = 0, volumes = 0, costs = 0, thinness = 0;
        for (std::size_t t = s.begin; t < s.end; ++t) {
            const RuleFeatures& f = stream.update(bars[t], spread.empty() ? std::nullopt : std::optional(spread[t]));
            if (!is_unknown(f.adx)) adx += f.adx, known += 1;
            if (options.has_volume) volumes += log_volume(t) / n;
            if (!spread.empty()) costs += log_spread(t) / n;
            if (options.has_volume && t > 0 && bars[t].volume > 0) thinness += std::abs(log_ratio(bars[t].close, bars[t - 1].close)) / bars[t].volume / n;
            const bool early = t < s.begin + static_cast<std::size_t>(options.window / 4);
            const bool fires = std::abs(f.breakout_atr) >= break_atr && f.band_share_low <= break_band && !(f.volume_z < break_volume_z);
            if (early && f.warm && fires && s.breakout == 0) s.breakout = f.breakout_atr;
        }
        s.adx = known > 0 ? adx / known : 0;
        const std::size_t from = reference_of(s, reference);
        if (options.has_volume) s.volume_z = usual(from, s.end, log_volume).z(volumes), s.illiquidity = thinness;
        if (!spread.empty()) s.spread_z = usual(from, s.end, log_spread).z(costs);
    }
    return {};
}

}  // namespace

Result<HindsightLabels> hindsight_labels(std::span<const Candle> bars, std::span<const double> spread, const RuleOptions& options,
                                         std::stop_token stop) {
    if (!spread.empty() && spread.size() != bars.size())
        return fail(ErrorCode::usage, fmt::format("{} bars have {} spreads", bars.size(), spread.size()));
    std::vector<double> level, change;
    for (std::size_t t = 0; t < bars.size(); ++t) {
        if (!is_bar(bars[t])) return fail(ErrorCode::bad_input, fmt::format("bar {} has a price that is not a positive finite number, or a high below its low", t));
        level.push_back(std::log(bars[t].close));
        if (t > 0) change.push_back(level[t] - level[t - 1]);
    }
    TRY(HindsightSegments found, find_segments({change.data(), change.size(), 1, 1},
                                               {.shortest = static_cast<std::size_t>(std::max(2, options.window / 2)), .penalty = 0, .stop = std::move(stop)}));
    std::vector<Whole> segments(found.size());
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        segments[i].begin = i == 0 ? 0 : found.begin_of(i) + 1;
        segments[i].end = found.end_of(i) + 1;
        ends.push_back(segments[i].end);
        measure(segments[i], level, options.window);
    }
    TRY_VOID(read_bars(segments, bars, spread, options));
    const auto reference = static_cast<std::size_t>(options.window) * static_cast<std::size_t>(options.references);
    rank(segments, reference, &Whole::deviation, &Whole::volatility_share);
    rank(segments, reference, &Whole::efficiency, &Whole::efficiency_share);
    rank(segments, reference, &Whole::adx, &Whole::adx_share);
    if (options.has_volume) rank(segments, reference, &Whole::illiquidity, &Whole::illiquidity_share);
    std::vector<Regime> labels;
    Regime before = Regime::unknown;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const Whole& s = segments[i];
        const Regime own = s.end < reference ? Regime::unknown : body(s, options.adaptive);
        labels.resize(s.end, own);
        if (const auto first = opening(s, own, i > 0 ? &segments[i - 1] : nullptr, before))
            std::fill_n(labels.begin() + static_cast<std::ptrdiff_t>(s.begin),
                        std::min(s.end - s.begin, static_cast<std::size_t>(options.window / 4)), *first);
        before = own;
    }
    const double cost = found.cost();
    return HindsightLabels(std::move(labels), HindsightSegments(std::move(ends), cost));
}

}  // namespace aitrading::insight
