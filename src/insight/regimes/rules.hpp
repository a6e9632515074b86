#pragma once

#include <array>
#include <optional>

#include "insight/regimes/regime.hpp"
#include "insight/regimes/rule_features.hpp"

namespace aitrading::insight {

/// The regime of one bar, known at its close.
struct RegimeReading {
    Regime regime = Regime::unknown;  ///< with hysteresis and dwell
    Regime raw = Regime::unknown;     ///< the first rule that fires at this bar alone
    std::array<double, regime_kinds> probability{};  ///< [regime - 1], sums to 1; zeros while unknown: see RegimeRules
    bool shock = false;               ///< a significant jump, or a release with a move: freezes entries for shock_bars
    bool calendar_known = false;      ///< whether anyone said if a release lies at this bar
};

/// The twelve regimes by rule (specs, ml 3), first rule that fires; left only when another has been right for 3 bars or the
/// own rule fails at 80 % of its thresholds, and never before 3 bars.
///
/// `probability` is the cascade with soft thresholds: each condition is a logistic of its margin, each rule the product of its
/// conditions, each regime gets what the rules before it left. It says how near the thresholds are; it is not calibrated, and
/// knows neither dwell nor hysteresis. Readings of rules: a weak trend is ADX >= 20 or ER >= .25 where no strong trend fires;
/// conditions on volume or spread are left out of rules 7, 9 and 10 where a series has none, and cannot fire in rule 12.
class RegimeRules {
  public:
    static constexpr int dwell_bars = 3, shock_bars = 3;

    /// @errors usage
    static Result<RegimeRules> of(const RuleOptions& options);
    /// @param release whether a release of the economic calendar lies at this bar; none: not available
    const RegimeReading& update(const Candle& bar, std::optional<double> spread = {}, std::optional<bool> release = {});
    const RuleFeatures& features() const { return features_; }
    /// Bars before the first known regime.
    int warm_up() const { return stream_.reference() + options_.window; }

  private:
    RegimeRules(const RuleOptions& options, RuleFeatureStream stream);
    bool fires(Regime regime, double slack) const;
    Regime first_rule() const;
    void settle(Regime raw);
    void soften();
    void remember();

    RuleOptions options_;
    RuleFeatureStream stream_;
    RuleFeatures features_;
    RegimeReading reading_;
    int bars_in_ = 0, bars_other_ = 0, shock_left_ = 0;
    int bars_since_trend_ = 1 << 20;
    double trend_t_then_ = 0;
};

}  // namespace aitrading::insight
