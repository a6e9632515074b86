#include "kit/rpc/sent_replies.hpp"

#include <google/protobuf/message.h>

namespace aitrading::kit {

bool SentReplies::send(const google::protobuf::Message& reply) {
    std::string bytes = reply.SerializeAsString();
    std::unique_lock lock(mutex_);
    if (call_ == nullptr || closed_ || end_) return false;
    // One reply always passes, whatever its size: the bound is for those that wait behind it.
    if (!waiting_.empty() && bytes_ + bytes.size() > bytes_max_) {
        end_ = RpcEnd{RpcCode::resource_exhausted, "the reader is too slow; come again", {}};
        waiting_.clear();
        step(std::move(lock));
        return false;
    }
    bytes_ += bytes.size();
    waiting_.push_back(std::move(bytes));
    step(std::move(lock));
    return true;
}

void SentReplies::finish(RpcEnd end) {
    std::unique_lock lock(mutex_);
    if (end_) return;
    end_ = std::move(end);
    step(std::move(lock));
}

void SentReplies::written(bool ok) {
    std::unique_lock lock(mutex_);
    writing_ = false;
    bytes_ -= std::min(bytes_, writing_bytes_);
    if (!ok) waiting_.clear();
    step(std::move(lock));
}

void SentReplies::cancelled() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    waiting_.clear();
    if (!end_) end_ = RpcEnd{RpcCode::cancelled, {}, {}};
    const auto told = std::exchange(on_close_, {});
    step(std::move(lock));
    tell(told);
}

std::size_t SentReplies::waiting_bytes() {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

void SentReplies::on_close(std::function<void()> call) {
    {
        const std::lock_guard lock(mutex_);
        if (call_ != nullptr && !closed_) {
            on_close_ = std::move(call);
            return;
        }
    }
    call();
}

void SentReplies::gone() {
    std::unique_lock lock(mutex_);
    call_ = nullptr;
    closed_ = true;
    const auto told = std::exchange(on_close_, {});
    lock.unlock();
    tell(told);
}

/// Not locked.
void SentReplies::tell(const std::function<void()>& told) {
    if (!told) return;
    if (gate_) gate_->pass(told);
    else told();
}

/// The next thing that the call may do: one write at a time, then the status, once. gRPC calls back on threads of its own.
void SentReplies::step(std::unique_lock<std::mutex> lock) {
    if (call_ == nullptr || writing_ || finished_) return;
    RpcOut* const call = call_;
    if (!waiting_.empty()) {
        std::string bytes = std::move(waiting_.front());
        waiting_.pop_front();
        writing_ = true;
        writing_bytes_ = bytes.size();
        call->write(std::move(bytes));
    } else if (end_) {
        finished_ = true;
        const RpcEnd end = *end_;
        lock.unlock();
        call->finish(end);
    }
}

bool OpenStreams::enter(const std::shared_ptr<SentReplies>& stream) {
    const std::lock_guard lock(mutex_);
    if (!ended_) streams_[stream.get()] = stream;
    return !ended_;
}

void OpenStreams::leave(const SentReplies* stream) {
    const std::lock_guard lock(mutex_);
    streams_.erase(stream);
}

void OpenStreams::end_all() {
    std::map<const SentReplies*, std::weak_ptr<SentReplies>> open;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        open.swap(streams_);
    }
    for (const auto& [address, weak] : open)
        if (const auto stream = weak.lock()) stream->finish({RpcCode::unavailable, "this server is stopping; come again", {}});
}

}  // namespace aitrading::kit
