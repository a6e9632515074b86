#include "kit/http/connection.hpp"

#include <fmt/format.h>

#include "kit/http/caller.hpp"
#include "kit/http/event_stream.hpp"
#include "kit/http/json_guard.hpp"
#include "kit/http/target.hpp"
#include "kit/http/websocket.hpp"

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

/// What a WebSocket's handshake lacks (RFC 6455, 4.2.1); none: it is good.
std::optional<HttpResponse> handshake_refusal(const HttpRequest& request) {
    const bool upgrade = has_token(request.headers.get("Upgrade"), "websocket") && has_token(request.headers.get("Connection"), "upgrade");
    if (!upgrade || request.headers.get("Sec-WebSocket-Version") != "13") {
        HttpResponse out = error_response(426, "usage", "this is a WebSocket: Upgrade: websocket, version 13, is expected");
        out.headers.add("Upgrade", "websocket");
        out.headers.add("Sec-WebSocket-Version", "13");
        return out;
    }
    if (request.headers.get("Sec-WebSocket-Key").size() != 24) return error_response(400, "bad_input", "Sec-WebSocket-Key: 24 characters of base64 are expected");
    return std::nullopt;
}

std::string outcome_of(int status) { return status < 400 ? "ok" : status == 503 || status == 429 || status == 403 ? "refused" : "failed"; }

}  // namespace

Connection::Connection(std::shared_ptr<Transport> transport, std::shared_ptr<ServerSide> server, std::uint64_t session)
    : transport_(std::move(transport)), server_(std::move(server)), session_(session), parser_(server_->options.limits) {}

void Connection::start() {
    read_until_ = now() + server_->options.header_time;
    read();
}

void Connection::drain() {
    transport_->post([self = shared_from_this()] {
        if (!self->running_ && !self->began_) self->leave();
    });
}

void Connection::leave() {
    transport_->close();
    server_->sessions.leave(session_);
}

void Connection::read() {
    transport_->read(buffer_, read_until_, [self = shared_from_this()](IoOutcome outcome, std::size_t count) { self->on_read(outcome, count); });
}

void Connection::on_read(IoOutcome outcome, std::size_t count) {
    if (outcome == IoOutcome::timed_out && began_) {
        const HttpResponse late = error_response(408, "failed", head_seen_ ? "the body did not come in time" : "the headers did not come in time");
        return send(to_wire(late, false, true), false);
    }
    if (outcome != IoOutcome::done) return leave();
    advance(parser_.feed({buffer_.data(), count}));
}

void Connection::advance(const ParseStep& step) {
    switch (step.state) {
        case ParseStep::State::refused: {
            server_->telemetry.metrics.counter("http_refused_total", "requests that are no HTTP or over a limit", {{"service", server_->options.service}, {"status", fmt::format("{}", step.status)}}).add();
            return send(to_wire(error_response(step.status, "bad_input", step.text), false, true), false);
        }
        case ParseStep::State::done: return dispatch();
        case ParseStep::State::more: return go_on_reading();
    }
}

void Connection::go_on_reading() {
    const HttpServerOptions& options = server_->options;
    if (!began_ && !parser_.empty()) {
        began_ = true;
        server_->sessions.quiet(session_, false, now());
        // Counted from the connection's beginning for its first request: a peer that says a byte late has gained nothing.
        if (!first_) read_until_ = now() + options.header_time;
    }
    if (!head_seen_ && parser_.header_done()) {
        head_seen_ = true;
        read_until_ = now() + options.body_time;
        if (parser_.expects_continue()) {
            sending_ = "HTTP/1.1 100 Continue\r\n\r\n";
            return transport_->write(sending_, now() + options.write_time, [self = shared_from_this()](IoOutcome outcome) {
                if (outcome == IoOutcome::done) self->read();
                else self->leave();
            });
        }
    }
    read();
}

void Connection::dispatch() {
    auto exchange = std::make_shared<Exchange>();
    running_ = true;
    server_->sessions.quiet(session_, false, now());
    exchange->keep_alive = parser_.keep_alive();
    exchange->request = parser_.take();
    exchange->request.peer = transport_->peer();
    HttpResponse refusal;
    if (const auto understood = understand(*exchange, refusal); !understood) return answer(exchange, std::move(refusal));
    hand_over(exchange);
}

/// Fills in route, deadline and trace. On an error `refusal` is what to answer.
Result<void> Connection::understand(Exchange& exchange, HttpResponse& refusal) {
    HttpRequest& request = exchange.request;
    const auto refuse = [&](HttpResponse response) {
        refusal = std::move(response);
        return fail(ErrorCode::bad_input, "refused");
    };
    const auto trace = parse_traceparent(request.headers.get("traceparent"));
    exchange.access.emplace(server_->telemetry, http_access, server_->options.service, request.method + " (unknown)", trace ? std::optional(*trace) : std::nullopt);
    request.trace = exchange.access->trace();
    auto target = parse_target(request.target);
    if (!target) return refuse(error_response(target.error()));
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    Router::Match match = server_->router.find(request.method, target->raw_path);
    if (match.route == nullptr) {
        HttpResponse none = match.allowed.empty() ? error_response(404, "not_found", "there is no " + request.path + " here")
                                                  : error_response(405, "usage", request.method + " is not for this path; allowed: " + match.allowed);
        if (!match.allowed.empty()) none.headers.add("Allow", match.allowed);
        return refuse(std::move(none));
    }
    exchange.route = match.route;
    exchange.access->rename(request.method + " " + match.route->pattern);
    request.parameters = std::move(match.parameters);
    request.kind = match.route->kind;
    std::optional<milliseconds> left;
    if (request.headers.has("x-deadline-ms")) {
        const auto parsed = parse_deadline(request.headers.get("x-deadline-ms"));
        if (!parsed) return refuse(error_response(parsed.error()));
        left = *parsed;
    }
    request.deadline = Deadline::of(request.kind, exchange.access->begun(), left);
    if (request.deadline.passed(exchange.access->begun())) return refuse(error_response(504, "failed", "the deadline had passed on arrival"));
    if (request.headers.get("Content-Type").starts_with("application/json")) {
        const auto sound = check_json(request.body);
        if (!sound) return refuse(error_response(sound.error()));
    }
    if (std::holds_alternative<SocketHandler>(match.route->handler))
        if (auto no = handshake_refusal(request)) return refuse(std::move(*no));
    return {};
}

