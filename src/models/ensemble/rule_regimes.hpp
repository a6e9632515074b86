#pragma once

#include <array>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
namespace aitrading::insight {
class FeatureGuest;
class ReleaseTimes;
}

namespace aitrading::models {

inline constexpr std::size_t rule_regime_kinds = 12;

/// The rules of insight/regimes as they fit a series.
struct RuleRegimeOptions {
    int window = 64;          ///< bars that a regime is told from, 48 to 100
    bool has_volume = false;  ///< conditions on volume and spread only where the series has them
    bool has_spread = false;
    /// Releases that may move the instrument, for the shock flag; none: shocks are told by jumps alone.
    std::shared_ptr<const insight::ReleaseTimes> releases;
    std::vector<std::string> currencies;  ///< whose releases these are; part of the manifest
    static RuleRegimeOptions of(const BarColumns& bars, int window = 64);
};

/// The twelve regimes by rule as feature columns: regime (1 to 12), regime_p_1 … regime_p_12 (how near the rules' thresholds
/// are, not calibrated), regime_remaining (bars that such a stay is expected to go on for, by the stays so far) and regime_shock
/// (0 or 1: RegimeReading::shock). NaN until the reference window is full. Past only.
/// @errors usage (window out of range)
Result<std::unique_ptr<insight::FeatureGuest>> rule_regime_guest(const RuleRegimeOptions& options);

/// The regimes of a series bar by bar, each known at its bar's close.
struct RegimePath {
    std::vector<int> regime;                                         ///< [bars] 1 to 12, 0 before the warm-up
    std::vector<std::array<double, rule_regime_kinds>> probability;  ///< [bars] zeros while unknown
    std::vector<std::array<double, rule_regime_kinds>> next;         ///< [bars] law of the next bar's regime, by the moves so far
    std::vector<double> remaining;                                   ///< [bars] expected bars to come in this regime
    std::vector<bool> shock;                                         ///< [bars] RegimeReading::shock; false before the warm-up
    std::vector<std::string> not_available;                          ///< what the series lacks, and what follows
    int warm_up = 0;                                                 ///< bars before the first known regime
    std::size_t size() const { return regime.size(); }
};

/// Bar i from bars 0..i. A series shorter than the warm-up has unknown regimes only.
/// @errors usage (window), interrupted   @complexity O(bars * kept runs of BOCPD), amortised
Result<RegimePath> rule_regimes(const BarColumns& bars, const RuleRegimeOptions& options, std::stop_token stop = {});

}  // namespace aitrading::models
