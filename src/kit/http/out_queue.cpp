#include "kit/http/out_queue.hpp"

namespace aitrading::kit {

bool OutQueue::push(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (closed_ || finishing_ || waiting_.size() + bytes.size() > most_) return false;
    waiting_.append(bytes);
    if (started_ && !writing_) {
        writing_ = true;
        transport_->post([self = shared_from_this()] { self->write_next(); });
    }
    return true;
}

void OutQueue::start(std::string_view head) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    waiting_.insert(0, head.data(), head.size());
    started_ = writing_ = true;
    transport_->post([self = shared_from_this()] { self->write_next(); });
}

void OutQueue::finish() {
    const std::lock_guard lock(mutex_);
    if (closed_ || finishing_) return;
    finishing_ = true;
    if (!started_ || writing_) return;
    writing_ = true;
    transport_->post([self = shared_from_this()] { self->write_next(); });
}

void OutQueue::abort() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    transport_->close();
}

bool OutQueue::closed() {
    const std::lock_guard lock(mutex_);
    return closed_ || finishing_;
}

/// On the strand. @pre writing_
void OutQueue::write_next() {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        if (waiting_.empty()) {
            writing_ = false;
            closed_ = finishing_;
            if (closed_) transport_->close_politely();
            return;
        }
        sending_.clear();
        sending_.swap(waiting_);
    }
    transport_->write(sending_, std::chrono::steady_clock::now() + write_time_, [self = shared_from_this()](IoOutcome outcome) {
        if (outcome == IoOutcome::done) self->write_next();
        else self->abort();
    });
}

std::size_t OutQueue::waiting_bytes() {
    const std::lock_guard lock(mutex_);
    return waiting_.size() + sending_.size();
}

}  // namespace aitrading::kit
