#include "market/history/bar_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "market/history/header.hpp"
#include "market/history/refuse_row.hpp"
#include "market/history/soundness.hpp"
#include "market/history/spread_column.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t rows_ahead = 1'000;

void clear_rows(BarColumns& bars) {
    bars.time.clear();
    for (auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.ask_open, &bars.ask_high, &bars.ask_low,
                         &bars.ask_close, &bars.spread})
        column->clear();
    bars.volume.clear();
}

}  // namespace

struct BarReader::State {
    explicit State(LineReader reader) : lines(std::move(reader)) {}

    LineReader lines;
    OpenLayout layout;
    int digits = 0;
    UnixNanos previous{INT64_MIN};
    BarColumns ahead;  ///< first rows, read to learn what a spread is
    std::size_t served = 0;
    bool has_spread = false, spread_counts_points = false;
    Price point;

    /// The next sound row; false at the end.
    Result<bool> read(ParsedRow& row) {
        std::string_view line;
        do {
            TRY(const bool more, lines.next(line));
            if (!more) return false;
        } while (line.empty());
        RowFault fault = layout.parser->parse(line, row);
        if (!fault) fault = find_unsound(RowKind::bars, row, layout.has_ask);
        if (fault) return refuse_row(lines, describe_fault(fault, '.'));
        static constexpr std::array<std::string_view, 4> names{"open", "high", "low", "close"};
        for (std::size_t i = 0; i < names.size() && layout.has_ask; ++i)
            if (row.ask[i] < row.bid[i])
                return refuse_row(lines, describe_crossed(names[i], row.bid[i], fmt::format("ask_{}", names[i]), row.ask[i]));
        const UnixNanos time = time_of(row);
        if (time <= previous)
            return refuse_row(lines, fmt::format("column time: {} is not after the row before; sort the file by time and "
                                                 "remove what is doubled", to_iso8601(time)));
        previous = time;
        digits = std::max(digits, std::min(row.decimals, 9));
        return true;
    }

    static UnixNanos time_of(const ParsedRow& row) {
        return {row.stamp.wall_nanos - row.stamp.offset_minutes * nanos_per_minute};
    }

    void put(const ParsedRow& row, BarColumns& bars) const {
        bars.append({time_of(row), row.bid[0], row.bid[1], row.bid[2], row.bid[3], row.volume});
        if (!layout.has_ask) return;
        bars.ask_open.push_back(row.ask[0]);
        bars.ask_high.push_back(row.ask[1]);
        bars.ask_low.push_back(row.ask[2]);
        bars.ask_close.push_back(row.ask[3]);
    }

    Result<void> look_ahead() {
        SpreadColumn spread;
        ParsedRow row;
        while (ahead.size() < rows_ahead) {
            TRY(const bool more, read(row));
            if (!more) break;
            put(row, ahead);
            if (has_spread) spread.add(row);
        }
        spread_counts_points = spread.counts_points(digits);
        point = point_of_digits(digits);
        for (const Price written : spread.written())
            ahead.spread.push_back(spread_counts_points ? SpreadColumn::from_points(written, point) : written);
        return {};
    }

    Result<void> put_spread(const ParsedRow& row, BarColumns& bars) const {
        if (spread_counts_points && (row.spread.raw % Price::scale != 0 || point_of_digits(digits) < point))
            return refuse_row(lines, fmt::format("column spread: the first {} rows count points of {}, this one does not",
                                                 rows_ahead, to_decimal(point, 9)));
        bars.spread.push_back(spread_counts_points ? SpreadColumn::from_points(row.spread, point) : row.spread);
        return {};
    }

    /// Hands out what was read ahead.
    void serve(BarColumns& batch, std::size_t rows_max) {
        const std::size_t end = std::min(ahead.size(), served + rows_max);
        BarColumns part = ahead.slice(served, end);
        part.key = std::move(batch.key);
        batch = std::move(part);
        served = end;
        if (served == ahead.size()) ahead = {};
    }
};

BarReader::BarReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
BarReader::BarReader(BarReader&&) noexcept = default;
BarReader& BarReader::operator=(BarReader&&) noexcept = default;
BarReader::~BarReader() = default;

Result<BarReader> BarReader::open(const std::filesystem::path& path) {
    TRY(LineReader lines, open_lines(path));
    return open(std::move(lines));
}

Result<BarReader> BarReader::open(LineReader lines) {
    const std::filesystem::path path = lines.path();
    Sample sample{path, lines.inner_name(), {}};
    TRY(sample.lines, lines.peek(20));
    if (sample.lines.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: the file holds no rows; export or download it again", path.string()));
    auto state = std::make_unique<State>(std::move(lines));
    TRY(state->layout, open_by_header(sample, {}, ""));
    if (state->layout.kind != RowKind::bars)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}, line 1: holds ticks, but bars with the columns time,open,high,low,close are expected here",
                                path.string()));
    state->has_spread = state->layout.has_spread;
    std::string_view header;
    TRY_VOID(state->lines.next(header));
    TRY_VOID(state->look_ahead());
    return BarReader(std::move(state));
}

Result<std::size_t> BarReader::next(BarColumns& batch, std::size_t rows_max) {
    State& s = *state_;
    clear_rows(batch);
    if (s.served < s.ahead.size()) s.serve(batch, rows_max);
    ParsedRow row;
    while (batch.size() < rows_max) {
        TRY(const bool more, s.read(row));
        if (!more) break;
        s.put(row, batch);
        if (s.has_spread) TRY_VOID(s.put_spread(row, batch));
    }
    batch.digits = s.digits;
    return batch.size();
}

}  // namespace aitrading::market
