#include "insight/regimes/regime_state.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

std::size_t index(Regime regime) {
    CHECK(regime != Regime::unknown);
    return static_cast<std::size_t>(regime) - 1;
}

}  // namespace

void TransitionEstimate::update(Regime label) {
    if (label != Regime::unknown && last_ != Regime::unknown) {
        moves_[index(last_)][index(label)] += 1;
        bars_[index(last_)] += 1;
    }
    last_ = label;
}

double TransitionEstimate::weight(std::size_t from, std::size_t to) const {
    constexpr double leave = prior_bars / prior_stay;
    return moves_[from][to] + (from == to ? prior_bars - leave : leave / (regime_kinds - 1));
}

std::array<double, regime_kinds> TransitionEstimate::row(Regime from) const {
    const std::size_t i = index(from);
    std::array<double, regime_kinds> out{};
    for (std::size_t j = 0; j < regime_kinds; ++j) out[j] = weight(i, j) / (bars_[i] + prior_bars);
    return out;
}

std::array<double, regime_kinds> TransitionEstimate::successor(Regime from) const {
    const std::size_t i = index(from);
    std::array<double, regime_kinds> out{};
    for (std::size_t j = 0; j < regime_kinds; ++j)
        if (j != i) out[j] = weight(i, j) / (bars_[i] + prior_bars - weight(i, i));
    return out;
}

double TransitionEstimate::expected_remaining(Regime from) const {
    const std::size_t i = index(from);
    return weight(i, i) / (bars_[i] + prior_bars - weight(i, i));
}

Result<RuleRegimes> RuleRegimes::of(const RuleOptions& options) {
    TRY(RegimeRules rules, RegimeRules::of(options));
    return RuleRegimes(std::move(rules));
}

const RegimeState& RuleRegimes::update(const Candle& bar, std::optional<double> spread, std::optional<bool> release) {
    reading_ = rules_.update(bar, spread, release);
    if (reading_.refused) return state_;
    transitions_.update(reading_.regime);
    state_.kinds = regime_kinds;
    state_.known = reading_.regime != Regime::unknown;
    state_.news_shock = reading_.shock;
    state_.still = reading_.still;
    state_.calendar_known = reading_.calendar_known;
    if (!state_.known) return state_;
    state_.present = index(reading_.regime);
    state_.posterior = reading_.probability;
    state_.next = transitions_.row(reading_.regime);
    for (std::size_t k = 0; k < regime_kinds; ++k) state_.remaining[k] = transitions_.expected_remaining(static_cast<Regime>(k + 1));
    state_.expected_remaining_bars = state_.remaining[state_.present];
    return state_;
}

Result<ChainRegimes> ChainRegimes::of(const ChainLaw& chain, double odds) {
    if (chain.states < 1 || chain.states > regime_kinds || !(odds >= 1))
        return fail(ErrorCode::usage, fmt::format("a regime state tells of 1 to {} states, with odds of at least 1; got {} states and odds of {}",
                                                  regime_kinds, chain.states, odds));
    if (chain.transition.size() != chain.states * chain.states)
        return fail(ErrorCode::bad_input, fmt::format("a chain of {} states has a transition matrix of another size", chain.states));
    return ChainRegimes(chain, odds);
}

ChainRegimes::ChainRegimes(const ChainLaw& chain, double odds) : chain_(chain), tracker_(odds) {
    const std::vector<double> durations = expected_durations(chain);
    state_.kinds = chain.states;
    for (std::size_t k = 0; k < chain.states; ++k) state_.remaining[k] = durations[k] - 1;
}

const RegimeState& ChainRegimes::update(std::span<const double> posterior) {
    CHECK(posterior.size() == chain_.states);
    state_.known = true;
    state_.present = tracker_.update(posterior);
    std::ranges::copy(posterior, state_.posterior.begin());
    advance(chain_, posterior, std::span(state_.next).first(chain_.states));
    state_.expected_remaining_bars = state_.remaining[state_.present];
    return state_;
}

}  // namespace aitrading::insight
