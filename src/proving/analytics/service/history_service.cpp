#include "proving/analytics/service/history_service.hpp"

#include <condition_variable>

namespace aitrading::proving {

HistoryService::HistoryService(ports::EventBus& bus, Open open, Calibrator::Past past, Options options, HistoryRecorder::Now now)
    : bus_(bus), open_(std::move(open)), past_(std::move(past)), options_(std::move(options)), now_(std::move(now)) {}

Result<void> HistoryService::start() {
    TRY(store_, open_());
    recorder_ = std::make_unique<HistoryRecorder>(bus_, store_, recorded_topics(), options_.recorder, now_);
    calibrator_ = std::make_unique<Calibrator>(store_, past_, options_.calibrator);
    TRY_VOID(recorder_->open());
    started_ = true;
    pump_.start([this](const std::stop_token& stop) { return work(stop); });
    return {};
}

Result<void> HistoryService::work(const std::stop_token& stop) {
    TRY_VOID(calibrator_->open());
    recorder_->tell([this](const std::string& history, const std::vector<ports::HistoryEntry>& entries) -> Result<void> {
        TRY_VOID(calibrator_->take(history, entries));
        calibration_rows_ = calibrator_->rows();
        return {};
    });
    calibration_rows_ = calibrator_->rows();
    std::mutex mutex;
    std::condition_variable_any woken;
    while (!stop.stop_requested()) {
        TRY(const std::int64_t events, recorder_->turn());
        if (events > 0) continue;
        std::unique_lock lock(mutex);
        woken.wait_for(lock, stop, options_.pause, [] { return false; });
    }
    return {};
}

Result<void> HistoryService::ready() {
    TRY_VOID(pump_.health());
    return started_ ? store_->health() : Result<void>{};
}

std::int64_t HistoryService::lag() { return started_ ? recorder_->lag() : 0; }

void HistoryService::stop(Deadline deadline) {
    pump_.stop();
    if (!started_ || !pump_.health()) return;
    // An error here is told by the next start: nothing is lost, the group has not passed it.
    while (deadline.left(std::chrono::steady_clock::now()) > std::chrono::nanoseconds::zero()) {
        const auto events = recorder_->turn();
        if (!events || *events == 0) return;
    }
}

RecorderCounts HistoryService::counts() const { return started_ ? recorder_->counts() : RecorderCounts{}; }

}  // namespace aitrading::proving
