#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace aitrading {

/// What kind of expected failure this is. Each kind has one exit code of the command line.
enum class ErrorCode {
    failed,        ///< the work could not be done (disk full, a library gave up): exit 1
    usage,         ///< the command or a setting was wrongly put: exit 2
    bad_input,     ///< a file or a value in it is not usable: exit 3
    not_found,     ///< a series, model or file does not exist: exit 4
    gate_refused,  ///< a leak, a limit or a failed verification: exit 5
    interrupted,   ///< stopped on request, what was finished is kept: exit 130
};

/// Stable lower-case name of a code, as printed in `error[name]`.
std::string_view name(ErrorCode code);

/// Exit status of the command line for a code.
int exit_status(ErrorCode code);

/// An expected failure. The text names the file, row, field or setting and says what to do about it.
struct Error {
    ErrorCode code = ErrorCode::failed;
    std::string text;
    bool retry_helps = false;
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for `return std::unexpected(Error{...})`.
inline std::unexpected<Error> fail(ErrorCode code, std::string text, bool retry_helps = false) {
    return std::unexpected(Error{code, std::move(text), retry_helps});
}

}  // namespace aitrading

#define AIT_CONCAT_INNER(a, b) a##b
#define AIT_CONCAT(a, b) AIT_CONCAT_INNER(a, b)

/// TRY(auto x, expression): binds the value of a Result, or returns its error from the enclosing function.
#define TRY(declaration, ...) TRY_NAMED(AIT_CONCAT(ait_result_, __LINE__), declaration, __VA_ARGS__)
#define TRY_NAMED(result, declaration, ...)                                \
    auto result = (__VA_ARGS__);                                           \
    if (!result) return std::unexpected(std::move(result).error());        \
    declaration = *std::move(result)

/// TRY_VOID(expression): returns the error of a Result<void> from the enclosing function.
#define TRY_VOID(...)                                                                          \
    do {                                                                                       \
        if (auto ait_void = (__VA_ARGS__); !ait_void) return std::unexpected(ait_void.error()); \
    } while (false)
