#include "kit/http/caller.hpp"

namespace aitrading::kit {

Result<std::string> tenant_of(const HttpPeer& peer) {
    if (!peer.certificate.empty()) return peer.certificate;
    if (peer.loopback) return "default";
    return fail(ErrorCode::gate_refused, "who are you? From another machine a client certificate is needed");
}

}  // namespace aitrading::kit
