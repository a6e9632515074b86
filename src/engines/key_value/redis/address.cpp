#include "engines/key_value/redis/address.hpp"

#include <charconv>

namespace aitrading::engines::redis {
namespace {

constexpr std::string_view form = "redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]";

std::unexpected<Error> wrong(std::string_view part) {
    return fail(ErrorCode::usage, "the address of Redis has no proper " + std::string(part) + "; write " + std::string(form));
}

Result<int> number_of(std::string_view text, int most, std::string_view part) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) return wrong(part);
    return value;
}

Result<std::string> decoded(std::string_view text, std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        unsigned char byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return wrong(part);
        out.push_back(static_cast<char>(byte));
        i += 2;
    }
    return out;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    if (text.starts_with("rediss://")) return fail(ErrorCode::usage, "TLS to Redis (rediss://) is not available; use a tunnel or the same host");
    constexpr std::string_view scheme = "redis://";
    if (!text.starts_with(scheme)) return wrong("scheme");
    text.remove_prefix(scheme.size());
    Address address;
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        const std::string_view who = text.substr(0, at);
        const std::size_t colon = who.find(':');
        if (colon == std::string_view::npos) return wrong("password");
        TRY(address.user, decoded(who.substr(0, colon), "user"));
        TRY(address.password, decoded(who.substr(colon + 1), "password"));
        text.remove_prefix(at + 1);
    }
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        if (slash + 1 < text.size()) {
            TRY(address.database, number_of(text.substr(slash + 1), 9'999, "database"));
        }
        text = text.substr(0, slash);
    }
    if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
        TRY(address.port, number_of(text.substr(colon + 1), 65'535, "port"));
        text = text.substr(0, colon);
    }
    if (text.empty() || text.find_first_of(": \t\r\n") != std::string_view::npos) return wrong("host");
    address.host = text;
    return address;
}

}  // namespace aitrading::engines::redis
