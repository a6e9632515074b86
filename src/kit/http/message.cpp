#include "kit/http/message.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aitrading::kit {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

void put_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out += "\r\n";
}

}  // namespace

bool same_token(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (same_token(trimmed(list.substr(0, comma)), token)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

std::string_view HttpHeaders::get(std::string_view name) const {
    const auto found = std::ranges::find_if(lines_, [&](const auto& line) { return same_token(line.first, name); });
    return found == lines_.end() ? std::string_view() : std::string_view(found->second);
}

bool HttpHeaders::has(std::string_view name) const { return count(name) > 0; }

std::size_t HttpHeaders::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(lines_, [&](const auto& line) { return same_token(line.first, name); }));
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

std::string_view reason_of(int status) {
    static const std::map<int, std::string_view> reasons{
        {100, "Continue"}, {101, "Switching Protocols"}, {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
        {304, "Not Modified"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
        {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"}, {411, "Length Required"}, {413, "Payload Too Large"},
        {414, "URI Too Long"}, {415, "Unsupported Media Type"}, {417, "Expectation Failed"}, {426, "Upgrade Required"},
        {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
        {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"}};
    const auto found = reasons.find(status);
    return found == reasons.end() ? "Unknown" : found->second;
}

HttpResponse error_response(int status, std::string_view code, std::string_view text, std::optional<std::chrono::seconds> retry_after) {
    const nlohmann::ordered_json body{{"error", code}, {"text", text}, {"retry", retry_after.has_value()}};
    HttpResponse out{.status = status, .body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n", .headers = {}};
    if (retry_after) out.headers.add("Retry-After", fmt::format("{}", std::max<std::int64_t>(1, retry_after->count())));
    return out;
}

HttpResponse error_response(const Error& error) {
    int status = 500;
    switch (error.code) {
        case ErrorCode::usage:
        case ErrorCode::bad_input: status = 400; break;
        case ErrorCode::gate_refused: status = error.retry_helps ? 429 : 403; break;
        case ErrorCode::not_found: status = 404; break;
        case ErrorCode::interrupted: status = 503; break;
        case ErrorCode::failed: status = error.retry_helps ? 503 : 500; break;
    }
    const auto after = status == 503 || status == 429 ? std::optional(std::chrono::seconds(1)) : std::nullopt;
    return error_response(status, name(error.code), error.text, after);
}

std::string to_wire(const HttpResponse& response, bool keep_alive, bool body_sent) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
    const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
    if (!bodiless) {
        put_line(out, "Content-Type", response.type);
        put_line(out, "Content-Length", fmt::format("{}", response.body.size()));
    }
    for (const auto& [name, value] : response.headers.lines()) put_line(out, name, value);
    put_line(out, "Connection", keep_alive ? "keep-alive" : "close");
    out += "\r\n";
    if (!bodiless && body_sent) out += response.body;
    return out;
}

}  // namespace aitrading::kit
