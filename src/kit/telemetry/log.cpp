#include "kit/telemetry/log.hpp"

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "kit/telemetry/masking.hpp"

namespace aitrading::kit {
namespace {

UnixNanos system_now() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

LogRecord without_secrets(LogRecord record) {
    record.message = masked(record.message);
    record.action = masked(record.action);
    for (auto& [key, value] : record.fields) value = is_secret_name(key) ? "***" : masked(value);
    return record;
}

/// @pre secrets are masked
std::string line_of(const LogRecord& record) {
    nlohmann::ordered_json line;
    line["time"] = to_iso8601(record.time);
    line["level"] = name(record.level);
    line["class"] = name(record.kind);
    line["service"] = record.service;
    line["tenant"] = record.tenant;
    const std::string trace = record.trace ? record.trace->traceparent() : std::string();
    line["trace"] = record.trace ? nlohmann::ordered_json(trace.substr(3, 32)) : nlohmann::ordered_json();
    line["span"] = record.trace ? nlohmann::ordered_json(trace.substr(36, 16)) : nlohmann::ordered_json();
    line["action"] = record.action;
    line["outcome"] = record.outcome;
    const std::int64_t microseconds = record.duration.count() / 1'000;
    line["duration_ms"] = static_cast<double>(microseconds) / 1'000.0;
    line["message"] = record.message;
    for (const auto& [key, value] : record.fields) line["fields"][key] = value;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string_view name(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    return "info";
}

Result<LogLevel> parse_log_level(std::string_view text) {
    for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error})
        if (text == name(level)) return level;
    return fail(ErrorCode::bad_input, "'" + std::string(text.substr(0, 40)) + "' is no log level: debug, info, warning or error");
}

std::string_view name(LogClass kind) {
    switch (kind) {
        case LogClass::operation: return "operation";
        case LogClass::access: return "access";
        case LogClass::security: return "security";
        case LogClass::execution: return "execution";
        case LogClass::inference: return "inference";
        case LogClass::query: return "query";
        case LogClass::performance: return "performance";
        case LogClass::audit: return "audit";
    }
    return "operation";
}

std::string log_line(const LogRecord& record) { return line_of(without_secrets(record)); }

struct Log::Inside {
    std::unique_ptr<spdlog::logger> logger;
    std::function<UnixNanos()> now;
    std::atomic<LogLevel> least{LogLevel::info};
    std::atomic<std::int64_t> lost{0};
    std::shared_mutex sink_mutex;
    Sink sink;
};

Log::Log(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::open(const LogOptions& options) {
    auto inside = std::make_unique<Inside>();
    inside->now = options.now ? options.now : system_now;
    inside->least = options.least;
    std::vector<spdlog::sink_ptr> sinks;
    try {
        if (!options.file.empty())
            sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file.string(), options.file_bytes_max,
                                                                                     static_cast<std::size_t>(options.files_max)));
        if (options.to_stderr) sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        inside->logger = std::make_unique<spdlog::logger>("log", sinks.begin(), sinks.end());
    } catch (const std::exception& e) {
        return fail(ErrorCode::failed, "log file " + options.file.string() + ": " + e.what() + "; is the folder writable and is there room?");
    }
    inside->logger->set_pattern("%v");
    inside->logger->flush_on(spdlog::level::warn);
    inside->logger->set_error_handler([counted = &inside->lost](const std::string&) { ++*counted; });
    return std::unique_ptr<Log>(new Log(std::move(inside)));
}

void Log::write(LogRecord record) {
    if (record.level < inside_->least.load(std::memory_order_relaxed)) return;
    if (record.time.value == 0) record.time = inside_->now();
    const LogRecord shown = without_secrets(std::move(record));
    inside_->logger->log(shown.level >= LogLevel::warning ? spdlog::level::warn : spdlog::level::info, spdlog::string_view_t(line_of(shown)));
    const std::shared_lock lock(inside_->sink_mutex);
    if (inside_->sink) inside_->sink(shown);
}

void Log::forward_to(Sink sink) {
    const std::unique_lock lock(inside_->sink_mutex);
    inside_->sink = std::move(sink);
}

void Log::set_least(LogLevel level) { inside_->least = level; }
LogLevel Log::least() const { return inside_->least; }
void Log::flush() { inside_->logger->flush(); }
std::int64_t Log::lost() const { return inside_->lost; }

}  // namespace aitrading::kit
