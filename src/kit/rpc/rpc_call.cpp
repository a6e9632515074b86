#include "kit/rpc/rpc_call.hpp"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/auth_context.h>

#include <atomic>
#include <optional>

#include "kit/contracts/field_values.hpp"
#include "kit/contracts/transcoding.hpp"
#include "kit/rpc/rpc_bytes.hpp"
#include "kit/telemetry/access.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Message;
using grpc::ByteBuffer;
using std::chrono::steady_clock;
using std::chrono::system_clock;

Result<std::unique_ptr<Message>> read_message(const ByteBuffer& buffer, const RequestContract& contract) {
    const auto bytes = bytes_of(buffer);
    if (!bytes) return fail(ErrorCode::bad_input, "the request cannot be read: compressed in a way this server does not know");
    std::unique_ptr<Message> message = empty_message(contract.request);
    if (!message->ParseFromString(*bytes)) return fail(ErrorCode::bad_input, "the request's " + std::to_string(bytes->size()) + " bytes are no " + contract.request);
    if (const std::string bad = bad_probability(*message); !bad.empty()) return fail(ErrorCode::bad_input, bad + " is no probability in [0, 1]");
    return message;
}

HttpPeer peer_of(const grpc::GenericCallbackServerContext& context) {
    HttpPeer peer;
    const std::string whole = context.peer();  // ipv4:127.0.0.1:4711, ipv6:%5B::1%5D:4711
    std::string_view uri = std::string_view(whole).substr(0, whole.rfind(':'));
    for (const std::string_view before : {"ipv4:", "ipv6:", "%5B", "["})
        if (uri.starts_with(before)) uri.remove_prefix(before.size());
    for (const std::string_view behind : {"%5D", "]"})
        if (uri.ends_with(behind)) uri.remove_suffix(behind.size());
    peer.address = uri;
    peer.loopback = uri.starts_with("127.") || uri == "::1";
    const auto names = context.auth_context()->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
    if (!names.empty()) peer.certificate = std::string(names[0].data(), names[0].size());
    return peer;
}

std::optional<TraceContext> trace_of(const grpc::GenericCallbackServerContext& context) {
    const auto at = context.client_metadata().find("traceparent");
    if (at == context.client_metadata().end()) return std::nullopt;
    const auto trace = parse_traceparent({at->second.data(), at->second.size()});
    return trace ? std::optional(*trace) : std::nullopt;
}

/// The class's, or less as the caller says: gRPC's own deadline, which travels rounded up, or our header, which is exact.
Result<Deadline> deadline_of(const grpc::GenericCallbackServerContext& context, RequestClass kind, SteadyTime now) {
    std::optional<milliseconds> left;
    if (const auto wall = context.deadline(); wall != system_clock::time_point::max()) left = std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(wall - system_clock::now()));
    const Deadline of_grpc = Deadline::of(kind, now, left);
    const auto at = context.client_metadata().find("x-deadline-ms");
    if (at == context.client_metadata().end()) return of_grpc;
    TRY(const milliseconds ours, parse_deadline({at->second.data(), at->second.size()}));
    return of_grpc.sooner(Deadline::of(kind, now, ours));
}

