#include "kit/rpc/rpc_client.hpp"

#include <charconv>
#include <future>

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <grpcpp/alarm.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include "kit/contracts/transcoding.hpp"
#include "kit/rpc/rpc_bytes.hpp"
#include "kit/rpc/rpc_tls.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Message;
using grpc::ByteBuffer;
using Stub = grpc::TemplatedGenericStub<ByteBuffer, ByteBuffer>;

SteadyTime now() { return std::chrono::steady_clock::now(); }

std::string path_of(const std::string& name) { return name.starts_with('/') ? name : "/" + name; }

bool is_idempotent(const RpcQuestion& question) {
    if (question.idempotent) return *question.idempotent;
    const RequestContract* contract = find_request(question.name);
    if (contract == nullptr || contract->paths.empty()) return false;
    const std::string& verb = contract->paths.front().verb;
    return verb == "GET" || verb == "PUT" || verb == "DELETE";
}

RpcEnd end_of(const grpc::Status& status, const grpc::ClientContext& context) {
    RpcEnd out{static_cast<RpcCode>(status.error_code()), status.error_message(), {}};
    const auto& trailing = context.GetServerTrailingMetadata();
    const auto at = trailing.find(grpc::string_ref(pushback_key.data(), pushback_key.size()));
    int wait = 0;
    if (at != trailing.end() && std::from_chars(at->second.begin(), at->second.end(), wait).ec == std::errc()) out.again_after = milliseconds(std::max(0, wait));
    return out;
}

bool succeeded(RpcCode code) {
    return code != RpcCode::unavailable && code != RpcCode::deadline_exceeded && code != RpcCode::internal && code != RpcCode::unknown;
}

bool try_again(RpcCode code) { return code == RpcCode::unavailable; }

void prepare(grpc::ClientContext& context, Deadline deadline, const TraceContext& trace) {
    context.set_deadline(deadline.at == SteadyTime::max() ? gpr_inf_future(GPR_CLOCK_MONOTONIC)
                                                          : gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(deadline.left(now()).count(), GPR_TIMESPAN)));
    context.AddMetadata("traceparent", trace.traceparent());
    // gRPC rounds what is left up on its way; this does not.
    if (deadline.at != SteadyTime::max()) context.AddMetadata("x-deadline-ms", deadline_text(deadline, now()));
}

}  // namespace

struct RpcClient::Inside {
    Inside(Reactor& threads, const Telemetry& report, const RpcClientOptions& given, std::shared_ptr<grpc::ChannelCredentials> certificates)
        : reactor(threads), telemetry(report), options(given), credentials(std::move(certificates)), book(given.peers) {}

    Reactor& reactor;
    Telemetry telemetry;
    RpcClientOptions options;
    std::shared_ptr<grpc::ChannelCredentials> credentials;
    PeerBook book;
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<grpc::Channel>> channels;

    std::shared_ptr<grpc::Channel> channel(const std::string& peer) {
        const std::lock_guard lock(mutex);
        auto& channel = channels[peer];
        if (!channel) {
            grpc::ChannelArguments arguments;
            arguments.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max));
            arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // ours have a budget
            arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
            arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
            // The breaker says when a peer is tried again; gRPC's own pause of up to two minutes would hide that it is back.
            arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
            arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
            channel = grpc::CreateCustomChannel(peer, credentials, arguments);
        }
        return channel;
    }
    Span begin(const RpcQuestion& question) const {
        Span span = telemetry.tracer.start(question.name, options.service, question.trace, SpanKind::client);
        span.note("server.address", fmt::format("{}:{}", question.host, question.port));
        return span;
    }
    void count(const std::string& peer, std::string_view outcome) const {
        telemetry.metrics.counter("rpc_client_calls_total", "calls to peers", {{"peer", peer}, {"outcome", std::string(outcome)}}).add();
    }
};

/// One call through all its attempts.
struct RpcClient::Attempts : std::enable_shared_from_this<Attempts> {
    std::shared_ptr<Inside> client;
    RpcQuestion question;
    Deadline deadline;
    Done done;
    std::string peer;
    ByteBuffer request, reply;
    Span span;
    int number = 0;
    CircuitBreaker::Permit permit;
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<Stub> stub;

