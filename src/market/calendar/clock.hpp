#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::market {

/// The clock that a source writes its times in: one time zone, or several that follow each other.
///
/// Written as `UTC`, a fixed offset (`+02:00`, `UTC+8`, `GMT-5`), an IANA name (`America/New_York`; the broker clock
/// EET/EEST is `Europe/Athens`, CET/CEST `Europe/Berlin`), an IANA name with a shift (`America/New_York+07:00`, the
/// clock of brokers that close the day with New York), or `Europe/Berlin until 2014-11-22, Europe/Athens`: the first
/// until that wall-clock midnight, then the second.
class Clock {
  public:
    /// @errors usage, with the accepted forms
    static Result<Clock> parse(std::string_view text);
    static Clock utc();

    /// As it may be written again in `--timezone`.
    const std::string& name() const { return name_; }

    class Rules;
    struct Part {
        std::shared_ptr<const Rules> rules;
        std::int64_t wall_until_nanos;  ///< first wall time that belongs to the next part
    };
    const std::vector<Part>& parts() const { return parts_; }

  private:
    std::string name_;
    std::vector<Part> parts_;
};

/// What the clock shows at an instant, minus UTC, in nanoseconds. @complexity a look into the zone's table
std::int64_t offset_at(const Clock& clock, UnixNanos time);

/// Turns the wall times of one file, row after row, into instants.
///
/// A wall time that summer time skips is read with the offset before the change (02:30 becomes the instant that the
/// clock shows as 03:30). One that occurs twice is the earlier instant, unless that would not be later than the row
/// before while the second one is: then it is the second. So an hourly series that runs through the change in autumn
/// keeps both its hours.
class WallToUtc {
  public:
    explicit WallToUtc(Clock clock);
    /// @param wall_nanos nanoseconds since 1970-01-01T00:00:00 of the wall clock
    /// @complexity O(1) but for rows within a day of a change of offset, which ask the zone's table
    UnixNanos convert(std::int64_t wall_nanos);
    /// True when the last wall time does not exist on this clock.
    bool last_was_skipped() const { return skipped_; }

  private:
    UnixNanos ask(std::int64_t wall_nanos);
    Clock clock_;
    std::int64_t safe_from_ = 0, safe_to_ = 0, offset_ = 0;  // walls in [from, to) have this one offset
    std::int64_t previous_;
    bool skipped_ = false;
};

}  // namespace aitrading::market
