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
class FeatureSet;
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

/// What the rules tell of one bar at its close.
struct RegimeReport {
    int regime = 0;                                       ///< 1 to 12, 0 before the warm-up
    std::array<double, rule_regime_kinds> probability{};  ///< how near the rules' thresholds are; zeros while unknown
    std::array<double, rule_regime_kinds> next{};         ///< law of the next bar's regime, by the moves so far
    double remaining = 0;                                 ///< expected bars to come in this regime
    bool shock = false;                                   ///< RegimeReading::shock; false before the warm-up
};

/// The rules bar by bar; a copy goes on from where the original stood.
class RuleRegimeStream {
  public:
    /// @errors usage (window out of range)
    static Result<RuleRegimeStream> of(const RuleRegimeOptions& options);
    RuleRegimeStream(const RuleRegimeStream& other);
    RuleRegimeStream(RuleRegimeStream&&) noexcept;
    RuleRegimeStream& operator=(RuleRegimeStream&&) noexcept;
    ~RuleRegimeStream();

    /// Takes the next closed bar; the answer is valid until the next call. No allocation once warm.
    /// @param spread ask - bid at the close, NaN where not known   @param close when the bar became known
    const RegimeReport& update(const Bar& bar, double spread, UnixNanos close);
    int warm_up() const;

  private:
    struct State;
    explicit RuleRegimeStream(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What the rules behind the columns of rule_regime_guest told of the last bar of a feature set; false where it has no such
/// guest, or one of other options.
bool told_by_guest(const insight::FeatureSet& set, const RuleRegimeOptions& options, RegimeReport& out);

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
Result<RegimePath> rule_regimes(const BarColumns& bars, const RuleRegimeOptions& options, const std::stop_token& stop = {});

}  // namespace aitrading::models
