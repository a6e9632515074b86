#include "domain/trace_context.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace aitrading {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t size_of_four_parts = 55;

bool read_hex(std::string_view text, std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t high = digits.find(text[2 * i]), low = digits.find(text[2 * i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return false;
        out[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

void write_hex(std::span<const std::uint8_t> bytes, std::string& out) {
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
}

bool all_zero(std::span<const std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t b) { return b == 0; });
}

std::optional<TraceContext> read(std::string_view text) {
    if (text.size() < size_of_four_parts || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    std::array<std::uint8_t, 1> version{}, flags{};
    TraceContext out;
    if (!read_hex(text.substr(0, 2), version) || !read_hex(text.substr(3, 32), out.trace) ||
        !read_hex(text.substr(36, 16), out.parent) || !read_hex(text.substr(53, 2), flags))
        return std::nullopt;
    if (version[0] == 0xff || all_zero(out.trace) || all_zero(out.parent)) return std::nullopt;
    const bool longer = text.size() > size_of_four_parts;
    if (longer && (version[0] == 0 || text[size_of_four_parts] != '-')) return std::nullopt;
    out.flags = flags[0] & (TraceContext::sampled | TraceContext::random_id);
    return out;
}

}  // namespace

std::string TraceContext::traceparent() const {
    std::string out = "00-";
    out.reserve(size_of_four_parts);
    write_hex(trace, out);
    out += '-';
    write_hex(parent, out);
    out += '-';
    const std::array<std::uint8_t, 1> sent{static_cast<std::uint8_t>(flags & (sampled | random_id))};
    write_hex(sent, out);
    return out;
}

Result<TraceContext> parse_traceparent(std::string_view text) {
    if (const auto found = read(text)) return *found;
    return fail(ErrorCode::bad_input, "'" + std::string(text.substr(0, 80)) +
                                          "' is no traceparent: 00-<32 hex>-<16 hex>-<2 hex> in lower case is expected");
}

}  // namespace aitrading
