#include "engines/series_store/histories/row_bytes.hpp"

#include <cmath>
#include <limits>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace aitrading::engines::histories {
namespace {

using ports::HistoryType;
using ports::HistoryValue;

constexpr std::uint8_t unknown = 255;

std::uint64_t sum_of(std::string_view cells, std::string_view whose) {
    Fingerprint print;
    print.add(whose);
    print.add(cells);
    return print.value();
}

void put(ByteWriter& out, const HistoryValue& value) {
    const auto* real = std::get_if<double>(&value);
    if (std::holds_alternative<std::monostate>(value) || (real != nullptr && std::isnan(*real))) return out.put(unknown);
    const auto type = static_cast<HistoryType>(value.index() - 1);
    out.put(type);
    switch (type) {
        case HistoryType::text: return out.put_text(std::get<std::string>(value));
        case HistoryType::integer: return out.put(std::get<std::int64_t>(value));
        case HistoryType::real: return out.put(*real);
        case HistoryType::boolean: return out.put(static_cast<std::uint8_t>(std::get<bool>(value)));
        case HistoryType::time: return out.put(std::get<UnixNanos>(value).value);
        case HistoryType::reals: return out.put_all(std::get<std::vector<double>>(value));
    }
}

HistoryValue get(ByteReader& in) {
    const auto type = in.get<std::uint8_t>();
    if (type == unknown) return {};
    switch (static_cast<HistoryType>(type)) {
        case HistoryType::text: return in.get_text();
        case HistoryType::integer: return in.get<std::int64_t>();
        case HistoryType::real: return in.get<double>();
        case HistoryType::boolean: return in.get<std::uint8_t>() != 0;
        case HistoryType::time: return UnixNanos{in.get<std::int64_t>()};
        case HistoryType::reals: return in.get_all<double>();
    }
    return {};
}

}  // namespace

std::string packed(const std::vector<HistoryValue>& values, std::string_view whose) {
    ByteWriter cells;
    cells.put(static_cast<std::uint8_t>(values.size()));
    for (const HistoryValue& value : values) put(cells, value);
    ByteWriter sum;
    sum.put(sum_of(cells.bytes(), whose));
    return sum.bytes() + cells.bytes();
}

Result<std::vector<HistoryValue>> unpacked(std::string_view bytes, std::string_view whose) {
    ByteReader in(bytes);
    const auto sum = in.get<std::uint64_t>();
    const bool fits = !in.failed() && sum == sum_of(bytes.substr(sizeof sum), whose);
    std::vector<HistoryValue> values(fits ? in.get<std::uint8_t>() : 0);
    for (HistoryValue& value : values) value = get(in);
    if (fits && in.at_end()) return values;
    return fail(ErrorCode::gate_refused, "a row is damaged, its sum does not fit");
}

}  // namespace aitrading::engines::histories
