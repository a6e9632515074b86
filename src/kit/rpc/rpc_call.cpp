#include "kit/rpc/rpc_call.hpp"

#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/auth_context.h>

#include <deque>
#include <mutex>
#include <optional>

#include "kit/contracts/field_values.hpp"
#include "kit/contracts/transcoding.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Message;
using grpc::ByteBuffer;
using grpc::Status;
using grpc::StatusCode;
using std::chrono::steady_clock;
using std::chrono::system_clock;

Status status_of(const Error& error) {
    const auto code = [&] {
        switch (error.code) {
            case ErrorCode::usage:
            case ErrorCode::bad_input: return StatusCode::INVALID_ARGUMENT;
            case ErrorCode::not_found: return StatusCode::NOT_FOUND;
            case ErrorCode::gate_refused: return StatusCode::PERMISSION_DENIED;
            case ErrorCode::interrupted: return StatusCode::CANCELLED;
            case ErrorCode::failed: break;
        }
        return error.retry_helps ? StatusCode::UNAVAILABLE : StatusCode::INTERNAL;
    }();
    return {code, error.text};
}

ByteBuffer bytes_of(const Message& message) {
    const grpc::Slice slice(message.SerializeAsString());
    return {&slice, 1};
}

Result<std::unique_ptr<Message>> read_message(const ByteBuffer& buffer, const RequestContract& contract) {
    std::vector<grpc::Slice> slices;
    if (!buffer.Dump(&slices).ok()) return fail(ErrorCode::bad_input, "the request cannot be read: compressed in a way this server does not know");
    std::string bytes;
    for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    std::unique_ptr<Message> message = empty_message(contract.request);
    if (!message->ParseFromString(bytes)) return fail(ErrorCode::bad_input, "the request's " + std::to_string(bytes.size()) + " bytes are no " + contract.request);
    if (const std::string bad = bad_probability(*message); !bad.empty()) return fail(ErrorCode::bad_input, bad + " is no probability in [0, 1]");
    return message;
}

HttpPeer peer_of(const grpc::GenericCallbackServerContext& context) {
    HttpPeer peer;
    const std::string uri = context.peer();  // ipv4:127.0.0.1:4711, ipv6:%5B::1%5D:4711
    peer.address = uri.substr(0, uri.rfind(':'));
    peer.loopback = peer.address == "ipv4:127.0.0.1" || peer.address == "ipv6:%5B::1%5D" || peer.address == "ipv6:[::1]";
    return peer;
}

std::optional<TraceContext> trace_of(const grpc::GenericCallbackServerContext& context) {
    const auto at = context.client_metadata().find("traceparent");
    if (at == context.client_metadata().end()) return std::nullopt;
    const auto trace = parse_traceparent({at->second.data(), at->second.size()});
    return trace ? std::optional(*trace) : std::nullopt;
}

Deadline deadline_of(const grpc::GenericCallbackServerContext& context, RequestClass kind) {
    const auto now = steady_clock::now();
    const auto wall = context.deadline();
    if (wall == system_clock::time_point::max()) return Deadline::of(kind, now, std::nullopt);
    return Deadline::of(kind, now, std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(wall - system_clock::now())));
}

class RpcCall;

/// Replies of one call on their way out, in their order, bounded. Outlives the call where the sender holds it.
class SentReplies final : public ReplyStream {
  public:
    SentReplies(RpcCall& call, std::size_t bytes_max) : call_(&call), bytes_max_(bytes_max) {}
    bool send(const Message& reply) override;
    void on_close(std::function<void()> call) override;
    void end() override { finish(Status::OK); }
    /// No more is taken; the status goes out after what waits.
    void finish(Status status);
    void written(bool ok);
    /// The reader has gone: what waits is dropped and the call ends.
    void cancelled();
    /// The call is no more.
    void gone();
    /// While work uses the call it is not finished, whatever the reader does: finishing destroys it.
    void hold();
    void release();

  private:
    void step(std::unique_lock<std::mutex> lock);
    std::mutex mutex_;
    RpcCall* call_;
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::deque<ByteBuffer> waiting_;
    ByteBuffer out_;
    bool writing_ = false, held_ = false, finished_ = false, closed_ = false;
    std::optional<Status> status_;
    std::function<void()> on_close_;
};

