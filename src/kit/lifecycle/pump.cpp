#include "kit/lifecycle/pump.hpp"

#include <utility>

namespace aitrading::kit {

void Pump::start(Work work) {
    {
        const std::lock_guard lock(mutex_);
        state_ = State::running;
        error_.reset();
    }
    thread_ = std::jthread([this, work = std::move(work)](const std::stop_token& stop) {
        auto done = work(stop);
        const std::lock_guard lock(mutex_);
        state_ = State::ended;
        if (!done) error_ = std::move(done.error());
    });
}

void Pump::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

Result<void> Pump::health() const {
    const std::lock_guard lock(mutex_);
    if (error_) return std::unexpected(*error_);
    if (state_ == State::idle) return fail(ErrorCode::failed, "it has not started yet", true);
    return {};
}

bool Pump::ended() const {
    const std::lock_guard lock(mutex_);
    return state_ == State::ended;
}

std::string Pump::last_error() const {
    const std::lock_guard lock(mutex_);
    return error_ ? error_->text : std::string();
}

}  // namespace aitrading::kit
