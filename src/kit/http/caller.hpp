#pragma once

#include <string>

#include "kit/http/message.hpp"

namespace aitrading::kit {

/// Whose data a request may see: the common name of its verified client certificate; without one the tenant `default`, on
/// loopback only. Until there are accounts. @errors gate_refused
Result<std::string> tenant_of(const HttpPeer& peer);

}  // namespace aitrading::kit