class RpcCall final : public grpc::ServerGenericBidiReactor {
  public:
    RpcCall(const RpcGround& ground, grpc::GenericCallbackServerContext& context)
        : ground_(ground), context_(context), replies_(std::make_shared<SentReplies>(*this, ground.stream_bytes_max)) {
        const RequestContract* contract = find_request(context.method());
        handler_ = contract == nullptr ? nullptr : ground.handlers.find(*contract);
        if (handler_ == nullptr) replies_->finish({StatusCode::UNIMPLEMENTED, "nobody answers " + context.method() + " here"});
        else StartRead(&request_);
    }
    void OnReadDone(bool ok) override {
        if (!ok) return replies_->finish({StatusCode::INVALID_ARGUMENT, "the call has no request"});
        replies_->hold();
        if (ground_.workers.submit([this] { work(); })) return;
        replies_->finish({StatusCode::UNAVAILABLE, "too much work waits; try again"});
        replies_->release();
    }
    void OnWriteDone(bool ok) override { replies_->written(ok); }
    void OnCancel() override { replies_->cancelled(); }
    void OnDone() override {
        replies_->gone();
        delete this;
    }

  private:
    void work() {
        const std::shared_ptr<SentReplies> replies = replies_;  // the call may be gone as soon as it is released
        if (const auto done = answer(); !done) replies->finish(status_of(done.error()));
        replies->release();
    }
    Result<void> answer() {
        TRY(std::string tenant, ground_.identify(peer_of(context_)));
        TRY(const std::unique_ptr<Message> request, read_message(request_, *handler_->contract));
        const Call call{std::move(tenant), deadline_of(context_, handler_->contract->kind), trace_of(context_).value_or(TraceContext{})};
        if (call.deadline.passed(steady_clock::now())) return fail(ErrorCode::failed, "its deadline has passed before work began", true);
        if (handler_->contract->streams) return handler_->open(*request, call, replies_);
        TRY(const std::unique_ptr<Message> reply, handler_->answer(*request, call));
        static_cast<void>(replies_->send(*reply));
        replies_->end();
        return {};
    }

    const RpcGround& ground_;
    grpc::GenericCallbackServerContext& context_;
    const RequestHandlers::Handler* handler_ = nullptr;
    ByteBuffer request_;
    std::shared_ptr<SentReplies> replies_;
};

bool SentReplies::send(const Message& reply) {
    ByteBuffer bytes = bytes_of(reply);
    std::unique_lock lock(mutex_);
    if (call_ == nullptr || closed_ || status_) return false;
    // One reply always passes, whatever its size: the bound is for those that wait behind it.
    if (!waiting_.empty() && bytes_ + bytes.Length() > bytes_max_) {
        status_ = Status(StatusCode::RESOURCE_EXHAUSTED, "the reader is too slow; come again");
        waiting_.clear();
        step(std::move(lock));
        return false;
    }
    bytes_ += bytes.Length();
    waiting_.push_back(std::move(bytes));
    step(std::move(lock));
    return true;
}

void SentReplies::finish(Status status) {
    std::unique_lock lock(mutex_);
    if (status_) return;
    status_ = std::move(status);
    step(std::move(lock));
}

void SentReplies::written(bool ok) {
    std::unique_lock lock(mutex_);
    writing_ = false;
    bytes_ -= std::min(bytes_, out_.Length());
    if (!ok) waiting_.clear();
    step(std::move(lock));
}

void SentReplies::cancelled() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    waiting_.clear();
    if (!status_) status_ = Status::CANCELLED;
    const auto told = std::exchange(on_close_, {});
    step(std::move(lock));
    if (told) told();
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
    if (told) told();
}

void SentReplies::hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
}

void SentReplies::release() {
    std::unique_lock lock(mutex_);
    held_ = false;
    step(std::move(lock));
}

/// The next thing that the call may do: one write at a time, then the status, once. gRPC calls back on threads of its own.
void SentReplies::step(std::unique_lock<std::mutex> lock) {
    if (call_ == nullptr || writing_ || finished_) return;
    RpcCall* const call = call_;
    if (!waiting_.empty()) {
        out_ = waiting_.front();  // shares the bytes
        waiting_.pop_front();
        writing_ = true;
        call->StartWrite(&out_);
    } else if (status_ && !held_) {
        finished_ = true;
        const Status status = *status_;
        lock.unlock();
        call->Finish(status);
    }
}

}  // namespace

grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* new_rpc_call(const RpcGround& ground, grpc::GenericCallbackServerContext& context) {
    return new RpcCall(ground, context);  // NOLINT(cppcoreguidelines-owning-memory): OnDone destroys it
}

}  // namespace aitrading::kit
