#include <array>
#include <cstddef>
#include <cstdint>

#include "market/history/byte_source.hpp"

/// Any bytes as a plain, gzip or zip file: read to its end or to an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading::market;
    constexpr std::size_t unpacked_max = 4 << 20;  // a small archive may unpack to a thousand times its size
    auto source = open_bytes({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!source) return 0;
    static std::array<char, 1 << 16> buffer;
    for (std::size_t total = 0; total < unpacked_max;) {
        const auto got = (*source)->read(buffer);
        if (!got || *got == 0) return 0;
        total += *got;
    }
    return 0;
}
