#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kit/telemetry/log.hpp"

namespace aitrading::logs {

/// What one asks of the last records.
struct LogQuery {
    std::string tenant;
    std::string service;  ///< empty: all
    std::string trace;    ///< 32 hexadecimal digits; empty: all
    kit::LogLevel least = kit::LogLevel::debug;
    std::size_t most = 100;
};

/// The last records of a process, for whoever looks now; the topic has them all. Bounded by count: the oldest goes. A tenant
/// sees its own only. Safe to use from several threads.
class LogShelf {
  public:
    explicit LogShelf(std::size_t most) : most_(most) {}
    void put(const kit::LogRecord& record);
    /// The newest that fit, oldest first. @complexity O(records)
    std::vector<kit::LogRecord> find(const LogQuery& query) const;

  private:
    std::size_t most_;
    mutable std::mutex mutex_;
    std::deque<kit::LogRecord> records_;
};

/// Whether a record is what the query asks for.
bool fits(const LogQuery& query, const kit::LogRecord& record);

}  // namespace aitrading::logs
