#include "market/calendar/clock.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <limits>

namespace aitrading::market {

/// One zone: a fixed offset when `zone` is null, else the zone's rules; `shift` is added to either.
class Clock::Rules {
  public:
    const date::time_zone* zone = nullptr;
    std::int64_t shift_seconds = 0;
};

namespace {

constexpr std::int64_t wall_end = std::numeric_limits<std::int64_t>::max();

bool starts_with_letters(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::ranges::equal(text.substr(0, prefix.size()), prefix,
                              [](unsigned char a, unsigned char b) { return std::toupper(a) == b; });
}

/// Reads `+2`, `+02`, `+0200` or `-05:30` whole, into seconds.
bool read_offset(std::string_view text, std::int64_t& seconds) {
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return false;
    std::string digits;
    for (const char c : text.substr(1)) {
        if (c == ':' && digits.size() >= 1 && digits.size() <= 2) {
            if (digits.size() == 1) digits.insert(0, "0");
            continue;
        }
        if (c < '0' || c > '9') return false;
        digits += c;
    }
    if (digits.size() == 1) digits.insert(0, "0");
    if (digits.size() == 2) digits += "00";
    if (digits.size() != 4) return false;
    const int hours = std::stoi(digits.substr(0, 2)), minutes = std::stoi(digits.substr(2));
    if (hours > 14 || minutes > 59) return false;
    seconds = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return true;
}

std::string offset_name(std::int64_t seconds) {
    if (seconds == 0) return "UTC";
    const std::int64_t minutes = std::abs(seconds) / 60;
    return fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

Result<std::pair<std::shared_ptr<const Clock::Rules>, std::string>> parse_zone(std::string_view text) {
    auto rules = std::make_shared<Clock::Rules>();
    std::string_view rest = text;
    if (rest == "Z" || rest == "z") rest = "UTC";
    const bool empty = rest.empty();
    if (starts_with_letters(rest, "UTC") || starts_with_letters(rest, "GMT")) rest.remove_prefix(3);
    if (!empty && (rest.empty() || read_offset(rest, rules->shift_seconds))) {
        std::string name = offset_name(rules->shift_seconds);
        return std::pair{std::shared_ptr<const Clock::Rules>(std::move(rules)), std::move(name)};
    }
    // A zone's own name may hold a sign (Etc/GMT+5), so the whole text is tried first.
    const std::size_t sign = text.find_last_of("+-");
    for (const std::size_t cut : {text.size(), sign}) {
        if (cut == std::string_view::npos || cut == 0) continue;
        std::int64_t shift = 0;
        if (cut != text.size() && !read_offset(text.substr(cut), shift)) continue;
        try {
            rules->zone = date::locate_zone(std::string(text.substr(0, cut)));
            rules->shift_seconds = shift;
            // Nothing added: the name of the zone alone, which may be a plain offset (GMT+0 is one, and a link of the IANA list).
            if (cut != text.size() && shift == 0) return parse_zone(text.substr(0, cut));
            std::string name(text.substr(0, cut));
            if (shift != 0) name += offset_name(shift);
            return std::pair{std::shared_ptr<const Clock::Rules>(std::move(rules)), std::move(name)};
        } catch (const std::exception&) {
            continue;  // an unknown name: the library says so by throwing
        }
    }
    return fail(ErrorCode::usage,
                fmt::format("\"{}\" is not a time zone; write UTC, +02:00, Europe/Athens or America/New_York+07:00 "
                            "(names of the IANA list, package tzdata)",
                            text));
}

/// What a zone says about one wall second: its offset, whether it is skipped, and the later offset where it occurs
/// twice.
struct Answer {
    std::int64_t offset, later_offset;
    bool skipped, twice;
    std::int64_t safe_from, safe_to;  ///< wall seconds that surely have `offset` and no other
};

Answer ask_zone(const Clock::Rules& rules, std::int64_t wall_second) {
    constexpr std::int64_t margin = 86'400, far = 1LL << 40;
    if (rules.zone == nullptr)
        return {rules.shift_seconds, rules.shift_seconds, false, false, -far, far};
    const std::int64_t zone_second = wall_second - rules.shift_seconds;
    const auto info = rules.zone->get_info(date::local_seconds(std::chrono::seconds(zone_second)));
    const std::int64_t offset = info.first.offset.count();
    Answer answer{offset + rules.shift_seconds, offset + rules.shift_seconds,
                  info.result == date::local_info::nonexistent, info.result == date::local_info::ambiguous, 0, 0};
    if (answer.twice) answer.later_offset = info.second.offset.count() + rules.shift_seconds;
    const std::int64_t begin = std::max(-far, std::int64_t{info.first.begin.time_since_epoch().count()});
    const std::int64_t end = std::min(far, std::int64_t{info.first.end.time_since_epoch().count()});
    answer.safe_from = begin + answer.offset + margin;
    answer.safe_to = end + answer.offset - margin;
    return answer;
}

std::int64_t floor_seconds(std::int64_t nanos) {
    return nanos / nanos_per_second - (nanos % nanos_per_second < 0 ? 1 : 0);
}

}  // namespace

Clock Clock::utc() {
    Clock clock;
    clock.name_ = "UTC";
    clock.parts_.push_back({std::make_shared<Rules>(), wall_end});
    return clock;
}

Result<Clock> Clock::parse(std::string_view text) {
    Clock clock;
    std::string_view rest = trimmed(text);
    while (true) {
        const std::size_t comma = rest.find(',');
        std::string_view part = trimmed(rest.substr(0, comma));
        std::int64_t until = wall_end;
        std::string until_text;
        if (const std::size_t at = part.find(" until "); at != std::string_view::npos) {
            until_text = std::string(trimmed(part.substr(at + 7)));
            TRY(const UnixNanos wall, parse_iso8601(until_text));
            until = wall.value;
            part = trimmed(part.substr(0, at));
        }
        if ((until == wall_end) != (comma == std::string_view::npos))
            return fail(ErrorCode::usage, fmt::format("time zone \"{}\": write one zone, or `ZONE until DATE, ZONE`", text));
        TRY(auto zone, parse_zone(part));
        clock.name_ += (clock.parts_.empty() ? "" : ", ") + zone.second;
        if (until != wall_end) clock.name_ += " until " + until_text;
        clock.parts_.push_back({std::move(zone.first), until});
        if (comma == std::string_view::npos) return clock;
        rest.remove_prefix(comma + 1);
    }
}

std::int64_t offset_at(const Clock& clock, UnixNanos time) {
    std::int64_t offset = 0;
    for (const Clock::Part& part : clock.parts()) {
        offset = part.rules->shift_seconds;
        if (part.rules->zone != nullptr)
            offset += part.rules->zone->get_info(date::sys_seconds(std::chrono::seconds(floor_seconds(time.value)))).offset.count();
        offset *= nanos_per_second;
        if (time.value + offset < part.wall_until_nanos) break;
    }
    return offset;
}

WallToUtc::WallToUtc(Clock clock)
    : clock_(std::move(clock)), previous_(std::numeric_limits<std::int64_t>::min()) {}

UnixNanos WallToUtc::convert(std::int64_t wall_nanos) {
    skipped_ = false;
    UnixNanos out{0};
    if (wall_nanos >= safe_from_ && wall_nanos < safe_to_)
        out.value = wall_nanos - offset_;
    else
        out = ask(wall_nanos);
    previous_ = out.value;
    return out;
}

UnixNanos WallToUtc::ask(std::int64_t wall_nanos) {
    const auto& parts = clock_.parts();
    std::size_t index = 0;
    while (index + 1 < parts.size() && wall_nanos >= parts[index].wall_until_nanos) ++index;
    const Answer answer = ask_zone(*parts[index].rules, floor_seconds(wall_nanos));
    skipped_ = answer.skipped;
    // Seconds beyond this do not fit into nanoseconds.
    constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max() / nanos_per_second - 1;
    offset_ = answer.offset * nanos_per_second;
    safe_from_ = std::clamp(answer.safe_from, -limit, limit) * nanos_per_second;
    safe_to_ = std::clamp(answer.safe_to, -limit, limit) * nanos_per_second;
    if (index > 0) safe_from_ = std::max(safe_from_, parts[index - 1].wall_until_nanos);
    safe_to_ = std::min(safe_to_, parts[index].wall_until_nanos);
    const std::int64_t first = wall_nanos - offset_;
    if (answer.twice && first <= previous_) {
        const std::int64_t second = wall_nanos - answer.later_offset * nanos_per_second;
        if (second > previous_) return {second};
    }
    return {first};
}

}  // namespace aitrading::market
