#include "kit/telemetry/access.hpp"

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

Access::Access(const Telemetry& telemetry, const AccessWords& words, std::string service, std::string action, const std::optional<TraceContext>& caused_by)
    : telemetry_(telemetry), words_(words), service_(std::move(service)), action_(std::move(action)), begun_(now()),
      span_(telemetry.tracer.start(action_, service_, caused_by, SpanKind::server)) {}

void Access::rename(std::string action) {
    action_ = std::move(action);
    span_.rename(action_);
}

void Access::threw(const std::exception& problem) const {
    telemetry_.log.write({.level = LogLevel::error, .service = service_, .trace = trace(), .action = action_, .outcome = "failed", .message = "a handler threw", .fields = {{"exception", problem.what()}}});
}

void Access::end(End end) {
    const std::chrono::nanoseconds took = now() - begun_;
    span_.note(std::string(words_.attribute), end.status);
    if (!end.fault.empty()) span_.fail(end.fault);
    const TraceContext trace = span_.context();
    span_.end();
    const Metrics::Labels asked{{"service", service_}, {std::string(words_.label), action_}};
    Metrics::Labels ended = asked;
    ended["status"] = end.status;
    telemetry_.metrics.counter(words_.counter, "requests answered", ended).add();
    telemetry_.metrics.histogram(words_.seconds, "from a request's end to its answer's beginning", Metrics::second_bounds(), asked).observe(static_cast<double>(took.count()) * 1e-9);
    end.fields.emplace(end.fields.begin(), "status", std::move(end.status));
    const bool quiet = end.quiet && end.outcome == "ok";
    telemetry_.log.write({.level = !end.fault.empty() ? LogLevel::warning : quiet ? LogLevel::debug : LogLevel::info, .kind = LogClass::access, .service = service_,
                          .tenant = std::move(end.tenant), .trace = trace, .action = action_, .outcome = std::move(end.outcome), .duration = took, .message = "request answered",
                          .fields = std::move(end.fields)});
}

}  // namespace aitrading::kit
