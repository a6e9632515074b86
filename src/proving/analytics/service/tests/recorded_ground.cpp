#include "proving/analytics/service/tests/recorded_ground.hpp"

#include "aitrading/v1/models.pb.h"
#include "kit/contracts/bar_news.hpp"
#include "kit/contracts/contracts.hpp"

namespace aitrading::proving {

Event prediction_event(std::int64_t i, const std::string& symbol, const std::string& tenant, double p_up) {
    v1::MLPredictionGenerated message;
    message.set_symbol(symbol);
    v1::Prediction& p = *message.mutable_prediction();
    p.set_symbol(symbol);
    p.set_timeframe(v1::TIMEFRAME_H1);
    p.set_bar_open_ns(i * nanos_per_hour);
    p.set_known_ns((i + 1) * nanos_per_hour);
    p.set_model("made");
    p.set_model_version(4);
    p.set_label("next_bar");
    p.set_horizon_bars(1);
    p.set_p_up(p_up);
    p.set_p_low(p_up - 0.1);
    p.set_p_high(p_up + 0.1);
    p.set_low(-3.5);
    p.set_high(4.25);
    p.set_unit(v1::TARGET_UNIT_RETURN_BASIS_POINTS);
    p.set_regime(v1::REGIME_WIDE_RANGE);
    for (const auto& [name, opinion] : {std::pair{"xgboost", 0.6}, std::pair{"lstm", 0.5}}) {
        v1::MemberOpinion& member = *p.add_members();
        member.set_model(name);
        member.set_p_up(opinion);
        member.set_weight(0.5);
    }
    const Uuid id = derived_uuid({(i + 1) * nanos_per_hour}, "prediction/" + tenant + "/" + symbol + "/" + std::to_string(i));
    return kit::pack(message, {.id = id, .source = "/test", .tenant = tenant, .time = fixed_now(), .trace = kit::first_step(id)}).value();
}

Event bar_event(std::int64_t i, double close, const std::string& symbol) {
    const auto price = [](double value) { return Price{static_cast<std::int64_t>(value * 1e5) * 10'000}; };
    const Bar bar{{i * nanos_per_hour}, price(close), price(close + 0.001), price(close - 0.001), price(close), {2'000'000}};
    const Uuid id = derived_uuid({(i + 1) * nanos_per_hour}, "bar/" + symbol + "/" + std::to_string(i));
    return kit::pack(kit::BarNews{.symbol = symbol, .feed = "test", .timeframe = Timeframe::h1, .bar = bar, .known = {(i + 1) * nanos_per_hour}, .ask = {}},
                     {.id = id, .source = "/test", .time = fixed_now(), .trace = kit::first_step(id)})
        .value();
}

}  // namespace aitrading::proving
