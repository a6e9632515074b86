#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace aitrading {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "bug: %s is false at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace aitrading
