#include "kit/rpc/rpc_call.hpp"

#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/auth_context.h>

#include <optional>

#include "kit/contracts/field_values.hpp"
#include "kit/contracts/transcoding.hpp"
#include "kit/rpc/sent_replies.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Message;
using grpc::ByteBuffer;
using grpc::Status;
using std::chrono::steady_clock;
using std::chrono::system_clock;

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

class RpcCall final : public grpc::ServerGenericBidiReactor, private RpcOut {
  public:
    RpcCall(const RpcGround& ground, grpc::GenericCallbackServerContext& context)
        : ground_(ground), context_(context), replies_(std::make_shared<SentReplies>(static_cast<RpcOut&>(*this), ground.stream_bytes_max)) {
        const RequestContract* contract = find_request(context.method());
        handler_ = contract == nullptr ? nullptr : ground.handlers.find(*contract);
        if (handler_ == nullptr) replies_->finish({RpcCode::unimplemented, "nobody answers " + context.method() + " here"});
        else StartRead(&request_);
    }
    void OnReadDone(bool ok) override {
        if (!ok) return replies_->finish({RpcCode::invalid_argument, "the call has no request"});
        replies_->hold();
        if (ground_.workers.submit([this] { work(); })) return;
        replies_->finish({RpcCode::unavailable, "too much work waits; try again"});
        replies_->release();
    }
    void OnWriteDone(bool ok) override { replies_->written(ok); }
    void OnCancel() override { replies_->cancelled(); }
    void OnDone() override {
        ground_.streams->leave(replies_.get());
        replies_->gone();
        delete this;
    }

  private:
    void write(std::string bytes) override {
        const grpc::Slice slice(bytes);
        out_ = ByteBuffer(&slice, 1);
        StartWrite(&out_);
    }
    void finish(const RpcEnd& end) override {
        if (end.again_after) context_.AddTrailingMetadata("grpc-retry-pushback-ms", std::to_string(std::chrono::ceil<milliseconds>(*end.again_after).count()));
        Finish(Status(static_cast<grpc::StatusCode>(end.code), end.text));
    }
    void work() {
        const std::shared_ptr<SentReplies> replies = replies_;  // the call may be gone as soon as it is released
        if (const auto done = answer(); !done) replies->finish(end_of(done.error()));
        replies->release();
    }
    Result<void> answer() {
        TRY(std::string tenant, tenant_for(*handler_, ground_.identify, peer_of(context_)));
        CallGate* const gate = handler_->gate.get();
        if (gate != nullptr) {
            if (const auto refusal = gate->enter(tenant, request_.Length())) {
                replies_->finish(end_of(*refusal));
                return {};
            }
        }
        TRY(const std::unique_ptr<Message> request, read_message(request_, *handler_->contract));
        const Call call{std::move(tenant), deadline_of(context_, handler_->contract->kind), trace_of(context_).value_or(TraceContext{})};
        if (call.deadline.passed(steady_clock::now())) return fail(ErrorCode::failed, "its deadline has passed before work began", true);
        if (handler_->contract->streams) {
            if (!ground_.streams->enter(replies_)) return fail(ErrorCode::failed, "this server is stopping", true);
            return handler_->open(*request, call, replies_);
        }
        TRY(const std::unique_ptr<Message> reply, handler_->answer(*request, call));
        if (gate != nullptr) gate->replied(call.tenant, reply->ByteSizeLong());
        static_cast<void>(replies_->send(*reply));
        replies_->end();
        return {};
    }

    const RpcGround& ground_;
    grpc::GenericCallbackServerContext& context_;
    const RequestHandlers::Handler* handler_ = nullptr;
    ByteBuffer request_, out_;
    std::shared_ptr<SentReplies> replies_;
};

}  // namespace

grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* new_rpc_call(const RpcGround& ground, grpc::GenericCallbackServerContext& context) {
    return new RpcCall(ground, context);  // NOLINT(cppcoreguidelines-owning-memory): OnDone destroys it
}

}  // namespace aitrading::kit
