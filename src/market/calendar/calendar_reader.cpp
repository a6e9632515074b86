#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "market/calendar/clock.hpp"
#include "market/calendar/csv_records.hpp"
#include "market/calendar/economic_event.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t refused_max = 100;
constexpr std::string_view investing_default = "UTC+8";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool two_digits(std::string_view text, int& out) {
    if (text.empty() || text.size() > 2) return false;
    out = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        out = out * 10 + c - '0';
    }
    return true;
}

/// `20:30`, `8:30pm`, `12:05am` as minutes of the day.
std::optional<int> minutes_of(std::string_view text) {
    const bool pm = text.ends_with("pm"), am = text.ends_with("am");
    if (pm || am) text.remove_suffix(2);
    const std::size_t colon = text.find(':');
    int hour = 0, minute = 0;
    if (colon == std::string_view::npos || !two_digits(text.substr(0, colon), hour) || text.size() - colon != 3 ||
        !two_digits(text.substr(colon + 1), minute) || minute > 59)
        return std::nullopt;
    if (pm || am) {
        if (hour < 1 || hour > 12) return std::nullopt;
        hour = hour % 12 + (pm ? 12 : 0);
    }
    if (hour > 23) return std::nullopt;
    return hour * 60 + minute;
}

bool means_no_time(std::string_view text) {
    return text.empty() || text == "All Day" || text == "Tentative" || text.starts_with("Day ") || text == "Data";
}

/// A row before its clock is known.
struct Row {
    EconomicEvent event;
    std::optional<std::int64_t> wall_nanos;
    std::optional<int> utc_minutes;  ///< of the day, where the source has such a column
};

/// Names of the columns of one layout.
struct Columns {
    std::string_view format, date, time, currency, impact, title, actual, forecast, previous, utc;
};
constexpr Columns investing{"investing", "Date", "Time", "Cur.", "Imp.", "Event", "Actual", "Forecast", "Previous", ""};
constexpr Columns forexfactory{"forexfactory", "date", "time", "currency", "impact", "event", "actual", "forecast", "previous", "time_utc"};
constexpr Columns own{"aitrading", "day", "time", "currency", "impact", "title", "actual", "forecast", "previous", ""};

class Reader {
  public:
    Reader(const Columns& columns, const std::vector<std::string>& header) : columns_(columns) {
        for (std::size_t i = 0; i < header.size(); ++i) at_[std::string(trimmed(header[i]))] = i;
        width_ = header.size();
    }
    bool complete() const {
        for (const std::string_view column : {columns_.date, columns_.time, columns_.currency, columns_.impact, columns_.title,
                                              columns_.actual, columns_.forecast, columns_.previous})
            if (!at_.contains(std::string(column))) return false;
        return columns_.utc.empty() || at_.contains(std::string(columns_.utc));
    }
    Result<Row> read(const std::vector<std::string>& fields) const {
        const auto refuse = [](std::string text) { return fail(ErrorCode::bad_input, std::move(text)); };
        if (fields.size() != width_) return refuse(fmt::format("{} fields, the header has {}", fields.size(), width_));
        const auto field = [&](std::string_view column) { return std::string(trimmed(fields[at_.at(std::string(column))])); };
        Row row;
        EconomicEvent& e = row.event;
        e.day = field(columns_.date);
        const auto day = e.day.size() == 10 ? parse_iso8601(e.day) : parse_iso8601("");
        if (!day) return refuse(fmt::format("date \"{}\" is no day such as 2018-01-05", e.day.substr(0, 30)));
        e.currency = field(columns_.currency);
        e.title = field(columns_.title);
        e.actual = field(columns_.actual);
        e.forecast = field(columns_.forecast);
        e.previous = field(columns_.previous);
        TRY(e.impact, parse_impact(field(columns_.impact)));
        if (e.title.empty()) return refuse("the event has no name");
        const std::string time = field(columns_.time);
        if (columns_.format == own.format) {
            if (time.empty()) return row;
            TRY(e.time, parse_iso8601(time));
            return row;
        }
        if (means_no_time(time)) return row;
        const auto minutes = minutes_of(time);
        if (!minutes) return refuse(fmt::format("time \"{}\" is neither a time of day nor All Day or Tentative", time.substr(0, 30)));
        row.wall_nanos = day->value + *minutes * nanos_per_minute;
        if (!columns_.utc.empty()) row.utc_minutes = minutes_of(field(columns_.utc));
        return row;
    }
    const Columns& columns() const { return columns_; }

  private:
    Columns columns_;
    std::map<std::string, std::size_t> at_;
    std::size_t width_ = 0;
};

std::string clock_name(std::int64_t offset_minutes) {
    const std::int64_t size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    return offset_minutes == 0 ? "UTC" : fmt::format("{}{:02}:{:02}", offset_minutes < 0 ? '-' : '+', size / 60, size % 60);
}

