#pragma once

namespace aitrading {

/// Prints the broken condition and aborts. A bug, never an answer to outside input.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace aitrading

/// Always on: a broken invariant is worse than no answer.
#define CHECK(condition) \
    (static_cast<bool>(condition) ? void() : ::aitrading::check_failed(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define DCHECK(condition) void()
#else
#define DCHECK(condition) CHECK(condition)
#endif