/// One request on its way to its answer: whoever works on it holds it, also when gRPC's side of the call has gone.
class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(std::shared_ptr<RpcGround> ground, const grpc::GenericCallbackServerContext& context, const RequestHandlers::Handler* handler, std::shared_ptr<SentReplies> replies)
        : ground_(std::move(ground)), handler_(handler), peer_(peer_of(context)), replies_(std::move(replies)),
          access_(ground_->telemetry, rpc_access, ground_->service, handler == nullptr ? "(unknown)" : context.method().substr(1), trace_of(context)) {
        call_.trace = access_.trace();
        if (handler == nullptr) return;
        const auto deadline = deadline_of(context, handler->contract->kind, access_.begun());
        if (!deadline) wrong_ = deadline.error();
        call_.deadline = deadline.value_or(Deadline::of(handler->contract->kind, access_.begun(), std::nullopt));
    }

    const TraceContext& trace() const { return call_.trace; }
    ByteBuffer& request() { return request_; }

    /// From here on somebody who never sends the request, and work that never ends, are answered when the deadline passes.
    void watch_deadline() {
        const nanoseconds left = call_.deadline.left(steady_clock::now());
        alarm_.Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(left.count(), GPR_TIMESPAN)), [weak = weak_from_this()](bool due) {
            const auto self = due ? weak.lock() : nullptr;
            if (self) self->end({RpcCode::deadline_exceeded, fmt::format("no answer within the deadline of a {} request", name(self->handler_->contract->kind))});
        });
    }
    void hand_over() {
        if (wrong_) return end(end_of(*wrong_));
        auto tenant = tenant_for(*handler_, ground_->identify, peer_);
        if (!tenant) return end(end_of(tenant.error()));
        call_.tenant = *std::move(tenant);
        if (CallGate* const gate = handler_->gate.get()) {
            if (const auto refusal = gate->enter(call_.tenant, request_.Length())) return end(end_of(*refusal));
        }
        const auto retry_after = ground_->gate->enter(handler_->contract->kind, call_.deadline, [self = shared_from_this()](bool in_time) { self->work(in_time); });
        if (retry_after) end({RpcCode::unavailable, "too much to do; come again", *retry_after});
    }
    /// Once: the first outcome counts.
    void end(const RpcEnd& end) {
        if (answered_.exchange(true)) return;
        report(end);
        replies_->finish(end);
    }
    void caller_left() {
        if (!answered_.exchange(true)) report({RpcCode::cancelled, "the caller left"});
        replies_->cancelled();
    }

  private:
    /// On a worker.
    void work(bool in_time) {
        if (!in_time) return end({RpcCode::deadline_exceeded, "the deadline passed in the queue"});
        if (answered_) return;
        try {
            if (const auto done = answer(); !done) end(end_of(done.error()));
        } catch (const std::exception& e) {
            access_.threw(e);
            end({RpcCode::internal, "an error inside this service; its log says more"});
        }
    }
    Result<void> answer() {
        TRY(const std::unique_ptr<Message> request, read_message(request_, *handler_->contract));
        if (handler_->contract->streams) {
            if (!ground_->streams.enter(replies_)) return fail(ErrorCode::failed, "this server is stopping", true);
            TRY_VOID(handler_->open(*request, call_, replies_));
            if (!answered_.exchange(true)) report({});
            return {};
        }
        TRY(const std::unique_ptr<Message> reply, handler_->answer(*request, call_));
        if (handler_->gate) handler_->gate->replied(call_.tenant, reply->ByteSizeLong());
        if (answered_.exchange(true)) return {};  // the deadline was faster
        report({});
        static_cast<void>(replies_->send(*reply));
        replies_->end();
        return {};
    }
    void report(const RpcEnd& end) {
        alarm_.Cancel();
        const bool fault = end.code == RpcCode::unavailable || end.code == RpcCode::internal || end.code == RpcCode::deadline_exceeded;
        const bool refused = end.code == RpcCode::unavailable || end.code == RpcCode::resource_exhausted || end.code == RpcCode::permission_denied;
        access_.end({.status = std::string(name(end.code)),
                     .outcome = end.code == RpcCode::ok ? "ok" : refused ? "refused" : "failed",
                     .fault = fault ? end.text : "",
                     .tenant = call_.tenant.empty() ? "default" : call_.tenant,
                     .quiet = handler_ != nullptr && handler_->quiet,
                     .fields = {{"peer", peer_.address}}});
    }

    std::shared_ptr<RpcGround> ground_;
    const RequestHandlers::Handler* handler_;  ///< none: nobody answers it
    HttpPeer peer_;
    std::shared_ptr<SentReplies> replies_;
    Access access_;
    Call call_;
    std::optional<Error> wrong_;  ///< with what came before the request
    ByteBuffer request_;
    grpc::Alarm alarm_;
    std::atomic<bool> answered_{false};
};

/// gRPC's side of a call.
class RpcCall final : public grpc::ServerGenericBidiReactor, private RpcOut {
  public:
    RpcCall(const std::shared_ptr<RpcGround>& ground, grpc::GenericCallbackServerContext& context)
        : ground_(ground), context_(context), replies_(std::make_shared<SentReplies>(static_cast<RpcOut&>(*this), ground->stream_bytes_max, ground->gate)) {
        const auto found = ground->methods.find(context.method());
        exchange_ = std::make_shared<Exchange>(ground, context, found == ground->methods.end() ? nullptr : &found->second, replies_);
        context.AddInitialMetadata("traceparent", exchange_->trace().traceparent());
        if (found == ground->methods.end()) {
            exchange_->end({RpcCode::unimplemented, "nobody answers " + context.method().substr(0, 200) + " here"});
            return;
        }
        exchange_->watch_deadline();
        StartRead(&exchange_->request());
    }
    void OnReadDone(bool ok) override {
        if (ok) exchange_->hand_over();
        else exchange_->end({RpcCode::invalid_argument, "the call has no request, or one that is too long"});
    }
    void OnWriteDone(bool ok) override { replies_->written(ok); }
    void OnCancel() override { exchange_->caller_left(); }
    void OnDone() override {
        ground_->streams.leave(replies_.get());
        replies_->gone();
        delete this;
    }

  private:
    void write(std::string bytes) override {
        out_ = buffer_of(bytes);
        StartWrite(&out_);
    }
    void finish(const RpcEnd& end) override {
        // gRFC A6: how long whoever tries again waits first.
        if (end.again_after) context_.AddTrailingMetadata(std::string(pushback_key), std::to_string(std::chrono::ceil<milliseconds>(*end.again_after).count()));
        Finish(grpc::Status(static_cast<grpc::StatusCode>(end.code), end.text));
    }

    std::shared_ptr<RpcGround> ground_;
    grpc::GenericCallbackServerContext& context_;
    std::shared_ptr<SentReplies> replies_;
    std::shared_ptr<Exchange> exchange_;
    ByteBuffer out_;
};

}  // namespace

grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* new_rpc_call(const std::shared_ptr<RpcGround>& ground, grpc::GenericCallbackServerContext& context) {
    return new RpcCall(ground, context);  // NOLINT(cppcoreguidelines-owning-memory): OnDone destroys it
}

}  // namespace aitrading::kit
