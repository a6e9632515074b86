#include "kit/contracts/percent.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace aitrading::kit {
namespace {

std::optional<unsigned> sextet(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a' + 26);
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0' + 52);
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return std::nullopt;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> read_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!query.empty()) {
        const std::string_view part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        auto name = percent_decoded(part.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::optional<std::string>(std::string()) : percent_decoded(part.substr(equals + 1), true);
        if (!name || !value) return fail(ErrorCode::bad_input, "the query holds a % without two hexadecimal digits");
        if (out.size() == query_fields_max) return fail(ErrorCode::bad_input, fmt::format("the query has more than {} fields", query_fields_max));
        out.emplace_back(*std::move(name), *std::move(value));
    }
    return out;
}

std::optional<std::string> base64_decoded(std::string_view text) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto six = sextet(c);
        if (!six) return std::nullopt;
        bits = bits << 6 | *six;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFFU);
    }
    return out;
}

}  // namespace aitrading::kit
