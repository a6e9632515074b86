#include "kit/http/client.hpp"

#include <array>
#include <charconv>
#include <future>
#include <map>
#include <mutex>
#include <random>

#include <fmt/format.h>

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
    struct Peer {
        CircuitBreaker breaker;
        RetryBudget budget;
        std::vector<std::pair<SteadyTime, std::shared_ptr<Transport>>> idle;
    };
    Inside(Reactor& threads, const Telemetry& report, const HttpClientOptions& given) : reactor(threads), telemetry(report), options(given) {}

    Reactor& reactor;
    Telemetry telemetry;
    HttpClientOptions options;
    std::mutex mutex;
    std::map<std::string, Peer> peers;
    SplitMix64 random{std::random_device{}()};

    /// @pre locked
    Peer& peer(const std::string& name) { return peers.try_emplace(name, Peer{CircuitBreaker(options.breaker), RetryBudget(options.retry_share), {}}).first->second; }
    std::shared_ptr<Transport> take_idle(Peer& peer) {
        while (!peer.idle.empty()) {
            auto [since, transport] = std::move(peer.idle.back());
            peer.idle.pop_back();
            if (now() - since < options.idle_time) return transport;
            transport->close();
        }
        return nullptr;
    }
    void keep_idle(const std::string& name, std::shared_ptr<Transport> transport) {
        const std::lock_guard lock(mutex);
        Peer& owner = peer(name);
        if (owner.idle.size() < options.idle_max) owner.idle.emplace_back(now(), std::move(transport));
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
        std::shared_ptr<Transport> idle;
        {
            const std::lock_guard lock(client->mutex);
            Inside::Peer& peer = client->peer(peer_name);
            const auto leave = peer.breaker.ask(now());
            if (!leave) {
                const auto left = std::chrono::ceil<milliseconds>(peer.breaker.pause_left(now())).count();
                return finish(fail(ErrorCode::failed, fmt::format("{} has been failing; not called for another {} ms", peer_name, left), true));
            }
            permit = *leave;
            if (is_idempotent(request)) idle = client->take_idle(peer);
        }
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
    void tell(bool succeeded) {
        const std::lock_guard lock(client->mutex);
        client->peer(peer_name).breaker.tell(permit, succeeded, now());
    }
    bool again(nanoseconds at_least) {
        if (!is_idempotent(request)) return false;
        std::optional<nanoseconds> delay;
        {
            const std::lock_guard lock(client->mutex);
            delay = next_retry(client->options.retry, attempt_number, client->peer(peer_name).budget, deadline, now(), at_least, client->random);
        }
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
    for (auto& [name, peer] : inside_->peers)
        for (auto& [since, transport] : std::exchange(peer.idle, {})) transport->close();
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
    {
        const std::lock_guard lock(inside_->mutex);
        inside_->peer(call->peer_name).budget.call();
    }
    call->attempt();
}

Result<HttpResponse> HttpClient::call(const ClientRequest& request, Deadline deadline) {
    std::promise<Result<HttpResponse>> promise;
    auto answer = promise.get_future();
    send(request, deadline, [&promise](Result<HttpResponse> result) { promise.set_value(std::move(result)); });
    return answer.get();
}

CircuitBreaker::State HttpClient::breaker(const std::string& host, int port) {
    const std::lock_guard lock(inside_->mutex);
    return inside_->peer(fmt::format("{}:{}", host, port)).breaker.state(now());
}

}  // namespace aitrading::kit
