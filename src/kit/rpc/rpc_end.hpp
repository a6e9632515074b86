#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "kit/requests/handlers.hpp"

namespace aitrading::kit {

/// Those of gRPC's status codes that are used here, with its numbers.
enum class RpcCode {
    ok = 0, cancelled = 1, unknown = 2, invalid_argument = 3, deadline_exceeded = 4, not_found = 5, permission_denied = 7, resource_exhausted = 8,
    unimplemented = 12, internal = 13, unavailable = 14, unauthenticated = 16
};
/// `INVALID_ARGUMENT`, …; any other number: `UNKNOWN`.
std::string_view name(RpcCode code);

/// How a call ends.
struct RpcEnd {
    RpcCode code = RpcCode::ok;
    std::string text;
    std::optional<std::chrono::nanoseconds> again_after;  ///< told as `grpc-retry-pushback-ms`
};

/// usage and bad_input INVALID_ARGUMENT, not_found NOT_FOUND, gate_refused PERMISSION_DENIED or, where a retry
/// helps, RESOURCE_EXHAUSTED, interrupted CANCELLED, failed INTERNAL or, where a retry helps, UNAVAILABLE.
RpcEnd end_of(const Error& error);
/// RESOURCE_EXHAUSTED.
RpcEnd end_of(const CallRefusal& refusal);

}  // namespace aitrading::kit
