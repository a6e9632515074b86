#pragma once

#include "kit/telemetry/log.hpp"
#include "kit/telemetry/metrics.hpp"
#include "kit/telemetry/tracing.hpp"

namespace aitrading::kit {

/// What every part of a process reports to; one of each a process. They outlive whoever holds this.
struct Telemetry {
    Log& log;
    Metrics& metrics;
    Tracer& tracer;
};

}  // namespace aitrading::kit
