#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/trace_context.hpp"

namespace aitrading::kit {

enum class LogLevel { debug, info, warning, error };
std::string_view name(LogLevel level);
/// @errors bad_input, naming the levels
Result<LogLevel> parse_log_level(std::string_view text);

/// What kind of record: its retention hangs on it.
enum class LogClass { operation, access, security, execution, inference, query, performance, audit };
std::string_view name(LogClass kind);

/// One thing that happened. The message is constant and lower-case; what varies stands in `fields`.
struct LogRecord {
    LogLevel level = LogLevel::info;
    LogClass kind = LogClass::operation;
    std::string service;
    std::string tenant = "default";
    std::optional<TraceContext> trace;
    std::string action;         ///< what was done: `GET /v1/logs`, `start`
    std::string outcome = "ok"; ///< ok, refused, failed, …
    std::chrono::nanoseconds duration{0};
    std::string message;
    std::vector<std::pair<std::string, std::string>> fields;
    UnixNanos time;  ///< set by Log where 0
};

/// One JSON object without a line break: `time, level, class, service, tenant, trace, span, action, outcome, duration_ms,
/// message` and, where there are any, `fields`. Secrets are masked; bytes that are no UTF-8 become U+FFFD.
std::string log_line(const LogRecord& record);

struct LogOptions {
    LogLevel least = LogLevel::info;
    std::filesystem::path file;  ///< none where empty; its folder is made
    std::size_t file_bytes_max = std::size_t{16} << 20;  ///< then it is put aside as NAME.1 …
    int files_max = 4;
    bool to_stderr = false;
    std::function<UnixNanos()> now;  ///< the system clock where empty
};

/// Where the records of a process go. Safe to use from several threads. A record that cannot be written is counted, never
/// waited for: a full disk stops no service.
class Log {
  public:
    using Sink = std::function<void(const LogRecord&)>;

    /// @errors failed (file not writable)
    static Result<std::unique_ptr<Log>> open(const LogOptions& options);
    ~Log();

    void write(LogRecord record);
    /// Hands every record that is written (secrets masked) to `sink` as well, until `forward_to({})`, which returns after
    /// the last call ended. The sink must not log.
    void forward_to(Sink sink);
    /// Hot: holds from the next record on.
    void set_least(LogLevel level);
    LogLevel least() const;
    void flush();
    /// Records that could not be written since it was opened.
    std::int64_t lost() const;

  private:
    struct Inside;
    explicit Log(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
