#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/telemetry/telemetry.hpp"

namespace aitrading::kit {

/// How one protocol names what is counted of its requests.
struct AccessWords {
    std::string_view counter, seconds;  ///< metrics
    std::string_view label;             ///< of the metrics: what was asked for
    std::string_view attribute;         ///< of the span: how it ended
};
inline constexpr AccessWords http_access{"http_requests_total", "http_request_seconds", "route", "http.response.status_code"};
inline constexpr AccessWords rpc_access{"rpc_requests_total", "rpc_request_seconds", "method", "rpc.grpc.status_code"};

/// One request while a server answers it, whatever it came by: its span, and at its end one access record, its count and its time.
/// For one thread at a time.
class Access {
  public:
    /// @pre telemetry outlives it   @param caused_by the caller's span
    Access(const Telemetry& telemetry, const AccessWords& words, std::string service, std::string action, const std::optional<TraceContext>& caused_by);

    void rename(std::string action);
    /// Of the server's own span: pass it on.
    TraceContext trace() const { return span_.context(); }
    SteadyTime begun() const { return begun_; }
    /// Tells the log, and nobody else, what a handler threw.
    void threw(const std::exception& problem) const;

    struct End {
        std::string status;   ///< as the protocol says it
        std::string outcome;  ///< ok, refused, failed
        std::string fault;    ///< what went wrong on this side; empty: nothing, whatever the answer says of the request
        std::string tenant = "default";
        bool quiet = false;   ///< a success is logged at debug
        std::vector<std::pair<std::string, std::string>> fields;
    };
    /// Once.
    void end(End end);

  private:
    Telemetry telemetry_;
    AccessWords words_;
    std::string service_, action_;
    SteadyTime begun_;
    Span span_;
};

}  // namespace aitrading::kit
