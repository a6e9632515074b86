#pragma once

#include <memory>

#include "base/result.hpp"
#include "kit/http/tls.hpp"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}

namespace aitrading::kit {

/// The same certificates, authorities and rules as HTTP's: TLS 1.3 and nothing older; a server that names authorities demands a
/// client's certificate. Without TLS: plain. @errors bad_input (a file cannot be read any more)
Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(const std::shared_ptr<TlsContext>& tls);
Result<std::shared_ptr<grpc::ChannelCredentials>> channel_credentials(const std::shared_ptr<TlsContext>& tls);

}  // namespace aitrading::kit
