#include "models/ensemble/service/prediction_messages.hpp"

#include <cmath>

#include "aitrading/v1/models.pb.h"
#include "kit/contracts/bar_news.hpp"
#include "models/ensemble/aged_answer.hpp"

namespace aitrading::models {
namespace {

void put(const RowPrediction& answer, v1::Prediction& p) {
    p.set_p_up(answer.p_up);
    p.set_p_low(answer.p_low);
    p.set_p_high(answer.p_high);
    p.set_low(answer.low);
    p.set_high(answer.high);
    p.set_widened(answer.widened);
}

}  // namespace

std::string silent_members(const std::vector<std::string>& members, std::uint64_t missing) {
    std::string names;
    for (std::size_t m = 0; m < members.size(); ++m)
        if ((missing >> m & 1U) != 0) names += (names.empty() ? "" : ", ") + members[m];
    return "members " + names + " did not answer";
}

void tell(const PredictionSource& source, const std::vector<std::string>& members, const BarPrediction& said, const Telling& telling, v1::Prediction& p) {
    p.set_symbol(source.series.symbol);
    p.set_timeframe(kit::to_contract(source.series.timeframe));
    p.set_bar_open_ns(said.bar.value);
    p.set_known_ns(said.known.value);
    p.set_model(source.name);
    p.set_model_version(source.version);
    p.set_label(source.label);
    p.set_horizon_bars(source.horizon_bars);
    put(said.answer, p);
    p.set_base_rate(telling.base_rate);
    p.set_unit(source.of_volatility ? v1::TARGET_UNIT_LOG_VOLATILITY : v1::TARGET_UNIT_RETURN_BASIS_POINTS);
    p.set_regime(static_cast<v1::Regime>(said.regime.regime));
    for (std::size_t m = 0; m < said.members.size(); ++m) {
        if (std::isnan(said.members[m])) continue;  // it did not answer: the interval is wider for it
        v1::MemberOpinion& opinion = *p.add_members();
        opinion.set_model(members[m]);
        opinion.set_p_up(said.members[m]);
        if (m < said.mix.size()) opinion.set_weight(said.mix[m]);
    }
    p.set_degraded(!telling.because.empty() || said.answer.missing != 0);
    p.set_degraded_because(telling.because);
}

void tell(const BarReasons& reasons, v1::Prediction& p) {
    p.set_reasons_note(reasons.note());
    if (!reasons.missing.empty()) return;
    p.set_base_log_odds(reasons.base_logit);
    p.set_log_odds(reasons.logit);
    p.set_others_contribution(reasons.others);
    for (const ReasonLine& line : reasons.lines) {
        v1::Reason& reason = *p.add_reasons();
        reason.set_feature(line.feature);
        reason.set_value(line.value);
        reason.set_contribution(line.contribution);
        reason.set_text(line.text());
    }
}

Result<Event> pack(const PredictionSource& source, const std::vector<std::string>& members, const BarPrediction& said, const Telling& telling, const Event& bar,
                   std::string service, UnixNanos now) {
    v1::MLPredictionGenerated message;
    message.set_symbol(source.series.symbol);
    tell(source, members, said, telling, *message.mutable_prediction());
    return kit::pack_derived(message, {.source = std::move(service), .tenant = bar.tenant, .now = now, .about = said.known}, &bar);
}

void degrade(v1::Prediction& p, const Staleness& stale, const std::string& because) {
    const auto bar = static_cast<double>(p.known_ns() - p.bar_open_ns());
    const double widened = p.widened() > 0 ? p.widened() : 1;
    const RowPrediction said{.p_up = p.p_up(), .p_low = p.p_low(), .p_high = p.p_high(), .low = p.low(), .high = p.high(), .missing = 0, .widened = widened};
    put(aged(said, {.bars = bar > 0 ? static_cast<double>(stale.open_age.count()) / bar : 0, .horizon_bars = std::max(1, p.horizon_bars()), .base_rate = p.base_rate()}), p);
    p.set_age_ns(stale.age.count());
    p.set_stale_ns(stale.too_old.count());
    p.set_degraded(true);
    p.set_degraded_because(p.degraded_because().empty() ? because : p.degraded_because() + "; " + because);
}

}  // namespace aitrading::models
