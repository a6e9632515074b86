#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/event_bus/journal/writer.hpp"

namespace aitrading::engines::journal {

/// A member of a group. Cursors are its own; members, offsets and ends are the directory's.
class JournalSubscription final : public ports::Subscription {
  public:
    /// Joins. @pre the group exists @errors usage (too many members)
    static Result<std::unique_ptr<JournalSubscription>> join(Directory& directory, Writer& writer, std::unique_ptr<Database> database,
                                                             Directory::GroupName name, int attempts_max);
    ~JournalSubscription() override;

    Result<std::vector<ports::Delivery>> poll(const ports::PollLimits& limits) override;
    Result<void> commit(const ports::Commit& step) override;
    Result<ports::Rejected> reject(ports::Position position, std::string_view reason, UnixNanos now) override;
    void rewind() override;
    bool alone() const override { return alone_; }
    Result<std::optional<std::string>> state(std::string_view key) override;
    Result<std::optional<ports::Snapshot>> snapshot() override;

  private:
    struct Range {
        int partition = 0;
        std::int64_t from = 0, last = 0;
        int attempts = 0;  ///< rejections of the event at `from`
    };
    JournalSubscription(Directory& directory, Writer& writer, std::unique_ptr<Database> database, Directory::GroupName name, int attempts_max);
    /// What lies before this member. @pre the directory's mutex is held
    std::vector<Range> ranges();
    Result<std::vector<ports::Delivery>> read(const std::vector<Range>& ranges, const ports::PollLimits& limits);
    Result<void> check_polled(const std::vector<ports::Position>& positions) const;

    Directory& directory_;
    Writer& writer_;
    Reader reader_;
    const Directory::GroupName name_;
    TopicEntry topic_;
    const int attempts_max_;
    int id_ = 0, generation_ = -1;
    bool alone_ = false;
    std::size_t turn_ = 0;  ///< which partition is read first
    std::vector<std::int64_t> cursor_;
};

}  // namespace aitrading::engines::journal
