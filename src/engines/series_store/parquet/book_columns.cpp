#include "engines/series_store/parquet/book_columns.hpp"

#include <algorithm>
#include <functional>

namespace aitrading::engines {
namespace {

constexpr std::int64_t largest_unit = 1'000'000'000;

/// The largest power of ten, at most a billion, that divides `count_of(row)` of every row.
template <class Count>
std::int64_t coarsest_unit(const std::vector<BookEvent>& rows, Count count_of) {
    std::int64_t unit = largest_unit;
    for (const BookEvent& row : rows)
        while (count_of(row) % unit != 0) unit /= 10;
    return unit;
}

std::int64_t flags_of(const BookEvent& row) {
    return static_cast<std::int64_t>(row.kind) + 8 * static_cast<std::int64_t>(row.side) + (row.last_of_message ? 16 : 0);
}

/// Unsigned arithmetic: ids of a damaged file must not be undefined.
std::int64_t minus(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t times(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

}  // namespace

IntegerColumns to_integers(const BookRows& book, int digits) {
    IntegerColumns out;
    std::int64_t price_unit = coarsest_unit(book.rows, [](const BookEvent& row) { return row.price.raw; });
    out.units.price_digits = 9;
    for (std::int64_t unit = price_unit; unit > 1 && out.units.price_digits > digits; unit /= 10) --out.units.price_digits;
    price_unit = 1;
    for (int i = out.units.price_digits; i < 9; ++i) price_unit *= 10;
    out.units.time_unit = coarsest_unit(book.rows, [](const BookEvent& row) { return row.time.value; });
    out.units.size_unit = coarsest_unit(book.rows, [](const BookEvent& row) { return row.quantity.raw; });
    if (!book.rows.empty()) {
        out.first = book.rows.front().time;
        out.last = book.rows.back().time;
    }
    out.names = book_column_names();
    out.values.resize(out.names.size());
    for (auto& column : out.values) column.reserve(book.size());
    for (const BookEvent& row : book.rows) {
        out.values[0].push_back(row.time.value / out.units.time_unit);
        out.values[1].push_back(minus(row.time.value, row.exchange_time.value));
        out.values[2].push_back(row.last_id);
        out.values[3].push_back(minus(row.last_id, row.first_id));
        out.values[4].push_back(minus(row.first_id, row.previous_id));
        out.values[5].push_back(flags_of(row));
        out.values[6].push_back(row.price.raw / price_unit);
        out.values[7].push_back(row.quantity.raw / out.units.size_unit);
    }
    return out;
}

const std::vector<std::string>& book_column_names() {
    static const std::vector<std::string> names{"time",    "delay", "last_id", "covered",
                                                "skipped", "flags", "price",   "quantity"};
    return names;
}

void BookFormat::prepare(BookRows& batch, const Manifest& manifest) {
    batch.key = manifest.info.key;
    batch.digits = manifest.info.digits;
    batch.rows.clear();
}

void BookFormat::append(BookRows& batch, const PartReader& reader, std::size_t from, std::size_t count) {
    const Units units = reader.units();
    std::int64_t price_unit = 1;
    for (int i = units.price_digits; i < 9; ++i) price_unit *= 10;
    const auto& columns = reader.columns();
    for (std::size_t i = from; i < from + count; ++i) {
        BookEvent& row = batch.rows.emplace_back();
        row.time.value = times(columns[0][i], units.time_unit);
        row.exchange_time.value = minus(row.time.value, columns[1][i]);
        row.last_id = columns[2][i];
        row.first_id = minus(row.last_id, columns[3][i]);
        row.previous_id = minus(row.first_id, columns[4][i]);
        const std::int64_t flags = columns[5][i];
        row.kind = static_cast<BookKind>(std::clamp<std::int64_t>(flags & 7, 0, static_cast<int>(BookKind::mark)));
        row.side = (flags & 8) != 0 ? BookSide::ask : BookSide::bid;
        row.last_of_message = (flags & 16) != 0;
        row.price.raw = times(columns[6][i], price_unit);
        row.quantity.raw = times(columns[7][i], units.size_unit);
    }
}

}  // namespace aitrading::engines
