#pragma once

#include <limits>
#include <memory>
#include <string_view>

#include "domain/market.hpp"
#include "insight/regimes/regime_state.hpp"
#include "insight/regimes/release_times.hpp"

namespace aitrading::insight {

/// One way of telling the regime of one series, bar by bar: from the bar and those before it only.
class RegimeTeller {
  public:
    virtual ~RegimeTeller() = default;
    /// As the contract has it: `rules`, `markov_switching`.
    virtual std::string_view method() const = 0;
    /// Whether its states are the twelve regimes; else they are numbers that have no name.
    virtual bool named() const = 0;
    /// Takes the next closed bar; the answer is valid until the next call.
    /// @param spread ask - bid at the close, NaN where not known   @param known the bar's close
    virtual const RegimeState& update(const Bar& bar, double spread, UnixNanos known) = 0;
    /// P(the law of the returns changed within the last 5 bars), NaN where it is not told.
    virtual double change_probability() const { return std::numeric_limits<double>::quiet_NaN(); }
};

/// The twelve rules, as `aitrading regimes` tells them.
/// @param options a spread is looked at only where they say that the series has one   @param releases none: shocks are told by jumps alone
/// @errors usage (window out of range)
Result<std::unique_ptr<RegimeTeller>> rule_teller(const RuleOptions& options, std::shared_ptr<const ReleaseTimes> releases);

}  // namespace aitrading::insight
