#include "market/history/table_parser.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.hpp"
#include "market/history/decimal.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t fields_max = 64;
constexpr int price_digits = 9, quantity_digits = 6;

std::string_view status_kind(DecimalStatus status) {
    switch (status) {
        case DecimalStatus::ok: return "";
        case DecimalStatus::missing: return "missing_value";
        case DecimalStatus::nan: return "nan";
        case DecimalStatus::not_a_number: return "not_a_number";
        case DecimalStatus::too_large: return "too_large";
    }
    return "not_a_number";
}

class TableParser final : public RowParser {
  public:
    explicit TableParser(TableShape shape) : shape_(std::move(shape)), stamps_(shape_.date_order) {
        CHECK(shape_.columns.size() <= fields_max);
        for (std::size_t i = 0; i < shape_.columns.size(); ++i)
            if (shape_.columns[i].role != Role::ignore) used_.push_back(i);
        for (std::int64_t unit = shape_.point_raw; unit > 0 && unit % Price::scale != 0; unit *= 10) ++point_decimals_;
    }

    RowFault parse(std::string_view line, ParsedRow& row) override {
        std::array<std::string_view, fields_max> fields;
        const std::size_t count = split_fields(line, shape_.delimiter, fields);
        const std::size_t wanted = shape_.columns.size();
        const bool fits = count == wanted || (shape_.may_lack_last && count + 1 == wanted) ||
                          (shape_.may_exceed && count == wanted + 1);
        if (!fits) return {"wrong_columns", shape_.columns.back().name, line.substr(0, 60)};
        row = {};
        date_ = clock_ = {};
        for (const std::size_t i : used_) {
            if (i >= count) break;
            if (const std::string_view kind = take(shape_.columns[i].role, fields[i], row); !kind.empty())
                return {kind == "missing_value" && lacks_all_prices(fields, count) ? "no_value" : kind, shape_.columns[i].name,
                        fields[i]};
        }
        fill_lacking(row);
        if (date_.data() != nullptr && !stamps_.parse(date_, clock_, row.stamp)) return {"not_a_time", "date", date_};
        return {};
    }

  private:
    bool lacks_all_prices(std::span<const std::string_view> fields, std::size_t count) const {
        for (const std::size_t i : used_) {
            const Role role = shape_.columns[i].role;
            if (role < Role::open || role > Role::ask || i >= count) continue;
            if (parse_price(fields[i]).status != DecimalStatus::missing) return false;
        }
        return true;
    }

    void fill_lacking(ParsedRow& row) const {
        if (shape_.lacks == TableShape::Lacks::nothing) return;
        if (shape_.lacks == TableShape::Lacks::all_but_close) row.bid[0] = row.bid[3];
        row.bid[1] = std::max(row.bid[0], row.bid[3]);
        row.bid[2] = std::min(row.bid[0], row.bid[3]);
    }

    Decimal parse_price(std::string_view text) const {
        // FRED writes a dot for a day without a value.
        if (text == "." && shape_.lacks == TableShape::Lacks::all_but_close) return {};
        return parse_decimal(text, price_digits, shape_.decimal_point, shape_.thousands);
    }

    std::string_view take(Role role, std::string_view text, ParsedRow& row) {
        switch (role) {
            case Role::ignore: return {};
            case Role::time: return stamps_.parse(text, row.stamp) ? "" : "not_a_time";
            case Role::date: date_ = text; return {};
            case Role::clock: clock_ = text; return {};
            case Role::ms_of_day: return take_ms(text, row.stamp);
            case Role::open: return take_price(text, row.bid[0], row);
            case Role::high: return take_price(text, row.bid[1], row);
            case Role::low: return take_price(text, row.bid[2], row);
            case Role::close:
            case Role::bid: return take_price(text, row.bid[3], row);
            case Role::ask_open: return take_price(text, row.ask[0], row);
            case Role::ask_high: return take_price(text, row.ask[1], row);
            case Role::ask_low: return take_price(text, row.ask[2], row);
            case Role::ask_close:
            case Role::ask: return take_price(text, row.ask[3], row);
            case Role::volume: return take_quantity(text, row.volume);
            case Role::ask_volume: return take_quantity(text, row.ask_volume);
            case Role::spread: return take_spread(text, row);
            case Role::symbol: row.symbol = text; return {};
        }
        return {};
    }

