#include "models/ensemble/service/prediction_service.hpp"

#include "base/check.hpp"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::models {
namespace {

constexpr const char* predictions_topic = "models.predictions";

}  // namespace

PredictionService::PredictionService(std::vector<ServedModel> models, PredictionTopics topics, Options options, Now now)
    : models_(std::move(models)), topics_(std::move(topics)), options_(std::move(options)), now_(std::move(now)), keeper_(topics_.journal, predictions_topic), listener_(topics_.bars) {
    CHECK(topics_.bars != nullptr);
}

Result<void> PredictionService::start() {
    TRY_VOID(keeper_.open());
    listener_.start([this](const kit::LiveReader::Batch& batch) { return take_all(batch); });
    return {};
}

Result<void> PredictionService::take_all(const kit::LiveReader::Batch& batch) {
    for (const auto& event : batch.events) take(*event);
    return keeper_.flush();
}

void PredictionService::take(const Event& event) {
    const auto news = kit::unpack_bar(event);
    if (!news) {
        ++passed_over_;
        return;
    }
    const SeriesKey key{news->symbol, news->timeframe};
    const double spread = news->ask ? (news->ask->close - news->bar.close).to_double() : Predictor::nobody;
    for (ServedModel& served : models_) {
        if (served.source.series != key) continue;
        ++bars_;
        if (news->bar.time <= served.last_bar) {
            ++passed_over_;
            continue;
        }
        served.last_bar = news->bar.time;
        answer(served, event, news->bar, served.reads_spread ? spread : Predictor::nobody);
    }
}

void PredictionService::answer(ServedModel& served, const Event& event, const Bar& bar, double spread) {
    const BarPrediction& said = served.predictor.next(bar, spread);
    auto out = pack(served.source, served.model->member_names(), said, listener_.missed() > 0, event, options_.source, now_());
    if (!out) {
        ++passed_over_;
        return;
    }
    ++predictions_;
    keeper_.add(*out);
    if (topics_.predictions) topics_.predictions->publish(std::make_shared<const Event>(std::move(*out)));
}

PredictionCounts PredictionService::counts() const {
    return {.bars = bars_, .predictions = predictions_, .passed_over = passed_over_, .missed = listener_.missed(), .durable = keeper_.durable()};
}

}  // namespace aitrading::models
