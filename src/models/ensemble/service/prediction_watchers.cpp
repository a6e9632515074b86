#include "models/ensemble/service/prediction_watchers.hpp"

#include <algorithm>
#include <iterator>

#include "aitrading/v1/inference.pb.h"
#include "kit/contracts/contracts.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t batch_max = 256, waiting_max = std::size_t{64} << 10;
constexpr std::chrono::milliseconds look_around{100};

}  // namespace

PredictionWatchers::PredictionWatchers(std::shared_ptr<PredictionBoard> board, std::shared_ptr<kit::LiveTopic> predictions)
    : board_(std::move(board)), predictions_(std::move(predictions)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

PredictionWatchers::~PredictionWatchers() {
    thread_.request_stop();
    thread_.join();
    for (std::vector<Watcher>* list : {&watchers_, &arrived_})
        for (const Watcher& watcher : *list) watcher.stream->end();
}

void PredictionWatchers::add(std::string model, std::string symbol, std::shared_ptr<kit::ReplyStream> stream) {
    auto gone = std::make_shared<std::atomic<bool>>(false);
    stream->on_close([gone] { *gone = true; });
    {
        const std::lock_guard lock(mutex_);
        if (!reader_) reader_ = predictions_->subscribe();
        arrived_.push_back({std::move(model), std::move(symbol), std::move(stream), std::move(gone)});
        ++watching_;
    }
    changed_.notify_all();
}

std::size_t PredictionWatchers::watching() const { return watching_; }

void PredictionWatchers::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        kit::LiveReader* reader = nullptr;
        {
            std::unique_lock lock(mutex_);
            if (watchers_.empty() && arrived_.empty()) {
                reader_.reset();
                changed_.wait(lock, stop, [this] { return !arrived_.empty(); });
            }
            reader = reader_.get();
        }
        if (reader != nullptr) turn(*reader);
    }
}

void PredictionWatchers::turn(kit::LiveReader& reader) {
    kit::LiveReader::Batch batch;
    const bool some = reader.poll(batch, batch_max, look_around);
    {
        // Those who came before these answers were published are told them.
        const std::lock_guard lock(mutex_);
        std::ranges::move(arrived_, std::back_inserter(watchers_));
        arrived_.clear();
    }
    // Which models' answers gave way is not known: each watcher is told all of them.
    for (Watcher& watcher : watchers_) watcher.missed += batch.missed;
    for (Watcher& watcher : watchers_) {
        if (some)
            for (const auto& event : batch.events) tell(watcher, event);
        if (watcher.owed) tell(watcher, std::exchange(watcher.owed, {}));
        tell_silence(watcher);
    }
    const auto left = std::erase_if(watchers_, [](const Watcher& watcher) { return watcher.gone->load(); });
    watching_ -= left;
}

void PredictionWatchers::tell(Watcher& watcher, const std::shared_ptr<const Event>& event) {
    if (*watcher.gone || event->subject != watcher.symbol) return;
    auto message = kit::unpack_as<v1::MLPredictionGenerated>(*event);
    if (!message || message->prediction().model() != watcher.model) return;
    if (watcher.owed) ++watcher.missed;  // a newer one takes its place
    watcher.owed.reset();
    if (watcher.stream->waiting_bytes() > waiting_max) {
        watcher.owed = event;
        return;
    }
    v1::WatchPredictionsReply reply;
    *reply.mutable_prediction() = std::move(*message->mutable_prediction());
    reply.set_missed(static_cast<std::int64_t>(std::exchange(watcher.missed, 0)));
    watcher.silent_bars = 1;
    if (!watcher.stream->send(reply)) *watcher.gone = true;
}

void PredictionWatchers::tell_silence(Watcher& watcher) const {
    const auto seen = board_->look(watcher.model, watcher.symbol, std::nullopt);
    if (!seen || !seen->event || *watcher.gone || watcher.owed) return;
    if (seen->open_age <= watcher.silent_bars * seen->bar()) return;
    auto message = kit::unpack_as<v1::MLPredictionGenerated>(*seen->event);
    if (!message) return;
    v1::WatchPredictionsReply reply;
    *reply.mutable_prediction() = std::move(*message->mutable_prediction());
    degrade(*reply.mutable_prediction(), {seen->age(), seen->open_age, seen->open_age - seen->bar()}, why_none(*seen));
    reply.set_missed(static_cast<std::int64_t>(std::exchange(watcher.missed, 0)));
    while (seen->open_age > watcher.silent_bars * seen->bar()) watcher.silent_bars *= 2;
    if (!watcher.stream->send(reply)) *watcher.gone = true;
}

}  // namespace aitrading::models
