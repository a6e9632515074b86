#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::market {

/// The weekly hours of a market on its own clock, and the days on which it stays closed.
///
/// Hours are written `always`, or `ZONE DAY HH:MM-DAY HH:MM [break HH:MM-HH:MM …]`: one span a week, less daily breaks (one
/// may run past midnight), for example `America/New_York Sun 18:00-Fri 17:00 break 17:00-18:00`.
/// Holidays are written as words: `MM-DD`, `good-friday`, `easter-monday`, `Thu4-11` (fourth Thursday of November),
/// `MonL-05` (last Monday of May). A holiday closes the whole wall-clock day.
class TradingHours {
  public:
    /// @errors bad_input, with what was expected
    static Result<TradingHours> parse(std::string_view hours, std::string_view holidays);

    bool is_open(UnixNanos time) const;
    bool is_holiday(int year, int month, int day) const;
    bool always() const { return zone_ == nullptr; }
    /// The next whole minute after `time` at which the market opens, if it is closed then, or closes; at most ten days on.
    UnixNanos next_change(UnixNanos time) const;

  private:
    struct Break {
        int from = 0, to = 0;  ///< minutes of the day; from > to runs past midnight
    };
    struct Holiday {
        enum class Kind : std::uint8_t { fixed, easter, weekday } kind = Kind::fixed;
        int month = 0, day = 0;      ///< fixed
        int after_easter = 0;        ///< days, easter
        int weekday = 0, which = 0;  ///< weekday 0 = Monday, which 1..4, 5 = last
    };
    static bool parse_holiday(std::string_view word, Holiday& out);
    bool parse_break(std::string_view text);
    struct Zone;
    std::shared_ptr<const Zone> zone_;
    int opens_ = 0, closes_ = 0;  ///< minutes since Monday 00:00
    std::vector<Break> breaks_;
    std::vector<Holiday> holidays_;
};

}  // namespace aitrading::market
