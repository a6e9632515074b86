#include "models/ensemble/service/prediction_service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "kit/contracts/bar_news.hpp"
#include "models/ensemble/aged_answer.hpp"

namespace aitrading::models {
namespace {

constexpr const char* predictions_topic = "models.predictions";
constexpr double refill_bars = 500;

/// How many bars' news the next answer lacks.
double lacking_bars(const ServedModel& served) {
    return static_cast<double>(served.lost) * std::max(0.0, 1 - static_cast<double>(served.since_lost) / refill_bars);
}

std::string why_degraded(const ServedModel& served, const RowPrediction& answer) {
    std::string because;
    if (served.lost > 0) because = fmt::format("{} bars were lost on their way to the model", served.lost);
    if (const std::string others = served.markets ? served.markets->why_degraded() : std::string(); !others.empty()) because += (because.empty() ? "" : "; ") + others;
    if (answer.missing != 0) because += (because.empty() ? "" : "; ") + silent_members(served.model->member_names(), answer.missing);
    return because;
}

}  // namespace

PredictionService::PredictionService(std::vector<ServedModel> models, PredictionTopics topics, Options options, Now now)
    : models_(std::move(models)), topics_(std::move(topics)), options_(std::move(options)), now_(std::move(now)), keeper_(topics_.journal, predictions_topic), listener_(topics_.bars) {
    CHECK(topics_.bars != nullptr);
}

Result<void> PredictionService::start() {
    TRY_VOID(keeper_.open());
    if (topics_.board) {
        std::vector<PredictionBoard::Answerer> answerers;
        answerers.reserve(models_.size());
        for (const ServedModel& served : models_) answerers.push_back({served.source, served.trail});
        topics_.board->open(std::move(answerers), options_.clock.value_or(MarketClock::live(now_)), [this] { return listener_.lag(); });
    }
    kit::Listener::Idle idle;
    if (std::ranges::any_of(models_, [](const ServedModel& served) { return served.markets != nullptr; })) idle = [this]() -> Result<void> {
        answer_held();
        return keeper_.flush();
    };
    listener_.start([this](const kit::LiveReader::Batch& batch) { return take_all(batch); }, std::move(idle));
    return {};
}

void PredictionService::leave() {
    if (topics_.board) topics_.board->close("the service has stopped");
    listener_.stop();
}

Result<void> PredictionService::take_all(const kit::LiveReader::Batch& batch) {
    if (batch.missed > 0)
        for (ServedModel& served : models_) {
            served.lost += batch.missed;
            served.since_lost = 0;
        }
    for (const auto& event : batch.events) take(event);
    return keeper_.flush();
}

void PredictionService::take(const std::shared_ptr<const Event>& event) {
    const auto news = kit::unpack_bar(*event);
    if (!news) {
        ++passed_over_;
        return;
    }
    if (topics_.board) topics_.board->saw(news->known);
    const SeriesKey key{news->symbol, news->timeframe};
    for (std::size_t m = 0; m < models_.size(); ++m) {
        if (models_[m].markets) models_[m].markets->take(*news);
        if (models_[m].source.series == key) take_own(m, event, *news);
    }
    answer_held();
}

void PredictionService::take_own(std::size_t model, const std::shared_ptr<const Event>& event, const kit::BarNews& news) {
    ServedModel& served = models_[model];
    ++bars_;
    if (news.bar.time <= served.last_bar) {
        ++passed_over_;
        return;
    }
    served.last_bar = news.bar.time;
    const double spread = served.reads_spread && news.ask ? (news.ask->close - news.bar.close).to_double() : Predictor::nobody;
    if (served.markets) served.markets->hold({event, news.bar, spread, news.known, std::chrono::steady_clock::now()});
    else answer(model, *event, news.bar, spread);
}

void PredictionService::answer_held() {
    for (std::size_t m = 0; m < models_.size(); ++m) {
        if (!models_[m].markets) continue;
        while (const auto held = models_[m].markets->next(std::chrono::steady_clock::now())) answer(m, *held->event, held->bar, held->spread);
    }
}

void PredictionService::answer(std::size_t model, const Event& event, const Bar& bar, double spread) {
    ServedModel& served = models_[model];
    const BarPrediction made = served.predictor.next(bar, spread);
    BarPrediction said = made;
    const Telling telling{served.predictor.base_rate(), why_degraded(served, said.answer)};
    if (served.lost > 0) said.answer = aged(said.answer, {lacking_bars(served), served.source.horizon_bars, telling.base_rate});
    ++served.since_lost;
    auto out = pack(served.source, served.model->member_names(), said, telling, event, options_.source, now_());
    std::shared_ptr<const Event> told;
    if (out) {
        ++predictions_;
        keeper_.add(*out);
        told = std::make_shared<const Event>(std::move(*out));
        if (topics_.predictions) topics_.predictions->publish(told);
    } else {
        ++passed_over_;
    }
    // Who waits for the answer does not wait for the copied row; who asks the board for reasons finds it there.
    if (served.trail) served.trail->take(served.predictor, made);
    if (told && topics_.board) topics_.board->told(model, told, said.known);
}

PredictionCounts PredictionService::counts() const {
    return {.bars = bars_, .predictions = predictions_, .passed_over = passed_over_, .missed = listener_.missed(), .durable = keeper_.durable()};
}

}  // namespace aitrading::models
