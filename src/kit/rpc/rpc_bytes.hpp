#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace grpc {
class ByteBuffer;
}

namespace aitrading::kit {

/// Copies. None: compressed in a way that is not known here.
std::optional<std::string> bytes_of(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer buffer_of(const std::string& bytes);

/// Among the trailing metadata of a call that was turned away: milliseconds to wait before it is tried again (gRFC A6).
inline constexpr std::string_view pushback_key = "grpc-retry-pushback-ms";

}  // namespace aitrading::kit
