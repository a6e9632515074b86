#include <cstddef>
#include <cstdint>
#include <tuple>

#include "engines/key_value/redis/address.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::ignore = aitrading::engines::redis::parse_address({reinterpret_cast<const char*>(data), size});
    return 0;
}
