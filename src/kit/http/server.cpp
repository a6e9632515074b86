#include "kit/http/server.hpp"

#include "kit/http/connection.hpp"
#include "kit/http/transport.hpp"

namespace aitrading::kit {

struct HttpServer::Inside {
    std::shared_ptr<ServerSide> side;
    std::unique_ptr<Listener> listener;
};

HttpServer::HttpServer(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
HttpServer::~HttpServer() { stop(); }
int HttpServer::port() const { return inside_->listener->port(); }
std::size_t HttpServer::connections() const { return inside_->side->sessions.size(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(Reactor& reactor, Workers& workers, const Telemetry& telemetry, Router router,
                                                      const HttpServerOptions& options) {
    auto inside = std::make_unique<Inside>();
    inside->side = std::make_shared<ServerSide>(options, std::move(router), telemetry, options.door ? options.door : Gate::make(workers, options.gate));
    const auto refused = telemetry.metrics.counter("http_connections_refused_total", "connections closed at once: all others were busy", {{"service", options.service}});
    const auto accepted = [side = inside->side, refused](const std::shared_ptr<Transport>& transport) {
        const std::uint64_t id = side->sessions.next_id();
        auto connection = std::make_shared<Connection>(transport, side, id);
        if (!side->sessions.enter(id, connection, std::chrono::steady_clock::now())) {
            refused.add();
            return transport->close();
        }
        transport->post([connection] { connection->start(); });
    };
    TRY(inside->listener, Listener::open(reactor, {options.address, options.port, options.tls, options.header_time}, accepted));
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(inside)));
}

bool HttpServer::drain(Deadline deadline) {
    inside_->listener->stop();
    inside_->side->draining = true;
    inside_->side->sessions.drain_all();
    return inside_->side->sessions.wait_until_empty(deadline.at);
}

void HttpServer::stop() {
    inside_->listener->stop();
    inside_->side->draining = true;
    inside_->side->sessions.abort_all();
}

}  // namespace aitrading::kit