    std::string_view take_price(std::string_view text, Price& out, ParsedRow& row) const {
        const Decimal value = parse_price(text);
        if (value.status != DecimalStatus::ok) return status_kind(value.status);
        if (value.scaled <= 0 && !shape_.may_be_negative) return value.scaled == 0 ? "zero" : "negative";
        out.raw = value.scaled;
        if (shape_.point_raw > 0) {
            const std::int64_t points = (value.scaled + Price::scale / 2) / Price::scale;
            if (points == 0 || points > INT64_MAX / shape_.point_raw) return points == 0 ? "zero" : "too_large";
            out.raw = points * shape_.point_raw;
            row.decimals = point_decimals_;
            return {};
        }
        if (value.decimals > row.decimals) row.decimals = value.decimals;
        return {};
    }

    std::string_view take_quantity(std::string_view text, Quantity& out) const {
        std::int64_t unit = 1;
        if (!text.empty()) unit = text.back() == 'K' ? 1'000 : text.back() == 'M' ? 1'000'000 : text.back() == 'B' ? 1'000'000'000 : 1;
        if (unit > 1) text.remove_suffix(1);
        const Decimal value = parse_decimal(text, quantity_digits, shape_.decimal_point, shape_.thousands);
        if (value.status == DecimalStatus::missing || value.status == DecimalStatus::nan) return {};  // not counted: 0
        if (value.status != DecimalStatus::ok) return status_kind(value.status);
        if (value.scaled > INT64_MAX / unit) return "too_large";
        out.raw = value.scaled * unit;
        return value.scaled < 0 ? "negative" : "";
    }

    std::string_view take_spread(std::string_view text, ParsedRow& row) const {
        const Decimal value = parse_decimal(text, price_digits, shape_.decimal_point);
        if (value.status != DecimalStatus::ok) return status_kind(value.status);
        constexpr std::int64_t most = 1'000'000'000 * Price::scale;  // points, and no price is wider
        row.spread.raw = value.scaled;
        const std::size_t point = text.find(shape_.decimal_point);
        row.spread_decimals = point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
        return value.scaled < 0 ? "negative" : value.scaled > most ? "too_large" : "";
    }

    std::string_view take_ms(std::string_view text, Stamp& out) const {
        const Decimal value = parse_decimal(text, 6);
        if (value.status != DecimalStatus::ok || value.scaled < 0 || value.scaled >= nanos_per_day) return "not_a_time";
        out.wall_nanos = shape_.day_nanos + value.scaled;
        return {};
    }

    TableShape shape_;
    std::vector<std::size_t> used_;
    StampParser stamps_;
    std::string_view date_, clock_;
    int point_decimals_ = 0;
};

std::size_t split_quoted(std::string_view line, char delimiter, std::span<std::string_view> fields) {
    std::size_t count = 0;
    while (true) {
        std::string_view field;
        std::size_t stop = std::string_view::npos;
        if (line.starts_with('"')) {
            const std::size_t quote = line.find('"', 1);
            field = line.substr(1, quote == std::string_view::npos ? quote : quote - 1);
            stop = line.find(delimiter, quote == std::string_view::npos ? line.size() : quote);
        } else {
            stop = line.find(delimiter);
            field = line.substr(0, stop);
        }
        if (count < fields.size()) fields[count] = field;
        ++count;
        if (stop == std::string_view::npos) return count;
        line.remove_prefix(stop + 1);
    }
}

}  // namespace

std::unique_ptr<RowParser> make_table_parser(TableShape shape) {
    return std::make_unique<TableParser>(std::move(shape));
}

std::size_t split_fields(std::string_view line, char delimiter, std::span<std::string_view> fields) {
    if (line.find('"') != std::string_view::npos) return split_quoted(line, delimiter, fields);
    std::size_t count = 0;
    const char* at = line.data();
    const char* const end = at + line.size();
    while (true) {
        const char* stop = at;
        while (stop != end && *stop != delimiter) ++stop;
        if (count < fields.size()) fields[count] = {at, static_cast<std::size_t>(stop - at)};
        ++count;
        if (stop == end) return count;
        at = stop + 1;
    }
}

bool looks_numeric(std::string_view text) { return parse_decimal(text, 0).status == DecimalStatus::ok; }

}  // namespace aitrading::market
