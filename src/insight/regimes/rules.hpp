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
    bool shock = false;               ///< a significant jump, or a release with a move of 4 deviations: freezes entries
    bool still = false;               ///< the price did not move in the last n bars: quiet, and nothing else is told of it
    bool refused = false;             ///< the bar was not a bar (see RegimeRules::update): all else is the bar before's
    bool calendar_known = false;      ///< whether anyone said if a release lies at this bar
};

/// The twelve regimes by rule (specs, ml 3), first rule that fires; left only when another has been right for 3 bars or the
/// own rule fails at 80 % of its thresholds, and never before 3 bars.
///
/// Thresholds of ER and ADX (RuleOptions::adaptive): what the table asks for hardly ever comes in one market and is usual in
/// another. Strong: ER >= .5 or in the top 5 % of the reference window, ADX >= 30 or in the top 10 %, whichever comes first.
/// Weak: ER >= .25 or in the top 20 %; ADX >= 20 and in the top 30 %, since 20 alone is exceeded on most bars of a currency.
///
/// A price that has not moved for n bars is quiet, whatever the shares say of nothing: the reading says `still`.
///
/// `probability` is the cascade with soft thresholds: each condition is a logistic of its margin, each rule the product of its
/// conditions, each regime gets what the rules before it left. It says how near the thresholds are; it is not calibrated, and
/// knows neither dwell nor hysteresis. Readings of rules: a weak trend is ADX >= 20 or ER >= .25 where no strong trend fires;
/// conditions on volume or spread are left out of rules 7, 9 and 10 where a series has none, and cannot fire in rule 12.
class RegimeRules {
  public:
    /// A shock freezes entries for so many bars: 3 by a jump alone, 6 where the move came with a release.
    static constexpr int dwell_bars = 3, shock_bars = 3, release_bars = 6;

    /// @errors usage
    static Result<RegimeRules> of(const RuleOptions& options);
    /// A bar with a price that is not a positive finite number, or whose high is below its low, is passed over: the reading
    /// stays as it is and says `refused`.
    /// @param release whether a release of the economic calendar lies at this bar; none: not available
    const RegimeReading& update(const Candle& bar, std::optional<double> spread = {}, std::optional<bool> release = {});
    const RuleFeatures& features() const { return features_; }
    /// Bars before the first known regime.
    int warm_up() const { return stream_.reference() + options_.window; }

  private:
    RegimeRules(const RuleOptions& options, RuleFeatureStream stream);
    bool fires(Regime regime, double slack) const;
    bool strong(double slack) const;
    bool weak(double slack) const;
    double soft_strong() const;
    double soft_weak() const;
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
