#include "models/ensemble/service/prediction_messages.hpp"

#include <cmath>

#include "aitrading/v1/models.pb.h"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::models {

Result<Event> pack(const PredictionSource& source, const std::vector<std::string>& members, const BarPrediction& said, bool degraded, const Event& bar,
                   std::string service, UnixNanos now) {
    v1::MLPredictionGenerated message;
    message.set_symbol(source.series.symbol);
    v1::Prediction& p = *message.mutable_prediction();
    p.set_symbol(source.series.symbol);
    p.set_timeframe(kit::to_contract(source.series.timeframe));
    p.set_bar_open_ns(said.bar.value);
    p.set_known_ns(said.known.value);
    p.set_model(source.name);
    p.set_model_version(source.version);
    p.set_label(source.label);
    p.set_horizon_bars(source.horizon_bars);
    p.set_p_up(said.answer.p_up);
    p.set_p_low(said.answer.p_low);
    p.set_p_high(said.answer.p_high);
    p.set_low(said.answer.low);
    p.set_high(said.answer.high);
    p.set_unit(source.of_volatility ? v1::TARGET_UNIT_LOG_VOLATILITY : v1::TARGET_UNIT_RETURN_BASIS_POINTS);
    p.set_regime(static_cast<v1::Regime>(said.regime.regime));
    for (std::size_t m = 0; m < said.members.size(); ++m) {
        if (std::isnan(said.members[m])) continue;  // it did not answer: the interval is wider for it
        v1::MemberOpinion& opinion = *p.add_members();
        opinion.set_model(members[m]);
        opinion.set_p_up(said.members[m]);
        if (m < said.mix.size()) opinion.set_weight(said.mix[m]);
    }
    p.set_degraded(degraded || said.answer.missing != 0);
    return kit::pack_derived(message, {.source = std::move(service), .tenant = bar.tenant, .now = now, .about = said.known}, &bar);
}

}  // namespace aitrading::models
