#include "market/simulator/market_table.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace aitrading::market {
namespace {

constexpr std::array<std::string_view, 6> columns{"t", "x", "dxy", "r_bp", "log_volume", "log_spread"};
constexpr std::size_t max_fields = 64;

/// Takes the text up to `separator` (or all of it) off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

std::string_view take_line(std::string_view& rest) {
    std::string_view line = take_until(rest, '\n');
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

/// A field as it may be shown in an error: short and printable.
std::string shown(std::string_view field) {
    std::string text(field.substr(0, 40));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = '?';
    return text;
}

std::unexpected<Error> bad(std::string_view file, std::size_t row, std::string text) {
    return std::unexpected(Error{ErrorCode::bad_input, fmt::format("{}, row {}: {}", file, row, text), false});
}

class TableParser {
  public:
    TableParser(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

    Result<MarketTable> parse() {
        TRY_VOID(read_header());
        const std::size_t rows = rest_.size() / 80;  // a line of six numbers is longer than that
        for (auto* column : {&table_.x, &table_.dxy, &table_.r_bp, &table_.log_volume, &table_.log_spread})
            column->reserve(rows);
        table_.t.reserve(rows);
        while (!rest_.empty()) {
            ++row_;
            const std::string_view line = take_line(rest_);
            if (line.empty() && rest_.empty()) break;
            TRY_VOID(read_row(line));
        }
        if (table_.size() == 0) return bad(file_, row_, "no bar follows the header");
        return std::move(table_);
    }

  private:
    Result<void> read_header() {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
        if (rest_.empty()) return bad(file_, 1, "the file is empty; expected the header t,x,dxy,r_bp,log_volume,log_spread");
        std::string_view line = take_line(rest_);
        while (fields_ < max_fields && !(fields_ > 0 && line.empty())) {
            const std::string_view field = take_until(line, ',');
            for (std::size_t c = 0; c < columns.size(); ++c) {
                if (field != columns[c]) continue;
                if (place_[c]) return bad(file_, 1, fmt::format("column {} stands twice in the header", field));
                place_[c] = fields_;
            }
            ++fields_;
        }
        for (std::size_t c = 0; c < columns.size(); ++c)
            if (!place_[c])
                return bad(file_, 1, fmt::format("column {} is missing; expected the header "
                                                 "t,x,dxy,r_bp,log_volume,log_spread", columns[c]));
        return {};
    }

    Result<void> read_row(std::string_view line) {
        std::array<std::string_view, max_fields> fields;
        std::size_t count = 0;
        std::string_view rest = line;
        bool more = true;
        while (more && count < fields_) {
            more = rest.find(',') != std::string_view::npos;
            fields[count++] = take_until(rest, ',');
        }
        if (more || count < fields_)
            return bad(file_, row_, fmt::format("{} fields, the header has {}", more ? "more" : fmt::to_string(count), fields_));
        std::int64_t t = 0;
        TRY_VOID(read_number(fields[*place_[0]], columns[0], t));
        if (!table_.t.empty() && t <= table_.t.back())
            return bad(file_, row_, fmt::format("t is {} after {}; bars must be in order of t, each once", t, table_.t.back()));
        const std::array<std::vector<double>*, 5> targets{&table_.x, &table_.dxy, &table_.r_bp, &table_.log_volume,
                                                          &table_.log_spread};
        for (std::size_t c = 1; c < columns.size(); ++c) {
            double value = 0;
            TRY_VOID(read_number(fields[*place_[c]], columns[c], value));
            if (!std::isfinite(value)) return bad(file_, row_, fmt::format("{} is not a finite number", columns[c]));
            targets[c - 1]->push_back(value);
        }
        table_.t.push_back(t);
        return {};
    }

    template <class Number>
    Result<void> read_number(std::string_view field, std::string_view column, Number& out) const {
        const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), out);
        if (error == std::errc{} && end == field.data() + field.size()) return {};
        return bad(file_, row_, fmt::format("{} is \"{}\"; expected {}", column, shown(field),
                                            std::is_integral_v<Number> ? "a whole number" : "a number"));
    }

    std::string_view rest_, file_;
    std::array<std::optional<std::size_t>, columns.size()> place_;
    std::size_t fields_ = 0;
    std::size_t row_ = 1;
    MarketTable table_;
};

}  // namespace

Result<MarketTable> parse_market_table(std::string_view text, std::string_view file_name) {
    return TableParser(text, file_name).parse();
}

}  // namespace aitrading::market
