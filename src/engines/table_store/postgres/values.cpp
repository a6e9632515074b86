#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "engines/table_store/postgres/link.hpp"

namespace aitrading::engines::postgres {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::string hex(std::string_view bytes) {
    std::string out = "\\x";
    out.reserve(2 + 2 * bytes.size());
    for (const char c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (!text.starts_with("\\x") || text.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 2; i < text.size(); i += 2) {
        const auto high = digits.find(text[i]), low = digits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        out.push_back(static_cast<char>(high << 4 | low));
    }
    return out;
}

template <class T>
std::optional<T> plain(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> real(std::string_view text) {
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    return plain<double>(text);
}

template <class T, class Made>
Result<ports::Value> made(const std::optional<T>& value, std::string_view text, const ports::Column& of, Made make) {
    if (!value) return fail(ErrorCode::gate_refused, "column " + of.name + ": '" + std::string(text.substr(0, 40)) + "' is no " + std::string(name(of.type)) + "; restore it from a backup");
    return ports::Value(make(*value));
}

}  // namespace

std::int64_t number(std::string_view text) { return plain<std::int64_t>(text).value_or(0); }

Parameter parameter(const ports::Value& value) {
    if (ports::is_null(value)) return std::nullopt;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* bytes = std::get_if<ports::Bytes>(&value)) return hex(bytes->value);
    if (const auto* truth = std::get_if<bool>(&value)) return std::string(*truth ? "t" : "f");
    if (const auto* time = std::get_if<UnixNanos>(&value)) return std::to_string(time->value);
    const double real = std::get<double>(value);
    if (std::isinf(real)) return std::string(real < 0 ? "-Infinity" : "Infinity");
    return fmt::format("{:.17g}", real);
}

Result<ports::Value> cell(const Answer& answer, std::size_t row, std::size_t column, const ports::Column& of) {
    using ports::ColumnType;
    if (answer.is_null(row, column)) return ports::Value{};
    const std::string_view text = answer.text(row, column);
    const auto as_bytes = [](std::string bytes) { return ports::Bytes{std::move(bytes)}; };
    if (of.secret) return made(from_hex(text), text, of, as_bytes);
    switch (of.type) {
        case ColumnType::text: return ports::Value(std::string(text));
        case ColumnType::integer: return made(plain<std::int64_t>(text), text, of, [](std::int64_t n) { return n; });
        case ColumnType::real: return made(real(text), text, of, [](double d) { return d; });
        case ColumnType::bytes: return made(from_hex(text), text, of, as_bytes);
        case ColumnType::boolean: return ports::Value(text == "t");
        case ColumnType::time: return made(plain<std::int64_t>(text), text, of, [](std::int64_t n) { return UnixNanos{n}; });
    }
    return ports::Value{};
}

Result<ports::StoredRow> stored_row(const Answer& answer, std::size_t row, const ports::Table& table) {
    ports::StoredRow out;
    out.row.reserve(table.columns.size());
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        TRY(ports::Value value, cell(answer, row, i, table.columns[i]));
        out.row.push_back(std::move(value));
    }
    out.version = number(answer.text(row, table.columns.size()));
    return out;
}

}  // namespace aitrading::engines::postgres
