#pragma once

#include "kit/telemetry/log.hpp"

namespace aitrading::v1 {
class LogRecord;
}

namespace aitrading::logs {

/// A record as the contracts have it; its service and tenant stand beside it there.
void fill(v1::LogRecord& out, const kit::LogRecord& record);

}  // namespace aitrading::logs
