#include "proving/backtest/service/input_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "proving/backtest/service/csv_rows.hpp"

namespace aitrading::backtest {
namespace {

constexpr std::size_t batch_rows = 65'536;
constexpr int rows_inspected = 1'000;

/// A column of the file and where its values go.
template <class Value>
struct Field {
    int column = -1;
    std::string_view name;
    std::vector<Value>* to = nullptr;
};

template <class Value>
Result<void> read_value(const CsvRows& rows, const Field<Value>& field) {
    std::int64_t billionths = 0;
    int decimals = 0;
    const std::string_view text = rows.field(field.column);
    if (!read_decimal(text, billionths, decimals)) return rows.refuse(field.name, text, "a plain decimal number");
    field.to->push_back({billionths / (1'000'000'000 / Value::scale)});
    return {};
}

Result<void> read_time(const CsvRows& rows, int column, TimeReader& reader, UnixNanos& out) {
    if (reader.read(rows.field(column), out)) return {};
    return rows.refuse("time", rows.field(column), "a time such as 2018-02-01T13:30:00Z or UNIX seconds");
}

/// Streams batches of `Columns`; `fields_of` says which columns of the file go where.
template <class Columns, class FieldsOf>
Result<void> stream(const InputFile& input, const SeriesKey& key, TimeRange range,
                    const std::function<bool(const Columns&)>& sink, const FieldsOf& fields_of) {
    TRY(CsvRows rows, CsvRows::open(input.path));
    const int time_column = rows.column("time");
    TimeReader reader;
    Columns batch;
    batch.key = key;
    batch.digits = input.digits;
    auto [prices, quantities] = fields_of(rows, batch);
    int last = time_column;
    for (const auto& f : prices) last = std::max(last, f.column);
    for (const auto& f : quantities) last = std::max(last, f.column);
    rows.need(static_cast<std::size_t>(last) + 1);
    for (;;) {
        TRY(const bool any, rows.next());
        if (batch.size() == batch_rows || (!any && batch.size() > 0)) {
            if (!sink(batch)) return {};
            batch.time.clear();
            for (const auto& f : prices) f.to->clear();
            for (const auto& f : quantities) f.to->clear();
        }
        if (!any) return {};
        UnixNanos time;
        TRY_VOID(read_time(rows, time_column, reader, time));
        if (!range.contains(time)) continue;
        batch.time.push_back(time);
        for (const auto& f : prices) TRY_VOID(read_value(rows, f));
        for (const auto& f : quantities) {
            if (f.column < 0) f.to->push_back({});
            else TRY_VOID(read_value(rows, f));
        }
    }
}

std::int64_t most_frequent(const std::map<std::int64_t, int>& counts) {
    const auto it = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    return it == counts.end() ? 0 : it->first;
}

}  // namespace

Result<InputFile> inspect_input(const std::filesystem::path& path) {
    TRY(CsvRows rows, CsvRows::open(path));
    InputFile out{.path = path};
    out.ticks = rows.column("bid") >= 0 && rows.column("ask") >= 0;
    std::vector<std::string_view> needed{"time", "open", "high", "low", "close"};
    if (out.ticks) needed = {"time", "bid", "ask"};
    for (const std::string_view name : needed)
        if (rows.column(name) < 0)
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: line 1 has no column \"{}\"; expected a header time,open,high,low,close[,volume]"
                                    "[,spread] or time,bid,ask (other layouts: aitrading data import)",
                                    path.string(), name));
    TimeReader reader;
    UnixNanos last{};
    std::map<std::int64_t, int> distances;
    int count = 0;
    for (; count < rows_inspected; ++count) {
        TRY(const bool any, rows.next());
        if (!any) break;
        UnixNanos time;
        TRY_VOID(read_time(rows, rows.column("time"), reader, time));
        for (std::size_t i = 1; i < needed.size(); ++i) {
            std::int64_t billionths = 0;
            int decimals = 0;
            const std::string_view text = rows.field(rows.column(needed[i]));
            if (!read_decimal(text, billionths, decimals)) return rows.refuse(needed[i], text, "a plain decimal number");
            out.digits = std::max(out.digits, decimals);
        }
        if (count > 0 && time > last) ++distances[time.value - last.value];
        last = time;
    }
    if (count == 0) return fail(ErrorCode::bad_input, fmt::format("{}: a header but no rows", path.string()));
    if (!out.ticks) out.bar_nanos = most_frequent(distances);
    return out;
}

BarStream bars_of(const InputFile& input, const SeriesKey& key, TimeRange range) {
    return [=](const ports::BarSink& sink) {
        return stream<BarColumns>(input, key, range, sink, [](const CsvRows& rows, BarColumns& b) {
            std::vector<Field<Price>> prices{{rows.column("open"), "open", &b.open},
                                             {rows.column("high"), "high", &b.high},
                                             {rows.column("low"), "low", &b.low},
                                             {rows.column("close"), "close", &b.close}};
            const bool ask = rows.column("ask_open") >= 0 && rows.column("ask_high") >= 0 &&
                             rows.column("ask_low") >= 0 && rows.column("ask_close") >= 0;
            if (ask) {
                prices.push_back({rows.column("ask_open"), "ask_open", &b.ask_open});
                prices.push_back({rows.column("ask_high"), "ask_high", &b.ask_high});
                prices.push_back({rows.column("ask_low"), "ask_low", &b.ask_low});
                prices.push_back({rows.column("ask_close"), "ask_close", &b.ask_close});
            } else if (rows.column("spread") >= 0) {
                prices.push_back({rows.column("spread"), "spread", &b.spread});
            }
            return std::pair{prices, std::vector<Field<Quantity>>{{rows.column("volume"), "volume", &b.volume}}};
        });
    };
}

TickStream ticks_of(const InputFile& input, const SeriesKey& key, TimeRange range) {
    return [=](const ports::TickSink& sink) {
        return stream<TickColumns>(input, key, range, sink, [](const CsvRows& rows, TickColumns& t) {
            return std::pair{std::vector<Field<Price>>{{rows.column("bid"), "bid", &t.bid},
                                                       {rows.column("ask"), "ask", &t.ask}},
                             std::vector<Field<Quantity>>{}};
        });
    };
}

}  // namespace aitrading::backtest
