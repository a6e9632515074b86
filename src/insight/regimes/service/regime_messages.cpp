#include "insight/regimes/service/regime_messages.hpp"

#include <algorithm>
#include <cmath>

#include "aitrading/v1/insight.pb.h"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::insight {
namespace {

/// A sum of products may leave [0, 1] by its last bit, which the contract refuses.
double in_bounds(double p) { return std::clamp(p, 0.0, 1.0); }

}  // namespace

void fill(v1::RegimeClassified& message, const ServedRegimes& served, const ToldRegime& told, bool degraded) {
    const RegimeState& state = told.state;
    message.set_symbol(served.series().symbol);
    message.set_timeframe(kit::to_contract(served.series().timeframe));
    message.set_bar_open_ns(told.bar.value);
    message.set_known_ns(told.known.value);
    message.set_method(std::string(served.teller().method()));
    message.set_model(served.model());
    message.set_model_version(served.model_version());
    message.set_degraded(degraded);
    if (!std::isnan(told.change_probability)) message.set_change_probability(in_bounds(told.change_probability));
    if (!state.known) return;
    const int number = static_cast<int>(state.present) + 1;
    message.set_state(number);
    if (served.teller().named()) message.set_regime(static_cast<v1::Regime>(number));
    for (std::size_t k = 0; k < state.kinds; ++k) {
        message.add_posterior(in_bounds(state.posterior[k]));
        message.add_next(in_bounds(state.next[k]));
    }
    message.set_expected_remaining_bars(state.expected_remaining_bars);
    message.set_news_shock(state.news_shock);
    message.set_changed(told.changed);
}

}  // namespace aitrading::insight