/// Offsets from UTC, in minutes, that the US payrolls of the file show: 08:30 in New York on the day they came out.
std::set<std::int64_t> payroll_offsets(const std::vector<Row>& rows, std::int64_t& releases) {
    std::set<std::int64_t> out;
    WallToUtc new_york(*Clock::parse("America/New_York"));
    for (const Row& row : rows) {
        if (!row.wall_nanos || row.event.currency != "USD" || series_of(row.event.title) != "Nonfarm Payrolls") continue;
        const std::int64_t day = *row.wall_nanos - *row.wall_nanos % nanos_per_day;
        std::int64_t offset = (*row.wall_nanos - new_york.convert(day + (8 * 60 + 30) * nanos_per_minute).value) / nanos_per_minute;
        if (offset > 14 * 60) offset -= 24 * 60;
        if (offset < -12 * 60) offset += 24 * 60;
        out.insert(offset);
        ++releases;
    }
    return out;
}

Result<void> conclude_clock(const std::vector<Row>& rows, std::string_view timezone, std::string_view source,
                            CalendarFile& out) {
    if (!timezone.empty()) {
        out.clock = timezone;
        out.clock_reason = "as given";
        return {};
    }
    std::map<std::int64_t, std::int64_t> stated;
    for (const Row& row : rows)
        if (row.utc_minutes) {
            const std::int64_t minutes = *row.wall_nanos / nanos_per_minute % (24 * 60) - *row.utc_minutes;
            ++stated[(minutes + 36 * 60) % (24 * 60) - 12 * 60];
        }
    if (stated.size() > 1)
        return fail(ErrorCode::bad_input, fmt::format("{}: its times and its UTC column differ by {} and by {}; say --timezone",
                                                      source, clock_name(stated.begin()->first), clock_name(stated.rbegin()->first)));
    if (stated.size() == 1) {
        out.clock = clock_name(stated.begin()->first);
        out.clock_reason = fmt::format("its UTC column says so in {} rows", stated.begin()->second);
        return {};
    }
    std::int64_t releases = 0;
    const std::set<std::int64_t> offsets = payroll_offsets(rows, releases);
    if (offsets.size() > 1)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: US payrolls (08:30 New York) put its clock at {} and at {}; say --timezone", source,
                                clock_name(*offsets.begin()), clock_name(*offsets.rbegin())));
    out.clock = offsets.empty() ? std::string(investing_default) : clock_name(*offsets.begin());
    out.clock_reason = offsets.empty() ? "assumed: this layout is usually written so, and no US payrolls are there to tell"
                                       : fmt::format("{} US payrolls stand where 08:30 New York is on that clock", releases);
    return {};
}

}  // namespace

Result<CalendarFile> read_calendar(std::string_view text, std::string_view source, std::string_view timezone) {
    CsvRecords records(text, ',');
    std::vector<std::string> fields;
    if (!records.next(fields)) return fail(ErrorCode::bad_input, fmt::format("{}: the file is empty", source));
    std::optional<Reader> reader;
    for (const Columns& columns : {investing, forexfactory, own})
        if (Reader candidate(columns, fields); !reader && candidate.complete()) reader = candidate;
    if (!reader)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}, line 1: no calendar; known are Date,Day,Time,Cur.,Imp.,Event,Actual,Forecast,Previous and the "
                                "Forex Factory table id,date,time,currency,impact,event,…,time_utc", source));
    CalendarFile out;
    out.format = reader->columns().format;
    std::vector<Row> rows;
    while (records.next(fields)) {
        ++out.rows_read;
        auto row = reader->read(fields);
        if (row) {
            rows.push_back(*std::move(row));
            continue;
        }
        ++out.rows_refused;
        if (out.refused.size() < refused_max) out.refused.push_back({records.line(), row.error().text});
    }
    if (rows.empty() || out.rows_refused > out.rows_read / 2)
        return fail(ErrorCode::bad_input, fmt::format("{}: {} of {} rows are no events{}", source, out.rows_refused, out.rows_read,
                                                      out.refused.empty() ? "" : fmt::format(", first line {}: {}", out.refused[0].line, out.refused[0].text)));
    if (out.format == own.format) {
        out.clock = "UTC";
        out.clock_reason = "the times say so";
    } else {
        TRY_VOID(conclude_clock(rows, timezone, source, out));
    }
    TRY(const Clock clock, Clock::parse(out.clock));
    for (Row& row : rows) {
        // Rows of a calendar are not in order everywhere: each is converted by itself.
        if (row.wall_nanos) row.event.time = WallToUtc(clock).convert(*row.wall_nanos);
        out.without_time += row.event.time ? 0 : 1;
        out.events.push_back(std::move(row.event));
    }
    std::ranges::stable_sort(out.events, comes_before);
    return out;
}

}  // namespace aitrading::market
