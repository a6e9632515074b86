#include "base/deadline.hpp"

#include <charconv>

#include <fmt/format.h>

namespace aitrading {

milliseconds limit(RequestClass kind) {
    switch (kind) {
        case RequestClass::fast: return std::chrono::seconds(5);
        case RequestClass::normal: return std::chrono::seconds(30);
        case RequestClass::heavy: return std::chrono::seconds(60);
    }
    return std::chrono::seconds(5);
}

std::string_view name(RequestClass kind) {
    switch (kind) {
        case RequestClass::fast: return "fast";
        case RequestClass::normal: return "normal";
        case RequestClass::heavy: return "heavy";
    }
    return "fast";
}

Deadline Deadline::of(RequestClass kind, SteadyTime now, std::optional<milliseconds> left_by_caller) {
    const milliseconds most = limit(kind);
    return after(now, left_by_caller ? std::min(*left_by_caller, most) : most);
}

std::string deadline_text(Deadline deadline, SteadyTime now) {
    return fmt::format("{}", std::chrono::floor<milliseconds>(deadline.left(now)).count());
}

Result<milliseconds> parse_deadline(std::string_view text) {
    std::int64_t value = 0;
    const bool digits = !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (digits) std::from_chars(text.data(), text.data() + text.size(), value);
    if (!digits)
        return fail(ErrorCode::bad_input, fmt::format("x-deadline-ms: '{}' is not a number of milliseconds (1 to 9 digits)", text.substr(0, 40)));
    return milliseconds(value);
}

}  // namespace aitrading
