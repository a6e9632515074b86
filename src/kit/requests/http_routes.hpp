#pragma once

#include <functional>
#include <string>

#include "kit/http/router.hpp"
#include "kit/requests/handlers.hpp"

namespace aitrading::kit {

/// Whose data a request may see. @errors gate_refused
using Identify = std::function<Result<std::string>(const HttpPeer&)>;

/// The tenant of a call to this handler: `identify`'s answer, or nobody where the handler answers anyone. @errors gate_refused
Result<std::string> tenant_for(const RequestHandlers::Handler& handler, const Identify& identify, const HttpPeer& peer);

/// Gives every handler the paths that the schema has for it, with their classes of deadline: JSON in, JSON or Server-Sent Events out.
/// Bodies are checked for depth and size of their JSON before they are read. A `/` inside a path field is written `%2F`.
void add_routes(Router& router, const RequestHandlers& handlers, const Identify& identify);

}  // namespace aitrading::kit
