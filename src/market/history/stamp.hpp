#pragma once

#include <cstdint>
#include <string_view>

namespace aitrading::market {

/// A time as a file writes it: a wall clock, and the offset from UTC where the text states one.
struct Stamp {
    std::int64_t wall_nanos = 0;
    int offset_minutes = 0;   ///< east of UTC, where `has_offset`
    bool has_offset = false;  ///< the text names its offset (Z, +02:00, GMT+0200)
    bool is_epoch = false;    ///< seconds, milli-, micro- or nanoseconds since 1970
    bool date_only = false;
};

/// How a date of three numbers with the year last is meant: 03/04/2018.
enum class DateOrder : std::uint8_t { unknown, day_first, month_first };

/// What a date of that form proves about its order; unknown where both readings exist, or the text is of another form.
/// @param of_form whether the text is of that form (with `/` or `-`; with dots the day is first everywhere)
DateOrder date_order_proved_by(std::string_view text, bool& of_form);

/// Reads times, quickly where neighbours share their day. Accepted:
/// `YYYY-MM-DD`, `YYYY.MM.DD`, `YYYY/MM/DD`, `YYYYMMDD`, `DD.MM.YYYY`, `DD/MM/YYYY` or `MM/DD/YYYY` where the order is
/// known, `17 March 2014`, `Mar 17, 2014` and `17-mars-2014` with the month named in any of eleven languages, `YYYY-MM`
/// (its first day), then nothing or a blank or `T` and `HH:MM[:SS[.fraction]]` or `HHMMSS[mmm]`, then nothing, `AM`, `PM`,
/// `Z`, `+HH:MM`, ` GMT+HHMM`; or an epoch number, whose size tells its unit (below 1e11 seconds, 1e14 milli-, 1e17
/// microseconds, else nanoseconds).
class StampParser {
  public:
    StampParser() = default;
    explicit StampParser(DateOrder order) : order_(order) {}
    /// False where the text is no time or the date does not exist.
    bool parse(std::string_view text, Stamp& out);
    /// A date and a time of day in fields of their own. An empty time is midnight.
    bool parse(std::string_view date, std::string_view time, Stamp& out);

  private:
    bool read_date(std::string_view text, std::size_t& used, std::int64_t& day_nanos);
    bool remember(std::string_view text, std::size_t used, std::int64_t day_nanos);
    static constexpr std::size_t date_bytes_max = 24;
    DateOrder order_ = DateOrder::unknown;
    char last_date_[date_bytes_max]{};
    std::size_t last_size_ = 0;
    std::int64_t last_day_nanos_ = 0;
};

}  // namespace aitrading::market
