#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "insight/regimes/chain.hpp"
#include "insight/regimes/rules.hpp"
#include "insight/regimes/state_tracker.hpp"

namespace aitrading::insight {

/// What is told of a bar at its close, by the rules and by fitted models alike: from this bar and those before it only.
struct RegimeState {
    std::size_t kinds = 0;    ///< states there are, at most 12; entries beyond are 0
    bool known = false;       ///< false while the model warms up: all laws are zeros
    std::size_t present = 0;  ///< the state told, from 0, with hysteresis; of the rules: Regime - 1
    std::array<double, regime_kinds> posterior{};  ///< of this bar's state. Models: filtered. Rules: RegimeReading::probability
    std::array<double, regime_kinds> next{};       ///< of the next bar's state, sums to 1
    std::array<double, regime_kinds> remaining{};  ///< bars a stay is expected to go on for after this one, were this bar in that state
    double expected_remaining_bars = 0;            ///< remaining[present]
    bool news_shock = false;                       ///< rules only, see RegimeReading::shock
    bool still = false;                            ///< rules only, see RegimeReading::still
    bool calendar_known = false;                   ///< whether releases took part in it
};

/// Law of the move from bar to bar between labels, learnt online: Dirichlet posterior mean over the moves that have closed.
/// The prior is worth ten bars: stays of ten bars, every other regime as likely after one. It knows the present label only,
/// not how long it has stayed; dwell and hysteresis make the first bars of a stay safer than it says.
class TransitionEstimate {
  public:
    static constexpr double prior_bars = 10, prior_stay = 10;

    /// Takes the label of the bar that has closed; unknown breaks the chain.
    void update(Regime label);
    /// P(next label = j | this label), for [j - 1]; sums to 1. @param from not unknown
    std::array<double, regime_kinds> row(Regime from) const;
    /// P(label after `from` ends = j), 0 for itself; sums to 1. @param from not unknown
    std::array<double, regime_kinds> successor(Regime from) const;
    /// Bars that a stay goes on for after the present bar: stay / (1 - stay).
    double expected_remaining(Regime from) const;

  private:
    double weight(std::size_t from, std::size_t to) const;
    std::array<std::array<double, regime_kinds>, regime_kinds> moves_{};
    std::array<double, regime_kinds> bars_{};
    Regime last_ = Regime::unknown;
};

/// The twelve rules with their transition law.
class RuleRegimes {
  public:
    /// @errors usage
    static Result<RuleRegimes> of(const RuleOptions& options);
    /// As RegimeRules::update. The answer is valid until the next call. @complexity as RegimeRules, and O(kinds)
    const RegimeState& update(const Candle& bar, std::optional<double> spread = {}, std::optional<bool> release = {});
    const RegimeReading& reading() const { return reading_; }
    /// What the rules looked at in the last bar.
    const RuleFeatures& features() const { return rules_.features(); }
    const TransitionEstimate& transitions() const { return transitions_; }
    int warm_up() const { return rules_.warm_up(); }

  private:
    explicit RuleRegimes(RegimeRules rules) : rules_(std::move(rules)) {}
    RegimeRules rules_;
    RegimeReading reading_;
    TransitionEstimate transitions_;
    RegimeState state_;
};

/// The states of a fitted chain (hidden Markov model, switching regression), from the filter's laws.
class ChainRegimes {
  public:
    /// @errors usage (more than 12 states), bad_input (sizes)
    static Result<ChainRegimes> of(const ChainLaw& chain, double odds = StateTracker::usual_odds);
    /// @param posterior P(state | rows so far), by the filter of this chain   @complexity O(states^2), no allocation
    const RegimeState& update(std::span<const double> posterior);

  private:
    ChainRegimes(const ChainLaw& chain, double odds);
    ChainLaw chain_;
    StateTracker tracker_;
    RegimeState state_;
};

}  // namespace aitrading::insight
