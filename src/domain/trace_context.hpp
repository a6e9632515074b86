#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading {

/// Which trace an event or a request belongs to, and which step of it caused it (W3C Trace Context, level 2).
struct TraceContext {
    static constexpr std::uint8_t sampled = 1, random_id = 2;  ///< the flags that have a meaning

    std::array<std::uint8_t, 16> trace{};  ///< never all zeros
    std::array<std::uint8_t, 8> parent{};  ///< never all zeros
    std::uint8_t flags = 0;
    friend bool operator==(const TraceContext&, const TraceContext&) = default;

    /// `00-TRACE-PARENT-FLAGS`. Flags without a meaning are sent as zero, as the standard asks.
    std::string traceparent() const;
};

/// Reads a `traceparent` header: lower-case only; version ff and ids of zeros are invalid; of a higher version than 00 the
/// first four parts count. Whoever gets the error starts a new trace and drops `tracestate`. @errors bad_input
Result<TraceContext> parse_traceparent(std::string_view text);

}  // namespace aitrading
