#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kit/http/message.hpp"

namespace aitrading::kit {

class EventStream;
class WebSocket;

/// Answers a request on a worker thread; it may block until the request's deadline.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
/// Accepts a stream of Server-Sent Events, or says why not. What it sends goes out after it has returned.
using StreamHandler = std::function<Result<void>(const HttpRequest&, const std::shared_ptr<EventStream>&)>;
/// Accepts a WebSocket and sets its callbacks, or says why not.
using SocketHandler = std::function<Result<void>(const HttpRequest&, const std::shared_ptr<WebSocket>&)>;

struct Route {
    std::string method;   ///< GET also answers HEAD
    std::string pattern;  ///< `/v1/logs/{id}`: a part in braces matches one part of any text, `{id}:word` one that ends so
    RequestClass kind = RequestClass::normal;
    std::variant<HttpHandler, StreamHandler, SocketHandler> handler;
    bool quiet = false;  ///< its successes are logged at debug: what monitors ask all the time
};

/// The routes of one server. Fixed before it starts.
class Router {
  public:
    void add(Route route);
    struct Match {
        const Route* route = nullptr;
        std::map<std::string, std::string> parameters;
        std::string allowed;  ///< where the path is known but not the method
    };
    /// Patterns without braces win over those with. @param path as sent: encoded, so that a `%2F` separates nothing; parameters are decoded
    /// @complexity O(routes * parts)
    Match find(std::string_view method, std::string_view path) const;

  private:
    struct Entry {
        Route route;
        std::vector<std::string> parts;
    };
    std::vector<Entry> entries_;
};

}  // namespace aitrading::kit
