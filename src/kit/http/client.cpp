#include "kit/http/client.hpp"

#include <array>
#include <charconv>
#include <future>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "kit/http/peer_book.hpp"
#include "kit/http/transport.hpp"

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

bool is_idempotent(const ClientRequest& request) {
    return request.idempotent.value_or(request.method == "GET" || request.method == "HEAD" || request.method == "PUT" || request.method == "DELETE");
}

bool try_again(int status) { return status == 502 || status == 503 || status == 504; }

nanoseconds retry_after(const HttpResponse& response) {
    const std::string_view text = response.headers.get("Retry-After");
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(std::max(0, seconds));
}

}  // namespace

struct HttpClient::Inside {
    Inside(Reactor& threads, const Telemetry& report, const HttpClientOptions& given)
        : reactor(threads), telemetry(report), options(given), book({given.retry, given.retry_share, given.breaker}) {}

    using Idle = std::vector<std::pair<SteadyTime, std::shared_ptr<Transport>>>;
    Reactor& reactor;
    Telemetry telemetry;
    HttpClientOptions options;
    PeerBook book;
    std::mutex mutex;
    std::map<std::string, Idle> idle_by_peer;

    std::shared_ptr<Transport> take_idle(const std::string& peer) {
        const std::lock_guard lock(mutex);
        Idle& idle = idle_by_peer[peer];
        while (!idle.empty()) {
            auto [since, transport] = std::move(idle.back());
            idle.pop_back();
            if (now() - since < options.idle_time) return transport;
            transport->close();
        }
        return nullptr;
    }
    void keep_idle(const std::string& peer, std::shared_ptr<Transport> transport) {
        const std::lock_guard lock(mutex);
        Idle& idle = idle_by_peer[peer];
        if (idle.size() < options.idle_max) idle.emplace_back(now(), std::move(transport));
        else transport->close();
    }
};

/// One call through all its attempts.
struct HttpClient::Call : std::enable_shared_from_this<Call> {
    std::shared_ptr<Inside> client;
    ClientRequest request;
    Deadline deadline;
    Done done;
    std::string peer_name;
    Span span;
    int attempt_number = 0;
    bool reused = false;
    CircuitBreaker::Permit permit;
    std::shared_ptr<Transport> transport;
    std::optional<ResponseParser> parser;
    std::string wire;
    std::array<char, 4'096> buffer{};

