#include "oversight/logs/service/log_records.hpp"

#include "aitrading/v1/oversight.pb.h"

namespace aitrading::logs {
namespace {

v1::LogLevel level_of(kit::LogLevel level) {
    switch (level) {
        case kit::LogLevel::debug: return v1::LOG_LEVEL_DEBUG;
        case kit::LogLevel::info: return v1::LOG_LEVEL_INFO;
        case kit::LogLevel::warning: return v1::LOG_LEVEL_WARNING;
        case kit::LogLevel::error: return v1::LOG_LEVEL_ERROR;
    }
    return v1::LOG_LEVEL_INFO;
}

}  // namespace

void fill(v1::LogRecord& out, const kit::LogRecord& record) {
    out.set_time_ns(record.time.value);
    out.set_level(level_of(record.level));
    out.set_log_class(std::string(name(record.kind)));
    out.set_message(record.message);
    out.set_action(record.action);
    out.set_outcome(record.outcome);
    out.set_duration_ns(record.duration.count());
    if (record.trace) {
        const std::string text = record.trace->traceparent();
        out.set_trace_id(text.substr(3, 32));
        out.set_span_id(text.substr(36, 16));
    }
    for (const auto& [key, value] : record.fields) (*out.mutable_keys())[key] = value;
}

}  // namespace aitrading::logs
