#include "market/calendar/instruments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/check.hpp"
#include "market/calendar/session.hpp"

namespace aitrading::market {
namespace {

constexpr std::array<std::string_view, 6> class_names{"fx", "metal", "index", "energy", "crypto", "share"};
constexpr std::array<std::string_view, 7> days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> out;
    while (true) {
        const std::size_t at = text.find(separator);
        out.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return out;
        text.remove_prefix(at + 1);
    }
}

std::unexpected<Error> expected(std::string_view text, std::string_view what) {
    return fail(ErrorCode::bad_input, fmt::format("\"{}\" is not {}", text.substr(0, 60), what));
}

Result<double> number(std::string_view text, double low, double high) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= low && value <= high))
        return expected(text, fmt::format("a number from {} to {}", low, high));
    return value;
}

bool is_word(std::string_view text, std::size_t length_max) {
    return !text.empty() && text.size() <= length_max && std::ranges::none_of(text, [](char c) {
        return c == ',' || c == '"' || static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) == 127;
    });
}

std::string plain(double value) { return fmt::format("{}", value); }

}  // namespace

std::string_view name(InstrumentClass kind) { return class_names[static_cast<std::size_t>(kind)]; }

Price Instrument::point() const {
    Price out{Price::scale};
    for (int i = 0; i < digits; ++i) out.raw /= 10;
    return out;
}

const std::vector<std::string>& instrument_fields() {
    static const std::vector<std::string> fields{"symbol",        "name",    "class",    "base",       "quote",     "digits",
                                                 "pip",           "contract_size", "lot_min", "lot_step", "session", "holidays",
                                                 "swap_long",     "swap_short", "triple_day", "leverage", "aliases"};
    return fields;
}

std::string field_text(const Instrument& i, std::string_view field) {
    if (field == "symbol") return i.symbol;
    if (field == "name") return i.title;
    if (field == "class") return std::string(name(i.kind));
    if (field == "base") return i.base;
    if (field == "quote") return i.quote;
    if (field == "digits") return fmt::format("{}", i.digits);
    if (field == "pip") return plain(i.pip.to_double());
    if (field == "contract_size") return plain(i.contract_size.to_double());
    if (field == "lot_min") return plain(i.lot_min.to_double());
    if (field == "lot_step") return plain(i.lot_step.to_double());
    if (field == "session") return i.hours;
    if (field == "holidays") return i.holidays;
    if (field == "swap_long") return i.swap_long ? plain(*i.swap_long) : "";
    if (field == "swap_short") return i.swap_short ? plain(*i.swap_short) : "";
    if (field == "triple_day") return i.triple_day < 0 ? "" : std::string(days[static_cast<std::size_t>(i.triple_day)]);
    if (field == "leverage") return fmt::format("{}", i.leverage_max);
    CHECK(field == "aliases");
    return fmt::format("{}", fmt::join(i.aliases, " "));
}

namespace {

Result<void> set_text(Instrument& i, std::string_view field, std::string_view text) {
    if (field == "symbol") {
        if (!is_word(text, 32)) return expected(text, "a symbol of at most 32 letters without blanks");
        i.symbol = text;
    } else if (field == "name") {
        if (text.find_first_of(",\"\n\r") != std::string_view::npos) return expected(text, "a name without commas and quotes");
        i.title = text;
    } else if (field == "class") {
        const auto found = std::ranges::find(class_names, text);
        if (found == class_names.end()) return expected(text, fmt::format("one of {}", fmt::join(class_names, " ")));
        i.kind = static_cast<InstrumentClass>(found - class_names.begin());
    } else if (field == "base" || field == "quote") {
        if (!is_word(text, 8)) return expected(text, "a currency such as USD");
        (field == "base" ? i.base : i.quote) = upper(text);
    } else if (field == "session") {
        if (const auto hours = TradingHours::parse(text, ""); !hours) return std::unexpected(hours.error());
        i.hours = text;
    } else if (field == "holidays") {
        if (const auto hours = TradingHours::parse("always", text); !hours) return std::unexpected(hours.error());
        i.holidays = text;
    } else if (field == "triple_day") {
        const auto found = std::ranges::find(days, text);
        if (found == days.end() && text != "none") return expected(text, "one of Mon Tue Wed Thu Fri Sat Sun none");
        i.triple_day = text == "none" ? -1 : static_cast<int>(found - days.begin());
    } else {
        i.aliases.clear();
        for (const std::string& alias : split(text, ' ')) {
            if (!is_word(alias, 32)) return expected(text, "a list of names with single blanks between them");
            i.aliases.push_back(alias);
        }
    }
    return {};
}

}  // namespace

