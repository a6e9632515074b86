#include "models/ensemble/service/tests/asked_desk.hpp"

#include "aitrading/v1/inference.pb.h"

namespace aitrading::models::testing_service {

v1::PredictBarsRequest request_of(std::size_t from, std::size_t to, int answers) {
    const BarColumns& bars = served().bars;
    v1::PredictBarsRequest request;
    request.set_model("made");
    request.set_answers_max(answers);
    for (std::size_t i = from; i < to; ++i) {
        v1::Bar& bar = *request.add_bars();
        bar.set_open_time_ns(bars.time[i].value);
        bar.set_open_e9(bars.open[i].raw);
        bar.set_high_e9(bars.high[i].raw);
        bar.set_low_e9(bars.low[i].raw);
        bar.set_close_e9(bars.close[i].raw);
        bar.set_volume_e6(bars.volume[i].raw);
        bar.set_ask_close_e9(bars.close[i].raw + bars.spread[i].raw);
    }
    return request;
}

void AskedDesk::start() {
    std::vector<ServedModel> models;
    models.push_back(warmed());
    service = std::make_unique<PredictionService>(std::move(models), PredictionTopics{bars, predictions, nullptr, board},
                                                  PredictionService::Options{.clock = MarketClock::live([this] { return UnixNanos{now}; })}, fixed_now);
    reader_ = predictions->subscribe();
    EXPECT_TRUE(service->start());
}

v1::Prediction AskedDesk::bar(std::size_t i) {
    bars->publish(bar_event(i));
    const auto told = listen(*reader_, 1);
    EXPECT_EQ(told.size(), 1U);
    if (told.empty()) return {};
    auto message = kit::unpack_as<v1::MLPredictionGenerated>(*told[0]);
    // The board is told just behind the topic.
    const auto seen = board->await("made", "MADE", std::nullopt, {message->prediction().known_ns() - 1}, SteadyTime::max());
    EXPECT_TRUE(seen && seen->event);
    return message->prediction();
}

v1::GetPredictionRequest AskedDesk::usual() {
    v1::GetPredictionRequest request;
    request.set_model("made");
    request.set_symbol("MADE");
    return request;
}

Result<v1::GetPredictionReply> AskedDesk::get() const { return get(usual()); }

Result<v1::GetPredictionReply> AskedDesk::get(const v1::GetPredictionRequest& request, const std::string& tenant, milliseconds within) const {
    return ask<v1::GetPredictionReply>("GetPrediction", request, tenant, within);
}

}  // namespace aitrading::models::testing_service
