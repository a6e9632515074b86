#pragma once

#include <cmath>
#include <optional>

#include "base/result.hpp"
#include "insight/features/channels.hpp"
#include "insight/features/directional.hpp"
#include "insight/features/liquidity.hpp"
#include "insight/features/memory.hpp"
#include "insight/features/momentum.hpp"
#include "insight/features/range_volatility.hpp"
#include "insight/features/rolling_rank.hpp"
#include "insight/regimes/bocpd.hpp"

namespace aitrading::insight {

struct RuleOptions {
    int window = 64;      ///< n: 48 to 100 bars
    int references = 20;  ///< the reference window is so many n: what is usual for this instrument and timeframe
    bool has_volume = true;
    bool has_spread = false;
    /// Whether the thresholds of ER and ADX fit the instrument and timeframe, see RegimeRules; false: the table's as written.
    bool adaptive = true;
};

/// What the rules look at, all of it known at the bar's close. A share is the rank inside the trailing reference window.
struct RuleFeatures {
    double volatility_share = unknown;   ///< of Yang and Zhang's sigma over n
    double efficiency = unknown;         ///< Kaufman's, over n
    double efficiency_share = unknown;   ///< of ER
    double adx = unknown;                ///< 14
    double adx_share = unknown;          ///< of ADX
    double trend_t = unknown;            ///< t of the least-squares slope of the log price over n
    double band_share_low = unknown;     ///< lowest share of Bollinger's (20, 2) width in the last n/2 bars
    double breakout_atr = unknown;       ///< close beyond the channel of the n bars before, in ATR(14): + above, - below, 0 inside
    double volume_z = unknown;           ///< of log volume in the reference window; unknown without volume
    double spread_z = unknown;           ///< of log spread in the reference window; unknown without spreads
    double illiquidity_share = unknown;  ///< of Amihud's measure over n; unknown without volume
    double new_run = unknown;            ///< BOCPD: P(fewer than 5 bars since the returns changed)
    double move = unknown;               ///< |log return| in standard deviations by bipower variation of the n bars before
    bool jump = false;                   ///< Lee and Mykland's, 1 %, against the n bars before
    bool still = false;                  ///< the price did not move at all in the last n bars
    bool warm = false;                   ///< all of the above that can be known are
};

/// One bar in, features out.
class RuleFeatureStream {
  public:
    /// @errors usage (window or references out of range)
    static Result<RuleFeatureStream> of(const RuleOptions& options);
    /// @param spread of the bar, where there is one   @complexity O(kept runs of BOCPD), amortised
    const RuleFeatures& update(const Candle& bar, std::optional<double> spread);
    int reference() const { return reference_; }

  private:
    RuleFeatureStream(const RuleOptions& options, Bocpd bocpd);
    void trend(const Candle& bar);
    void activity(const Candle& bar, std::optional<double> spread);
    void change(const Candle& bar);

    RuleOptions options_;
    int reference_, seen_ = 0, still_bars_ = 0;
    RuleFeatures out_;
    YangZhang sigma_;
    EfficiencyRatio efficiency_;
    Adx adx_;
    Atr atr_;
    Line line_;
    Variance level_, volume_, spread_, returns_;
    LogLevel log_price_;
    Bollinger bands_;
    Donchian channel_;
    Amihud amihud_;
    BipowerVariation bipower_;
    RollingRank sigma_rank_, band_rank_, amihud_rank_, efficiency_rank_, adx_rank_;
    RollingMin band_low_;
    Bocpd bocpd_;
    double jump_threshold_;
    double last_close_ = unknown, last_upper_ = unknown, last_lower_ = unknown;
    double last_bipower_ = unknown, last_variance_ = unknown;
};

}  // namespace aitrading::insight