void Connection::hand_over(const ExchangePointer& exchange) {
    const auto retry_after = server_->gate->enter(exchange->request.kind, exchange->request.deadline,
                                                  [self = shared_from_this(), exchange](bool in_time) { self->run(exchange, in_time); });
    if (retry_after) return answer(exchange, error_response(503, "failed", "too much to do; come again", retry_after));
    transport_->wake_at(exchange->request.deadline.at, [self = shared_from_this(), exchange] {
        self->answer(exchange, error_response(504, "failed", fmt::format("no answer within the deadline of a {} request", name(exchange->request.kind))));
    });
}

/// On a worker.
void Connection::run(const ExchangePointer& exchange, bool in_time) {
    HttpResponse response;
    try {
        if (!in_time) {
            response = error_response(504, "failed", "the deadline passed in the queue");
        } else if (const auto* plain = std::get_if<HttpHandler>(&exchange->route->handler)) {
            response = (*plain)(exchange->request);
        } else if (const auto* stream = std::get_if<StreamHandler>(&exchange->route->handler)) {
            auto made = std::make_shared<EventStream>(transport_, server_, session_);
            const auto accepted = (*stream)(exchange->request, made);
            if (accepted) return transport_->post([self = shared_from_this(), exchange, made] { self->become_stream(exchange, made); });
            response = error_response(accepted.error());
        } else {
            auto made = std::make_shared<WebSocket>(transport_, server_, session_);
            const auto accepted = std::get<SocketHandler>(exchange->route->handler)(exchange->request, made);
            if (accepted) return transport_->post([self = shared_from_this(), exchange, made] { self->become_socket(exchange, made); });
            response = error_response(accepted.error());
        }
    } catch (const std::exception& e) {
        exchange->access->threw(e);
        response = error_response(500, "failed", "an error inside this service; its log says more");
    }
    transport_->post([self = shared_from_this(), exchange, response = std::move(response)]() mutable { self->answer(exchange, std::move(response)); });
}

void Connection::report(Exchange& exchange, int status) {
    exchange.access->end({.status = fmt::format("{}", status),
                          .outcome = outcome_of(status),
                          .fault = std::string(status >= 500 ? reason_of(status) : ""),
                          .tenant = tenant_of(transport_->peer()).value_or("default"),
                          .quiet = exchange.route != nullptr && exchange.route->quiet,
                          .fields = {{"peer", transport_->peer().address}, {"target", exchange.request.target.substr(0, 256)}}});
}

void Connection::answer(const ExchangePointer& exchange, HttpResponse response) {
    if (std::exchange(exchange->answered, true)) return;  // the deadline was faster, or slower
    transport_->wake_at(never, {});
    report(*exchange, response.status);
    response.headers.add("traceparent", exchange->request.trace.traceparent());
    const bool keep = exchange->keep_alive && !server_->draining;
    send(to_wire(response, keep, exchange->request.method != "HEAD"), keep);
}

void Connection::become_stream(const ExchangePointer& exchange, const std::shared_ptr<EventStream>& stream) {
    if (std::exchange(exchange->answered, true)) return stream->dismiss();
    transport_->wake_at(never, {});
    report(*exchange, 200);
    server_->sessions.replace(session_, stream);
    stream->start({{"traceparent", exchange->request.trace.traceparent()}});
    if (server_->draining) stream->drain();
}

void Connection::become_socket(const ExchangePointer& exchange, const std::shared_ptr<WebSocket>& socket) {
    if (std::exchange(exchange->answered, true)) return socket->dismiss();
    transport_->wake_at(never, {});
    report(*exchange, 101);
    server_->sessions.replace(session_, socket);
    socket->start(exchange->request.headers.get("Sec-WebSocket-Key"), parser_.leftover());
    if (server_->draining) socket->drain();
}

void Connection::send(std::string bytes, bool keep_alive) {
    sending_ = std::move(bytes);
    transport_->write(sending_, now() + server_->options.write_time, [self = shared_from_this(), keep_alive](IoOutcome outcome) {
        if (outcome != IoOutcome::done) return self->leave();
        if (!keep_alive) {
            self->transport_->close_politely();
            return self->server_->sessions.leave(self->session_);
        }
        self->running_ = self->began_ = self->head_seen_ = self->first_ = false;
        self->read_until_ = now() + self->server_->options.idle_time;
        self->server_->sessions.quiet(self->session_, true, now());
        if (self->server_->draining && self->parser_.empty()) return self->leave();
        self->advance(self->parser_.feed({}));
    });
}

}  // namespace aitrading::kit
