#include "engines/series_store/parquet/columns.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"

namespace aitrading::engines {
namespace {

constexpr int price_digits_max = 9;  // Price counts billionths

std::int64_t price_unit(int digits) {
    std::int64_t unit = 1;
    for (int i = digits; i < price_digits_max; ++i) unit *= 10;
    return unit;
}

using PriceSpan = std::span<const Price>;

/// Fewest digits, at least `digits`, that hold every price exactly.
int exact_digits(int digits, std::span<const PriceSpan> columns) {
    digits = std::clamp(digits, 0, price_digits_max);
    std::int64_t unit = price_unit(digits);
    for (const PriceSpan& column : columns)
        for (const Price price : column)
            while (price.raw % unit != 0) {
                ++digits;
                unit /= 10;
            }
    return digits;
}

template <class T>
void add_column(IntegerColumns& out, const char* column_name, std::span<const T> values, std::int64_t unit) {
    out.names.emplace_back(column_name);
    std::vector<std::int64_t>& target = out.values.emplace_back(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if constexpr (requires { values[i].raw; })
            target[i] = values[i].raw / unit;
        else
            target[i] = values[i].value / unit;
    }
}

std::int64_t count_of(UnixNanos time) { return time.value; }
std::int64_t count_of(Quantity quantity) { return quantity.raw; }

/// The largest power of ten, at most a billion, that divides every value.
template <class T>
std::int64_t coarsest_unit(std::initializer_list<std::span<const T>> columns) {
    std::int64_t unit = 1'000'000'000;
    for (const auto& column : columns)
        for (const T value : column)
            while (count_of(value) % unit != 0) unit /= 10;
    return unit;
}

template <class T>
std::span<const T> cut(const std::vector<T>& column, std::size_t from, std::size_t to) {
    return column.empty() ? std::span<const T>{} : std::span<const T>(column).subspan(from, to - from);
}

template <class T>
void append_column(std::vector<T>& out, const std::int64_t* values, std::size_t count, std::int64_t unit) {
    const std::size_t old = out.size();
    out.resize(old + count);
    for (std::size_t i = 0; i < count; ++i) out[old + i] = T{values[i] * unit};
}

/// The price columns of bars with the names under which they are stored.
template <class Bars>
auto price_columns(Bars& bars) {
    return std::array{std::pair{"open", &bars.open},         std::pair{"high", &bars.high},
                      std::pair{"low", &bars.low},           std::pair{"close", &bars.close},
                      std::pair{"ask_open", &bars.ask_open}, std::pair{"ask_high", &bars.ask_high},
                      std::pair{"ask_low", &bars.ask_low},   std::pair{"ask_close", &bars.ask_close},
                      std::pair{"spread", &bars.spread}};
}

bool stored(const SeriesInfo& info, std::size_t price_column) {
    if (price_column < 4) return true;
    return price_column < 8 ? info.has_ask : info.has_spread;
}

}  // namespace

IntegerColumns to_integers(const BarColumns& bars, std::size_t from, std::size_t to) {
    std::vector<PriceSpan> prices;
    for (const auto& [column_name, column] : price_columns(bars)) {
        CHECK(column->empty() || column->size() == bars.size());
        prices.push_back(cut(*column, from, to));
    }
    CHECK(bars.volume.size() == bars.size());
    IntegerColumns out;
    out.units.price_digits = exact_digits(bars.digits, prices);
    if (from < to) {
        out.first = bars.time[from];
        out.last = bars.time[to - 1];
    }
    add_column(out, "time", cut(bars.time, from, to), 1);
    const auto columns = price_columns(bars);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (!columns[i].second->empty()) add_column(out, columns[i].first, prices[i], price_unit(out.units.price_digits));
    add_column(out, "volume", cut(bars.volume, from, to), 1);
    return out;
}

IntegerColumns to_integers(const TickColumns& ticks, int digits) {
    const std::array prices{PriceSpan(ticks.bid), PriceSpan(ticks.ask)};
    IntegerColumns out;
    out.units.price_digits = exact_digits(digits, prices);
    out.units.time_unit = coarsest_unit({std::span<const UnixNanos>(ticks.time)});
    out.units.size_unit = coarsest_unit(
        {std::span<const Quantity>(ticks.bid_size), std::span<const Quantity>(ticks.ask_size)});
    if (ticks.size() > 0) {
        out.first = ticks.time.front();
        out.last = ticks.time.back();
    }
    const std::int64_t unit = price_unit(out.units.price_digits);
    add_column(out, "time", std::span<const UnixNanos>(ticks.time), out.units.time_unit);
    add_column(out, "bid", prices[0], unit);
    add_column(out, "spread", prices[1], unit);
    std::vector<std::int64_t>& spread = out.values.back();
    for (std::size_t i = 0; i < spread.size(); ++i) spread[i] -= out.values[1][i];
    add_column(out, "bid_size", std::span<const Quantity>(ticks.bid_size), out.units.size_unit);
    add_column(out, "ask_size", std::span<const Quantity>(ticks.ask_size), out.units.size_unit);
    return out;
}

std::vector<std::string> bar_column_names(const SeriesInfo& info) {
    std::vector<std::string> names{"time"};
    const BarColumns none;
    const auto columns = price_columns(none);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (stored(info, i)) names.emplace_back(columns[i].first);
    names.emplace_back("volume");
    return names;
}

const std::vector<std::string>& tick_column_names(int version) {
    static const std::vector<std::string> first{"time", "bid", "ask", "bid_size", "ask_size"};
    static const std::vector<std::string> second{"time", "bid", "spread", "bid_size", "ask_size"};
    return version == 1 ? first : second;
}

void append_integers(BarColumns& out, const SeriesInfo& info, int price_digits,
                     const std::vector<const std::int64_t*>& columns, std::size_t from, std::size_t count) {
    const std::int64_t unit = price_unit(price_digits);
    std::size_t next = 0;
    append_column(out.time, columns[next++] + from, count, 1);
    const auto prices = price_columns(out);
    for (std::size_t i = 0; i < prices.size(); ++i)
        if (stored(info, i)) append_column(*prices[i].second, columns[next++] + from, count, unit);
    append_column(out.volume, columns[next] + from, count, 1);
}

void append_integers(TickColumns& out, int version, const Units& units,
                     const std::vector<const std::int64_t*>& columns, std::size_t from, std::size_t count) {
    const std::int64_t unit = price_unit(units.price_digits);
    append_column(out.time, columns[0] + from, count, units.time_unit);
    append_column(out.bid, columns[1] + from, count, unit);
    append_column(out.ask, columns[2] + from, count, unit);
    if (version > 1)
        for (std::size_t i = out.ask.size() - count; i < out.ask.size(); ++i) out.ask[i] += out.bid[i];
    append_column(out.bid_size, columns[3] + from, count, units.size_unit);
    append_column(out.ask_size, columns[4] + from, count, units.size_unit);
}

void reserve_rows(BarColumns& out, const SeriesInfo& info, std::size_t rows) {
    out.time.reserve(rows);
    out.volume.reserve(rows);
    const auto prices = price_columns(out);
    for (std::size_t i = 0; i < prices.size(); ++i)
        if (stored(info, i)) prices[i].second->reserve(rows);
}

void clear_rows(BarColumns& out) {
    out.time.clear();
    out.volume.clear();
    for (const auto& [column_name, column] : price_columns(out)) column->clear();
}

}  // namespace aitrading::engines
