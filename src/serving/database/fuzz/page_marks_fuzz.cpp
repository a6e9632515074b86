#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "serving/database/page_marks.hpp"

using namespace aitrading::serving;

/// Any bytes as a mark: refused, or a place that makes the same mark again; and any bytes as a place come back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint64_t print = 7;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto place = read_mark(bytes, print)) CHECK(make_mark(print, *place) == bytes);
    if (const auto place = read_text_mark(bytes, print)) CHECK(make_text_mark(print, *place) == bytes);
    if (const auto place = unpack_tick_place(bytes)) CHECK(pack(*place) == bytes);
    if (size > 3'000) return 0;
    CHECK(read_mark(make_mark(print, bytes), print).value() == bytes);
    CHECK(read_text_mark(make_text_mark(print, bytes), print).value() == bytes);
    CHECK(!read_mark(make_mark(print, bytes), print + 1));
    return 0;
}
