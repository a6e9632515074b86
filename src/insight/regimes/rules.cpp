#include "insight/regimes/rules.hpp"

#include <algorithm>
#include <cmath>

#include "insight/regimes/rule_thresholds.hpp"

namespace aitrading::insight {
namespace {

/// The order in which rules are asked; tight range is what is left.
constexpr std::array order{Regime::crisis,          Regime::breakout_up,   Regime::breakout_down,   Regime::reversal,
                           Regime::strong_trend_up, Regime::strong_trend_down, Regime::weak_trend_up, Regime::weak_trend_down,
                           Regime::volatile_market, Regime::wide_range,    Regime::quiet};

/// A condition where it can be known; `otherwise` where it cannot.
bool at_least(double value, double threshold, bool otherwise) { return is_unknown(value) ? otherwise : value >= threshold; }

double soft(double value, double threshold, double width, double otherwise) {
    return is_unknown(value) ? otherwise : 1 / (1 + std::exp((threshold - value) / width));
}

bool is_trend(Regime r) { return r >= Regime::strong_trend_up && r <= Regime::weak_trend_down; }
bool is_breakout(Regime r) { return r == Regime::breakout_up || r == Regime::breakout_down; }

}  // namespace

Result<RegimeRules> RegimeRules::of(const RuleOptions& options) {
    TRY(RuleFeatureStream stream, RuleFeatureStream::of(options));
    return RegimeRules(options, std::move(stream));
}

RegimeRules::RegimeRules(const RuleOptions& options, RuleFeatureStream stream)
    : options_(options), stream_(std::move(stream)) {}

bool RegimeRules::strong(double slack) const {
    const RuleFeatures& f = features_;
    const bool adx = f.adx >= strong_adx * slack, efficiency = f.efficiency >= strong_efficiency * slack;
    if (!options_.adaptive) return adx && efficiency;
    return (adx || f.adx_share >= strong_adx_share * slack) && (efficiency || f.efficiency_share >= strong_efficiency_share * slack);
}

bool RegimeRules::weak(double slack) const {
    const RuleFeatures& f = features_;
    const bool adx = f.adx >= weak_adx * slack, efficiency = f.efficiency >= weak_efficiency * slack;
    if (!options_.adaptive) return adx || efficiency;
    return (adx && f.adx_share >= weak_adx_share * slack) || efficiency || f.efficiency_share >= weak_efficiency_share * slack;
}

double RegimeRules::soft_strong() const {
    const RuleFeatures& f = features_;
    double adx = soft(f.adx, strong_adx, 2, 0), efficiency = soft(f.efficiency, strong_efficiency, 0.05, 0);
    if (options_.adaptive) {
        adx = std::max(adx, soft(f.adx_share, strong_adx_share, 0.03, 0));
        efficiency = std::max(efficiency, soft(f.efficiency_share, strong_efficiency_share, 0.02, 0));
    }
    return adx * efficiency;
}

double RegimeRules::soft_weak() const {
    const RuleFeatures& f = features_;
    double adx = soft(f.adx, weak_adx, 2, 0), efficiency = soft(f.efficiency, weak_efficiency, 0.05, 0);
    if (options_.adaptive) {
        adx = std::min(adx, soft(f.adx_share, weak_adx_share, 0.03, 0));
        efficiency = std::max(efficiency, soft(f.efficiency_share, weak_efficiency_share, 0.03, 0));
    }
    return 1 - (1 - adx) * (1 - efficiency);
}

/// @param slack 1 to enter, 0.8 to stay: lower bounds shrink by it, upper bounds grow
bool RegimeRules::fires(Regime regime, double slack) const {
    const RuleFeatures& f = features_;
    const double side = regime == Regime::strong_trend_down || regime == Regime::weak_trend_down || regime == Regime::breakout_down ? -1 : 1;
    const double t = side * f.trend_t;
    const bool ranging = f.efficiency < range_efficiency / slack;
    switch (regime) {
        case Regime::crisis:
            return f.volatility_share >= crisis_share * slack && (at_least(f.spread_z, crisis_spread_z * slack, false) ||
                                                                  at_least(f.illiquidity_share, crisis_illiquidity * slack, false));
        case Regime::breakout_up:
        case Regime::breakout_down:
            return side * f.breakout_atr >= break_atr * slack && f.band_share_low <= break_band / slack &&
                   at_least(f.volume_z, break_volume_z * slack, true);
        case Regime::reversal:
            return bars_since_trend_ <= options_.window && f.new_run >= reversal_run * slack && trend_t_then_ * f.trend_t < 0 &&
                   std::abs(f.trend_t - trend_t_then_) >= reversal_turn * slack;
        case Regime::strong_trend_up:
        case Regime::strong_trend_down:
            return strong(slack) && t >= strong_t * slack;
        case Regime::weak_trend_up:
        case Regime::weak_trend_down:
            return weak(slack) && t >= weak_t * slack;
        case Regime::volatile_market: return f.volatility_share >= volatile_share * slack && ranging;
        case Regime::wide_range: return f.volatility_share >= wide_share * slack && ranging;
        case Regime::quiet: return f.volatility_share <= quiet_share / slack && (is_unknown(f.volume_z) || f.volume_z < 0);
        default: return false;
    }
}

Regime RegimeRules::first_rule() const {
    const bool spent = is_breakout(reading_.regime) && bars_in_ >= options_.window / 4;
    for (const Regime r : order)
        if (!(spent && is_breakout(r)) && fires(r, 1)) return r;
    return Regime::tight_range;
}

const RegimeReading& RegimeRules::update(const Candle& bar, std::optional<double> spread, std::optional<bool> release) {
    reading_.refused = !is_bar(bar);
    if (reading_.refused) return reading_;
    features_ = stream_.update(bar, spread);
    reading_.still = features_.still;
    reading_.calendar_known = release.has_value();
    if (!features_.warm) return reading_;
    if (features_.jump) shock_left_ = std::max(shock_left_, shock_bars);
    if (release.value_or(false) && features_.move > release_move) shock_left_ = release_bars;
    reading_.shock = shock_left_ > 0;
    Regime raw = features_.still ? Regime::quiet : first_rule();
    const bool thin = at_least(features_.spread_z, crisis_spread_z, false) || at_least(features_.illiquidity_share, crisis_illiquidity, false);
    if (reading_.shock) raw = thin ? Regime::crisis : Regime::volatile_market;
    if (shock_left_ > 0) --shock_left_;
    reading_.raw = raw;
    settle(raw);
    soften();
    remember();
    return reading_;
}

void RegimeRules::settle(Regime raw) {
    constexpr double to_stay = 0.8;
    ++bars_in_;
    bars_other_ = raw == reading_.regime ? 0 : bars_other_ + 1;
    if (features_.still) bars_other_ = dwell_bars;
    if (reading_.regime != Regime::unknown) {
        const bool expired = is_breakout(reading_.regime) && bars_in_ > options_.window / 4;
        const bool young = bars_in_ <= dwell_bars;
        const bool holds = bars_other_ < dwell_bars && fires(reading_.regime, to_stay) && !expired;
        if (raw == reading_.regime || young || holds) return;
    }
    reading_.regime = raw;
    bars_in_ = 1;
    bars_other_ = 0;
}

void RegimeRules::soften() {
    const RuleFeatures& f = features_;
    if (f.still) {
        reading_.probability.fill(0);
        reading_.probability[static_cast<std::size_t>(Regime::quiet) - 1] = 1;
        return;
    }
    const double calm = 1 - soft(f.efficiency, range_efficiency, 0.05, 0);
    const double thin = 1 - (1 - soft(f.spread_z, crisis_spread_z, 0.3, 0)) * (1 - soft(f.illiquidity_share, crisis_illiquidity, 0.02, 0));
    const double squeezed = 1 - soft(f.band_share_low, break_band, 0.05, 0), busy = soft(f.volume_z, break_volume_z, 0.3, 1);
    const bool turning = bars_since_trend_ <= options_.window && trend_t_then_ * f.trend_t < 0;
    const double strong = soft_strong(), weak = soft_weak();
    double left = 1;
    const auto give = [&](Regime r, double p) {
        const double taken = left * std::clamp(p, 0.0, 1.0);
        reading_.probability[static_cast<std::size_t>(r) - 1] = taken;
        left -= taken;
    };
    give(Regime::crisis, soft(f.volatility_share, crisis_share, 0.02, 0) * thin);
    give(Regime::breakout_up, soft(f.breakout_atr, break_atr, 0.15, 0) * squeezed * busy);
    give(Regime::breakout_down, soft(-f.breakout_atr, break_atr, 0.15, 0) * squeezed * busy);
    give(Regime::reversal, turning ? soft(f.new_run, reversal_run, 0.1, 0) * soft(std::abs(f.trend_t - trend_t_then_), reversal_turn, 0.5, 0) : 0);
    give(Regime::strong_trend_up, strong * soft(f.trend_t, strong_t, 0.5, 0));
    give(Regime::strong_trend_down, strong * soft(-f.trend_t, strong_t, 0.5, 0));
    give(Regime::weak_trend_up, weak * soft(f.trend_t, weak_t, 0.5, 0));
    give(Regime::weak_trend_down, weak * soft(-f.trend_t, weak_t, 0.5, 0));
    give(Regime::volatile_market, soft(f.volatility_share, volatile_share, 0.03, 0) * calm);
    give(Regime::wide_range, soft(f.volatility_share, wide_share, 0.03, 0) * calm);
    give(Regime::quiet, (1 - soft(f.volatility_share, quiet_share, 0.03, 0)) * (is_unknown(f.volume_z) ? 1 : 1 - soft(f.volume_z, 0, 0.3, 0)));
    reading_.probability[static_cast<std::size_t>(Regime::tight_range) - 1] = left;
}

void RegimeRules::remember() {
    ++bars_since_trend_;
    if (!is_trend(reading_.regime)) return;
    bars_since_trend_ = 0;
    trend_t_then_ = features_.trend_t;
}

}  // namespace aitrading::insight