Result<void> set_field(Instrument& i, std::string_view field, std::string_view text) {
    static constexpr std::array<std::string_view, 8> numeric{"digits",  "pip",       "contract_size", "lot_min",
                                                             "lot_step", "swap_long", "swap_short",    "leverage"};
    if (std::ranges::find(instrument_fields(), field) == instrument_fields().end())
        return fail(ErrorCode::bad_input, fmt::format("\"{}\" is no field; the fields are {}", field,
                                                      fmt::join(instrument_fields(), " ")));
    if (std::ranges::find(numeric, field) == numeric.end()) return set_text(i, field, text);
    const bool swap = field.starts_with("swap");
    TRY(const double value, number(text, swap ? -1e6 : field == "digits" ? 0 : 1e-6,
                                   field == "digits" ? 9 : field == "leverage" ? 1'000 : 1e9));
    const bool whole = field == "digits" || field == "leverage";
    if (whole && value != std::floor(value)) return expected(text, "a whole number");
    if (field == "digits") i.digits = static_cast<int>(value);
    else if (field == "pip") i.pip = Price::from_double(value);
    else if (field == "contract_size") i.contract_size = Quantity::from_double(value);
    else if (field == "lot_min") i.lot_min = Quantity::from_double(value);
    else if (field == "lot_step") i.lot_step = Quantity::from_double(value);
    else if (field == "swap_long") i.swap_long = value;
    else if (field == "swap_short") i.swap_short = value;
    else i.leverage_max = static_cast<int>(value);
    return {};
}

const InstrumentTable& InstrumentTable::built_in() {
    static const InstrumentTable table = [] {
        static constexpr std::string_view csv =
#include "market/calendar/instruments.inc"
            ;
        InstrumentTable out;
        const auto read = out.overlay(csv, "instruments.inc");
        CHECK(read.has_value());
        return out;
    }();
    return table;
}

void InstrumentTable::index(std::size_t at) {
    by_name_[upper(all_[at].symbol)] = at;
    for (const std::string& alias : all_[at].aliases) by_name_.emplace(upper(alias), at);
}

Result<void> InstrumentTable::read_row(std::string_view line, const std::vector<std::string>& columns, std::string_view where) {
    const std::vector<std::string> fields = split(line, ',');
    if (fields.size() != columns.size())
        return fail(ErrorCode::bad_input, fmt::format("{}: {} fields, the header names {}; write one value a column, empty "
                                                      "where it is not changed", where, fields.size(), columns.size()));
    const auto symbol_at = static_cast<std::size_t>(std::ranges::find(columns, "symbol") - columns.begin());
    const auto known = by_name_.find(upper(fields[symbol_at]));
    Instrument row;
    if (known != by_name_.end()) {
        row = all_[known->second];
    } else {
        row.pip = {100'000};
        row.contract_size = {100'000 * Quantity::scale};
        row.lot_min = row.lot_step = {Quantity::scale / 100};
        row.hours = "America/New_York Sun 17:00-Fri 17:00";
        row.triple_day = 2;
        for (const std::string_view needed : {"class", "quote", "digits"}) {
            const auto at = static_cast<std::size_t>(std::ranges::find(columns, needed) - columns.begin());
            if (at == columns.size() || fields[at].empty())
                return fail(ErrorCode::bad_input, fmt::format("{}, field {}: empty, and {} is not a known instrument; say it",
                                                              where, needed, fields[symbol_at]));
        }
    }
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (fields[c].empty()) continue;
        if (columns[c] == "symbol" && known != by_name_.end()) continue;  // an alias names the row, it does not rename it
        if (auto set = set_field(row, columns[c], fields[c]); !set)
            return fail(ErrorCode::bad_input, fmt::format("{}, field {}: {}", where, columns[c], set.error().text));
    }
    if (row.symbol.empty()) return fail(ErrorCode::bad_input, fmt::format("{}, field symbol: empty; name the instrument", where));
    const std::size_t at = known != by_name_.end() ? known->second : all_.size();
    if (at == all_.size()) all_.push_back(std::move(row));
    else all_[at] = std::move(row);
    index(at);
    return {};
}

Result<void> InstrumentTable::overlay(std::string_view csv, std::string_view source) {
    std::vector<std::string> columns;
    int number = 0;
    while (!csv.empty()) {
        const std::size_t end = csv.find('\n');
        std::string_view line = csv.substr(0, end);
        csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        const std::string where = fmt::format("{}, line {}", source, number);
        if (!columns.empty()) {
            TRY_VOID(read_row(line, columns, where));
            continue;
        }
        columns = split(line, ',');
        for (const std::string& column : columns)
            if (std::ranges::find(instrument_fields(), column) == instrument_fields().end())
                return fail(ErrorCode::bad_input, fmt::format("{}: \"{}\" is no column; the columns are {}", where,
                                                              column.substr(0, 40), fmt::join(instrument_fields(), ",")));
        if (std::ranges::find(columns, "symbol") == columns.end())
            return fail(ErrorCode::bad_input, fmt::format("{}: the column symbol is missing", where));
    }
    return {};
}

const Instrument* InstrumentTable::find(std::string_view symbol) const {
    const auto found = by_name_.find(upper(symbol));
    return found == by_name_.end() ? nullptr : &all_[found->second];
}

}  // namespace aitrading::market
