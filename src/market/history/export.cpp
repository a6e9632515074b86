#include "market/history/export.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "market/history/whole_file.hpp"

#include "market/history/book_csv.hpp"

namespace aitrading::market {
namespace {

void append_price(std::string& out, Price price, int digits) {
    out += ',';
    out += to_decimal(price, digits);
}

/// As few decimals as the quantity needs.
void append_quantity(std::string& out, Quantity quantity) {
    int digits = 6;
    for (std::int64_t rest = quantity.raw; digits > 0 && rest % 10 == 0; rest /= 10) --digits;
    out += ',';
    out += to_decimal(quantity, digits);
}

Result<void> write_book(const ports::SeriesStore& store, const SeriesKey& key, WholeFile& file) {
    TRY(const auto cursor, store.open_book(key, {}, 16'384));
    BookRows batch;
    while (true) {
        TRY(const bool more, cursor->next(batch));
        if (!more) return {};
        std::string text;
        append_csv(text, batch);
        TRY_VOID(file.write(text));
    }
}

}  // namespace

std::string csv_header(const SeriesInfo& info) {
    if (info.key.timeframe == book_timeframe) return std::string(book_csv_header());
    if (info.key.timeframe == Timeframe::ticks) return "time,bid,ask,bid_size,ask_size\n";
    std::string out = "time,open,high,low,close,volume";
    if (info.has_ask) out += ",ask_open,ask_high,ask_low,ask_close";
    if (info.has_spread) out += ",spread";
    return out + '\n';
}

void append_csv(std::string& out, const BarColumns& b) {
    for (std::size_t i = 0; i < b.size(); ++i) {
        out += to_iso8601(b.time[i]);
        for (const auto* column : {&b.open, &b.high, &b.low, &b.close}) append_price(out, (*column)[i], b.digits);
        append_quantity(out, b.volume[i]);
        if (b.has_ask())
            for (const auto* column : {&b.ask_open, &b.ask_high, &b.ask_low, &b.ask_close})
                append_price(out, (*column)[i], b.digits);
        if (b.has_spread()) append_price(out, b.spread[i], b.digits);
        out += '\n';
    }
}

void append_csv(std::string& out, const TickColumns& t) {
    for (std::size_t i = 0; i < t.size(); ++i) {
        out += to_iso8601(t.time[i]);
        append_price(out, t.bid[i], t.digits);
        append_price(out, t.ask[i], t.digits);
        append_quantity(out, t.bid_size[i]);
        append_quantity(out, t.ask_size[i]);
        out += '\n';
    }
}

Result<std::int64_t> export_csv(const ports::SeriesStore& store, const SeriesKey& key, const std::filesystem::path& out) {
    constexpr std::size_t batch_rows = 16'384;
    TRY(const SeriesInfo info, store.describe(key));
    WholeFile file(out);
    TRY_VOID(file.write(csv_header(info)));
    if (key.timeframe == book_timeframe) {
        TRY_VOID(write_book(store, key, file));
        TRY_VOID(file.finish());
        return info.rows;
    }
    std::int64_t rows = 0;
    Result<void> written;
    std::string text;
    const auto take = [&](const auto& batch) {
        text.clear();
        append_csv(text, batch);
        rows += static_cast<std::int64_t>(batch.size());
        written = file.write(text);
        return written.has_value();
    };
    TRY_VOID(key.timeframe == Timeframe::ticks ? store.stream_ticks(key, {}, batch_rows, take)
                                               : store.stream_bars(key, {}, batch_rows, take));
    TRY_VOID(std::move(written));
    TRY_VOID(file.finish());
    return rows;
}

}  // namespace aitrading::market