    void attempt() {
        ++attempt_number;
        const auto leave = client->book.ask(peer_name);
        if (!leave) return finish(std::unexpected(leave.error()));
        permit = *leave;
        std::shared_ptr<Transport> idle = is_idempotent(request) ? client->take_idle(peer_name) : nullptr;
        reused = idle != nullptr;
        if (idle) return use(std::move(idle));
        connect(client->reactor, request.host, request.port, client->options.tls, deadline.at, [self = shared_from_this()](Result<std::shared_ptr<Transport>> made) {
            if (made) self->use(std::move(*made));
            else self->failed(made.error());
        });
    }
    void use(std::shared_ptr<Transport> given) {
        transport = std::move(given);
        parser.emplace(client->options.limits, request.method == "HEAD");
        wire = fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\nx-deadline-ms: {}\r\ntraceparent: {}\r\n", request.method, request.target, request.host, request.port,
                           deadline_text(deadline, now()), span.context().traceparent());
        for (const auto& [name, value] : request.headers.lines()) wire += fmt::format("{}: {}\r\n", name, value);
        if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
            wire += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", request.type, request.body.size());
        wire += "\r\n" + request.body;
        transport->post([self = shared_from_this()] {
            self->transport->write(self->wire, self->deadline.at, [self](IoOutcome outcome) {
                // A server that refuses early answers before it has read everything: its answer counts.
                if (outcome == IoOutcome::timed_out) self->broken(outcome);
                else self->read();
            });
        });
    }
    void read() {
        transport->read(buffer, deadline.at, [self = shared_from_this()](IoOutcome outcome, std::size_t count) {
            if (outcome == IoOutcome::timed_out || (outcome != IoOutcome::done && !self->parser->any())) return self->broken(outcome);
            const ParseStep step = outcome == IoOutcome::done ? self->parser->feed({self->buffer.data(), count}) : self->parser->end();
            if (step.state == ParseStep::State::more) return self->read();
            if (step.state == ParseStep::State::done) return self->answered(outcome == IoOutcome::done);
            self->transport->close();
            self->failed({ErrorCode::failed, self->peer_name + ": " + step.text, true});
        });
    }
    void answered(bool still_open) {
        const bool keep = still_open && parser->keep_alive();
        HttpResponse response = parser->take();
        if (keep) client->keep_idle(peer_name, std::exchange(transport, nullptr));
        else transport->close();
        tell(response.status < 500 || response.status == 501);
        if (try_again(response.status) && again(retry_after(response))) return;
        finish(std::move(response));
    }
    void broken(IoOutcome outcome) {
        transport->close();
        if (reused && outcome != IoOutcome::timed_out) {  // the peer closed while it was idle: that says nothing about the peer
            --attempt_number;
            return attempt();
        }
        failed({ErrorCode::failed, fmt::format("{}: {}", peer_name, outcome == IoOutcome::timed_out ? "no answer within the deadline" : "closed without an answer"), true});
    }
    void failed(Error error) {
        tell(false);
        if (again(nanoseconds(0))) return;
        finish(std::unexpected(std::move(error)));
    }
    void tell(bool succeeded) { client->book.tell(peer_name, permit, succeeded); }
    bool again(nanoseconds at_least) {
        if (!is_idempotent(request)) return false;
        const auto delay = client->book.next_attempt(peer_name, attempt_number, deadline, at_least);
        if (!delay) return false;
        client->telemetry.metrics.counter("http_client_retries_total", "calls made again", {{"peer", peer_name}}).add();
        client->reactor.at(now() + *delay, [self = shared_from_this()] { self->attempt(); });
        return true;
    }
    void finish(Result<HttpResponse> result) {
        if (result) span.note("http.response.status_code", fmt::format("{}", result->status));
        if (!result) span.fail(result.error().text);
        span.end();
        client->telemetry.metrics.counter("http_client_calls_total", "calls to peers", {{"peer", peer_name}, {"outcome", result ? "answered" : "failed"}}).add();
        std::exchange(done, {})(std::move(result));
    }
};

HttpClient::HttpClient(Reactor& reactor, const Telemetry& telemetry, const HttpClientOptions& options)
    : inside_(std::make_shared<Inside>(reactor, telemetry, options)) {}

HttpClient::~HttpClient() {
    const std::lock_guard lock(inside_->mutex);
    for (auto& [name, idle] : std::exchange(inside_->idle_by_peer, {}))
        for (auto& [since, transport] : idle) transport->close();
}

void HttpClient::send(ClientRequest request, Deadline deadline, Done done) {
    auto call = std::make_shared<Call>();
    call->client = inside_;
    call->peer_name = fmt::format("{}:{}", request.host, request.port);
    call->span = inside_->telemetry.tracer.start(request.method + " " + call->peer_name, inside_->options.service, request.trace, SpanKind::client);
    if (!request.traced) call->span.forget();
    call->request = std::move(request);
    call->deadline = deadline;
    call->done = std::move(done);
    inside_->book.count_call(call->peer_name);
    call->attempt();
}

Result<HttpResponse> HttpClient::call(const ClientRequest& request, Deadline deadline) {
    const auto promise = std::make_shared<std::promise<Result<HttpResponse>>>();  // whoever sets it may be behind whoever waits
    auto answer = promise->get_future();
    send(request, deadline, [promise](Result<HttpResponse> result) { promise->set_value(std::move(result)); });
    return answer.get();
}

CircuitBreaker::State HttpClient::breaker(const std::string& host, int port) {
    return inside_->book.breaker(fmt::format("{}:{}", host, port));
}

}  // namespace aitrading::kit
