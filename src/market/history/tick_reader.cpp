#include "market/history/tick_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "market/history/header.hpp"
#include "market/history/line_reader.hpp"
#include "market/history/refuse_row.hpp"
#include "market/history/soundness.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t powers[] = {1,         10,         100,         1'000,        10'000,
                                   100'000,   1'000'000,  10'000'000,  100'000'000,  1'000'000'000};

/// Plain decimals of at most nine digits on either side of the point, up to a comma or the end; anything else is left to
/// the careful parser.
bool read_plain(const char*& at, const char* end, int scale_digits, std::int64_t& out, int& decimals) {
    std::int64_t value = 0;
    const char* const begin = at;
    while (at != end && static_cast<unsigned char>(*at - '0') < 10) value = value * 10 + (*at++ - '0');
    if (at == begin || at - begin > 9) return false;
    std::ptrdiff_t after = 0;
    if (at != end && *at == '.') {
        const char* const point = ++at;
        while (at != end && static_cast<unsigned char>(*at - '0') < 10) value = value * 10 + (*at++ - '0');
        after = at - point;
        if (after == 0 || after > scale_digits) return false;
    }
    decimals = static_cast<int>(after);
    out = value * powers[scale_digits - after];
    return at == end || *at == ',';
}

int two_digits(const char* at) {
    const auto high = static_cast<unsigned char>(at[0] - '0'), low = static_cast<unsigned char>(at[1] - '0');
    return high < 10 && low < 10 ? high * 10 + low : -1;
}

/// `YYYY-MM-DDTHH:MM:SS[.fraction]Z` of a day known already.
class FastStamp {
  public:
    bool read(const char*& at, const char* end, std::int64_t& out) const {
        if (end - at < 20 || std::memcmp(at, day_, sizeof day_) != 0) return false;
        const int hour = two_digits(at + 11), minute = two_digits(at + 14), second = two_digits(at + 17);
        if (hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 59 || at[13] != ':' || at[16] != ':')
            return false;
        const char* rest = at + 19;
        std::int64_t fraction = 0;
        if (*rest == '.') {
            const char* const point = ++rest;
            while (rest != end && static_cast<unsigned char>(*rest - '0') < 10) fraction = fraction * 10 + (*rest++ - '0');
            if (rest == point || rest - point > 9) return false;
            fraction *= powers[9 - (rest - point)];
        }
        if (rest != end && *rest == 'Z') ++rest;
        if (rest != end && *rest != ',') return false;
        out = day_nanos_ + (hour * 3600 + minute * 60 + second) * nanos_per_second + fraction;
        at = rest;
        return true;
    }
    /// Remembers the day of a line whose time was read carefully, where its form is the fast one.
    void learn(std::string_view text) {
        Stamp stamp;
        if (text.size() < 11 || text[4] != '-' || text[10] != 'T') return;
        if (!StampParser().parse(text.substr(0, 10), stamp)) return;
        std::memcpy(day_, text.data(), sizeof day_);
        day_nanos_ = stamp.wall_nanos;
    }

  private:
    char day_[11]{};
    std::int64_t day_nanos_ = 0;
};

}  // namespace

struct TickReader::State {
    explicit State(LineReader reader) : lines(std::move(reader)) {}

    LineReader lines;
    OpenLayout layout;
    bool contract_order = false;  ///< exactly time,bid,ask[,bid_size,ask_size]: the fast parser knows the places
    std::size_t columns = 0;
    FastStamp stamps;
    int digits = 0;
    Tick previous;

    bool read_fast(std::string_view line, Tick& tick) {
        const char* at = line.data();
        const char* const end = at + line.size();
        int bid_decimals = 0, ask_decimals = 0, ignored = 0;
        const auto comma = [&] { return at != end && *at++ == ','; };
        if (!stamps.read(at, end, tick.time.value) || !comma() || !read_plain(at, end, 9, tick.bid.raw, bid_decimals) ||
            !comma() || !read_plain(at, end, 9, tick.ask.raw, ask_decimals))
            return false;
        if (columns == 5 && (!comma() || !read_plain(at, end, 6, tick.bid_size.raw, ignored) || !comma() ||
                             !read_plain(at, end, 6, tick.ask_size.raw, ignored)))
            return false;
        // Trailing zeros are no digits: the careful parser decides where the count would grow.
        return at == end && tick.bid.raw > 0 && tick.ask.raw > 0 && std::max(bid_decimals, ask_decimals) <= digits;
    }

    Result<void> read_carefully(std::string_view line, Tick& tick) {
        ParsedRow row;
        if (const RowFault fault = layout.parser->parse(line, row))
            return refuse_row(lines, describe_fault(fault, '.'));
        digits = std::max(digits, row.decimals);
        tick = {{row.stamp.wall_nanos - row.stamp.offset_minutes * nanos_per_minute}, row.bid[3], row.ask[3], row.volume,
                row.ask_volume};
        if (contract_order) stamps.learn(line);
        return {};
    }
};

TickReader::TickReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TickReader::TickReader(TickReader&&) noexcept = default;
TickReader& TickReader::operator=(TickReader&&) noexcept = default;
TickReader::~TickReader() = default;

Result<TickReader> TickReader::open(const std::filesystem::path& path) {
    TRY(LineReader lines, open_lines(path));
    return open(std::move(lines));
}

Result<TickReader> TickReader::open(LineReader lines) {
    const std::filesystem::path path = lines.path();
    Sample sample{path, lines.inner_name(), {}};
    TRY(sample.lines, lines.peek(20));
    if (sample.lines.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: the file holds no rows; export or download it again", path.string()));
    auto state = std::make_unique<State>(std::move(lines));
    TRY(state->layout, open_by_header(sample, {}, ""));
    if (state->layout.kind != RowKind::ticks)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}, line 1: holds bars, but ticks with the columns time,bid,ask are expected here", path.string()));
    state->contract_order = sample.lines[0] == "time,bid,ask" || sample.lines[0] == "time,bid,ask,bid_size,ask_size";
    state->columns = static_cast<std::size_t>(std::ranges::count(sample.lines[0], ',')) + 1;
    std::string_view header;
    TRY_VOID(state->lines.next(header));
    return TickReader(std::move(state));
}

Result<std::size_t> TickReader::next(TickColumns& batch, std::size_t rows_max) {
    State& s = *state_;
    batch.clear();
    std::string_view line;
    while (batch.size() < rows_max) {
        TRY(const bool more, s.lines.next(line));
        if (!more) break;
        if (line.empty()) continue;
        Tick tick;
        if (!s.contract_order || !s.read_fast(line, tick)) {
            tick = {};
            TRY_VOID(s.read_carefully(line, tick));
        }
        if (tick.time < s.previous.time)
            return refuse_row(s.lines, fmt::format("column time: {} is earlier than the row before; sort the file by time",
                                                   to_iso8601(tick.time)));
        if (tick.ask < tick.bid) return refuse_row(s.lines, describe_crossed("bid", tick.bid, "ask", tick.ask));
        s.previous = tick;
        batch.append(tick);
    }
    batch.digits = s.digits;
    return batch.size();
}

}  // namespace aitrading::market