    void attempt() {
        ++number;
        const auto leave = client->book.ask(peer);
        if (!leave) return finish(std::unexpected(leave.error()));
        permit = *leave;
        context = std::make_unique<grpc::ClientContext>();
        prepare(*context, deadline, span.context());
        reply.Clear();
        stub = std::make_unique<Stub>(client->channel(peer));
        // Onto the reactor with everything that the call holds: a channel that ends on gRPC's own thread would wait for itself.
        stub->UnaryCall(context.get(), path_of(question.name), {}, &request, &reply, [self = shared_from_this()](const grpc::Status& status) mutable {
            Reactor& reactor = self->client->reactor;
            RpcEnd end = end_of(status, *self->context);
            reactor.post([call = std::move(self), end = std::move(end)] { call->ended(end); });
        });
    }
    void ended(const RpcEnd& end) {
        client->book.tell(peer, permit, succeeded(end.code));
        span.note("rpc.grpc.status_code", std::string(name(end.code)));
        if (end.code == RpcCode::ok) {
            auto bytes = bytes_of(reply);
            if (!bytes) return finish(fail(ErrorCode::failed, peer + ": its reply cannot be read: compressed in a way that is not known here"));
            return finish(*std::move(bytes));
        }
        if (try_again(end.code) && again(end.again_after.value_or(nanoseconds(0)))) return;
        Error error = error_of(end);
        if (!succeeded(end.code)) error.text = peer + ": " + error.text;
        finish(std::unexpected(std::move(error)));
    }
    bool again(nanoseconds at_least) {
        if (!is_idempotent(question)) return false;
        const auto delay = client->book.next_attempt(peer, number, deadline, at_least);
        if (!delay) return false;
        client->telemetry.metrics.counter("rpc_client_retries_total", "calls made again", {{"peer", peer}}).add();
        client->reactor.at(now() + *delay, [self = shared_from_this()] { self->attempt(); });
        return true;
    }
    void finish(Result<std::string> result) {
        if (!result) span.fail(result.error().text);
        span.end();
        client->count(peer, result ? "answered" : "failed");
        std::exchange(done, {})(std::move(result));
    }
};

RpcClient::RpcClient(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}
RpcClient::~RpcClient() = default;

Result<std::unique_ptr<RpcClient>> RpcClient::make(Reactor& reactor, const Telemetry& telemetry, const RpcClientOptions& options) {
    TRY(auto credentials, channel_credentials(options.tls));
    return std::unique_ptr<RpcClient>(new RpcClient(std::make_shared<Inside>(reactor, telemetry, options, std::move(credentials))));
}

void RpcClient::send(const RpcQuestion& question, const Message& request, Deadline deadline, Done done) {
    auto call = std::make_shared<Attempts>();
    call->client = inside_;
    call->question = question;
    call->peer = fmt::format("{}:{}", question.host, question.port);
    call->request = buffer_of(request.SerializeAsString());
    call->span = inside_->begin(question);
    call->deadline = deadline;
    call->done = std::move(done);
    inside_->book.count_call(call->peer);
    call->attempt();
}

Result<void> RpcClient::call(const RpcQuestion& question, const Message& request, Message& reply, Deadline deadline) {
    const auto promise = std::make_shared<std::promise<Result<std::string>>>();  // whoever sets it may be behind whoever waits
    auto answer = promise->get_future();
    send(question, request, deadline, [promise](Result<std::string> result) { promise->set_value(std::move(result)); });
    TRY(const std::string bytes, answer.get());
    if (!reply.ParseFromString(bytes)) return fail(ErrorCode::failed, fmt::format("{}:{}: {} bytes are no {}", question.host, question.port, bytes.size(), reply.GetTypeName()));
    return {};
}

CircuitBreaker::State RpcClient::breaker(const std::string& host, int port) { return inside_->book.breaker(fmt::format("{}:{}", host, port)); }

Result<void> RpcClient::follow(const RpcQuestion& question, const Message& request, Message& reply, Deadline deadline, const std::function<bool()>& take, const std::stop_token& stop) {
    const std::string peer = fmt::format("{}:{}", question.host, question.port);
    inside_->book.count_call(peer);
    TRY(const auto permit, inside_->book.ask(peer));
    Span span = inside_->begin(question);
    grpc::ClientContext context;
    prepare(context, deadline, span.context());
    const std::stop_callback leave(stop, [&context] { context.TryCancel(); });
    grpc::CompletionQueue queue;
    Stub stub(inside_->channel(peer));
    const auto next = [&queue] {  // one step is out at a time
        void* tag = nullptr;
        bool ok = false;
        return queue.Next(&tag, &ok) && ok;
    };
    const auto call = stub.PrepareCall(&context, path_of(question.name), &queue);
    call->StartCall(nullptr);
    bool open = next(), left = false;
    if (open) {
        call->Write(buffer_of(request.SerializeAsString()), grpc::WriteOptions().set_last_message(), nullptr);
        open = next();
    }
    std::optional<Error> unreadable;
    while (open && !left) {
        ByteBuffer buffer;
        call->Read(&buffer, nullptr);
        if (!next()) break;
        const auto bytes = bytes_of(buffer);
        if (!bytes || !reply.ParseFromString(*bytes)) unreadable = Error{ErrorCode::failed, peer + ": what it sends is no " + reply.GetTypeName(), false};
        left = unreadable || !take();
    }
    if (left) context.TryCancel();
    grpc::Status status;
    call->Finish(&status, nullptr);
    static_cast<void>(next());
    queue.Shutdown();
    const RpcEnd end = end_of(status, context);
    const bool well = end.code == RpcCode::ok || left || stop.stop_requested();
    inside_->book.tell(peer, permit, well || succeeded(end.code));
    inside_->count(peer, well && !unreadable ? "answered" : "failed");
    if (unreadable) return std::unexpected(*unreadable);
    if (well) return {};
    span.fail(end.text);
    return std::unexpected(error_of(end));
}

}  // namespace aitrading::kit
