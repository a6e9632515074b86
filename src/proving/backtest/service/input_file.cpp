#include "proving/backtest/service/input_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "market/history/bar_reader.hpp"
#include "market/history/bars_csv.hpp"
#include "market/history/layout.hpp"
#include "market/history/tick_reader.hpp"

namespace aitrading::backtest {
namespace {

constexpr std::size_t batch_rows = 65'536;
constexpr std::size_t rows_inspected = 1'000;

std::int64_t most_frequent_step(const std::vector<UnixNanos>& time) {
    std::map<std::int64_t, int> counts;
    for (std::size_t i = 1; i < std::min(time.size(), rows_inspected); ++i) ++counts[time[i].value - time[i - 1].value];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    return most == counts.end() ? nanos_per_hour : most->first;
}

BarColumns rows_of(const BarColumns& batch, std::size_t from, std::size_t to) { return batch.slice(from, to); }
TickColumns rows_of(const TickColumns& batch, std::size_t from, std::size_t to) {
    TickColumns out;
    out.key = batch.key;
    out.digits = batch.digits;
    for (std::size_t i = from; i < to; ++i) out.append(batch.tick(i));
    return out;
}

/// Hands on what of the batch lies in `range`; false where nothing after it can.
template <class Columns, class Sink>
bool pass_on(const Columns& batch, TimeRange range, const Sink& sink) {
    const auto place = [&](UnixNanos time) {
        return static_cast<std::size_t>(std::ranges::lower_bound(batch.time, time) - batch.time.begin());
    };
    const std::size_t from = place(range.from), to = place(range.to);
    if (from == 0 && to == batch.size()) return sink(batch);
    if (from < to && !sink(rows_of(batch, from, to))) return false;
    return to == batch.size();
}

template <class Reader, class Columns, class Sink>
Result<void> stream_rows(const std::filesystem::path& path, const SeriesKey& key, TimeRange range, const Sink& sink) {
    TRY(Reader reader, Reader::open(path));
    Columns batch;
    batch.key = key;
    while (true) {
        TRY(const std::size_t rows, reader.next(batch, batch_rows));
        if (rows == 0 || !pass_on(batch, range, sink)) return {};
    }
}

Result<void> inspect_bars(InputFile& out, const market::Layout& layout) {
    BarColumns bars;
    if (&layout == &market::generic_layout) {
        TRY(market::BarReader reader, market::BarReader::open(out.path));
        TRY_VOID(reader.next(bars, rows_inspected));
    } else {
        TRY(bars, market::load_bars_csv(out.path));
    }
    out.two_sided = bars.has_ask() || bars.has_spread();
    out.digits = bars.digits;
    out.bar_nanos = most_frequent_step(bars.time);
    if (bars.size() == 0) return fail(ErrorCode::bad_input, fmt::format("{}: a header but no rows", out.path.string()));
    if (&layout != &market::generic_layout) out.loaded = std::make_shared<const BarColumns>(std::move(bars));
    return {};
}

Result<void> inspect_ticks(InputFile& out, const market::Layout& layout) {
    if (&layout != &market::generic_layout)
        return fail(ErrorCode::bad_input, fmt::format("{}: ticks in the layout {} are not read from a file; store them first: "
                                                      "aitrading data import {}", out.path.string(), layout.name, out.path.string()));
    TRY(market::TickReader reader, market::TickReader::open(out.path));
    TickColumns ticks;
    TRY_VOID(reader.next(ticks, rows_inspected));
    out.ticks = out.two_sided = true;
    out.digits = ticks.digits;
    if (ticks.size() == 0) return fail(ErrorCode::bad_input, fmt::format("{}: a header but no rows", out.path.string()));
    return {};
}

}  // namespace

Result<InputFile> inspect_input(const std::filesystem::path& path) {
    InputFile out;
    out.path = path;
    TRY(market::LineReader lines, market::open_lines(path));
    market::Sample sample{path, lines.inner_name(), {}};
    TRY(sample.lines, lines.peek(20));
    TRY(const market::Layout* const layout, market::find_layout("auto", sample, {}));
    out.symbol = market::symbol_in_name(sample);
    const auto opened = layout->open(sample, {}, out.symbol);
    if (!opened)
        return fail(opened.error().code, fmt::format("{} (options of `aitrading data import`, which stores the file; or give "
                                                     "it a header time,open,high,low,close or time,bid,ask)",
                                                     opened.error().text));
    if (out.symbol.empty()) out.symbol = path.stem().string();
    TRY_VOID(opened->kind == market::RowKind::ticks ? inspect_ticks(out, *layout) : inspect_bars(out, *layout));
    return out;
}

BarStream bars_of(const InputFile& input, const SeriesKey& key, TimeRange range) {
    if (!input.loaded)
        return [=](const ports::BarSink& sink) { return stream_rows<market::BarReader, BarColumns>(input.path, key, range, sink); };
    return [=](const ports::BarSink& sink) -> Result<void> {
        pass_on(*input.loaded, range, sink);
        return {};
    };
}

TickStream ticks_of(const InputFile& input, const SeriesKey& key, TimeRange range) {
    return [=](const ports::TickSink& sink) {
        return stream_rows<market::TickReader, TickColumns>(input.path, key, range, sink);
    };
}

}  // namespace aitrading::backtest
