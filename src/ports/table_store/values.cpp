#include "ports/table_store/values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/bytes.hpp"
#include "base/utf8.hpp"

namespace aitrading::ports {
namespace {

template <class... F>
struct Each : F... {
    using F::operator()...;
};

}  // namespace

std::string_view name(ColumnType type) {
    static constexpr std::array<std::string_view, 6> names{"text", "integer", "real", "bytes", "boolean", "time"};
    return names[static_cast<std::size_t>(type)];
}

bool fits(ColumnType type, const Value& value) { return is_null(value) || value.index() == static_cast<std::size_t>(type) + 1; }

std::size_t size_bytes(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return text->size();
    if (const auto* bytes = std::get_if<Bytes>(&value)) return bytes->value.size();
    return 8;
}

std::size_t size_bytes(const std::vector<Value>& values) {
    std::size_t sum = 0;
    for (const Value& value : values) sum += size_bytes(value);
    return sum;
}

Result<void> settle(Value& value) {
    if (auto* real = std::get_if<double>(&value)) {
        if (std::isnan(*real)) return fail(ErrorCode::bad_input, "is NaN; leave it unknown instead");
        if (*real == 0) *real = 0;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        const std::size_t at = std::min(utf8_prefix(*text), text->find('\0'));
        if (at < text->size()) return fail(ErrorCode::bad_input, "is no UTF-8 text, or holds NUL, at byte " + std::to_string(at) + "; store it as bytes");
    }
    return {};
}

std::string shown(const Value& value) {
    constexpr std::size_t shown_max = 60;
    return std::visit(Each{[](std::monostate) { return std::string("null"); },
                           [](const std::string& text) { return "'" + text.substr(0, shown_max) + (text.size() > shown_max ? "…'" : "'"); },
                           [](std::int64_t number) { return std::to_string(number); },
                           [](double real) { return std::to_string(real); },
                           [](const Bytes& bytes) { return std::to_string(bytes.value.size()) + " bytes"; },
                           [](bool truth) { return std::string(truth ? "true" : "false"); },
                           [](UnixNanos time) { return to_iso8601(time); }},
                      value);
}

std::string pack(const std::vector<Value>& values) {
    ByteWriter out;
    for (const Value& value : values) {
        out.put(static_cast<std::uint8_t>(value.index()));
        std::visit(Each{[](std::monostate) {}, [&](const std::string& text) { out.put_text(text); },
                        [&](const Bytes& bytes) { out.put_text(bytes.value); }, [&](UnixNanos time) { out.put(time.value); },
                        [&](auto plain) { out.put(plain); }},
                   value);
    }
    return out.bytes();
}

Result<std::vector<Value>> unpack_values(std::string_view bytes) {
    ByteReader in(bytes);
    std::vector<Value> values;
    while (!in.at_end() && !in.failed()) {
        switch (in.get<std::uint8_t>()) {
            case 0: values.emplace_back(); break;
            case 1: values.emplace_back(in.get_text()); break;
            case 2: values.emplace_back(in.get<std::int64_t>()); break;
            case 3: values.emplace_back(in.get<double>()); break;
            case 4: values.emplace_back(Bytes{in.get_text()}); break;
            case 5: values.emplace_back(in.get<std::uint8_t>() != 0); break;
            case 6: values.emplace_back(UnixNanos{in.get<std::int64_t>()}); break;
            default: return fail(ErrorCode::bad_input, "no packed values");
        }
    }
    if (in.failed()) return fail(ErrorCode::bad_input, "packed values are cut short");
    return values;
}

}  // namespace aitrading::ports
