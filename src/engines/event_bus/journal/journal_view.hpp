#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::engines {

/// What one partition of a topic holds: offsets first … last; none where last < first.
struct PartitionExtent {
    std::string topic;
    int partition = 0;
    std::int64_t first = 1, last = 0;
};

/// A journal's events for commands that look: beside the process that has it open, without waiting for it or keeping it
/// waiting, and after a process that was killed. Changes nothing. For one thread.
class JournalView {
  public:
    /// @errors not_found (no journal in the folder), failed, gate_refused (damaged, newer format)
    static Result<JournalView> open(const std::filesystem::path& folder);
    JournalView(JournalView&&) noexcept;
    JournalView& operator=(JournalView&&) noexcept;
    ~JournalView();

    /// By topic and partition, as of now. @errors failed, gate_refused
    Result<std::vector<PartitionExtent>> extents();
    /// Events from `from` to at most the extent's last, within the limits; each is checked against its sum. Empty where
    /// retention has come by since. @errors failed, gate_refused (a damaged or missing event, named)
    Result<std::vector<ports::Delivery>> read(const PartitionExtent& extent, std::int64_t from, const ports::PollLimits& limits);
    /// Walks through the whole file, indexes included. @errors gate_refused @complexity O(file)
    Result<void> check_file();

  private:
    struct Inside;
    explicit JournalView(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::engines
