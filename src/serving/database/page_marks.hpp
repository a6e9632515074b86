#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::serving {

/// Where the next page begins, for the asker to hand back unread: the print of what was asked, the place, a sum over both. It names no
/// tenant: a mark can only go on with what its holder may ask anyway.
/// @param print of everything that the pages of one question have in common
std::string make_mark(std::uint64_t print, std::string_view place);
/// The place in a mark. @errors bad_input: no mark, damaged, or of another question
Result<std::string> read_mark(std::string_view mark, std::uint64_t print);

/// The same as lower-case hexadecimal digits, where the contract has text. @errors read_text_mark: as read_mark
std::string make_text_mark(std::uint64_t print, std::string_view place);
Result<std::string> read_text_mark(std::string_view mark, std::uint64_t print);

/// Several ticks may share an instant: the next page begins behind the first `given` of them.
struct TickPlace {
    std::int64_t time_ns = 0;
    std::int64_t given = 0;
    friend bool operator==(const TickPlace&, const TickPlace&) = default;
};
std::string pack(TickPlace place);
/// @errors bad_input (no such place, a negative count)
Result<TickPlace> unpack_tick_place(std::string_view bytes);

}  // namespace aitrading::serving
