#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace aitrading::insight {

/// Pairs of K series lie packed: (1,0), (2,0), (2,1), (3,0), …
constexpr std::size_t pair_count(std::size_t series) { return series * (series - 1) / 2; }
/// Place of a pair of different series, in either order. @pre a != b
constexpr std::size_t pair_index(std::size_t a, std::size_t b) {
    const auto [low, high] = a < b ? std::pair(a, b) : std::pair(b, a);
    return high * (high - 1) / 2 + low;
}

/// Why a correlation is not available; its number is then NaN.
enum class Missing : std::uint8_t {
    none,      ///< it is available
    too_few,   ///< fewer rows with both series than asked for
    constant,  ///< one of the two did not move on those rows
    stale,     ///< too many rows since both had a value
};

constexpr std::string_view reason(Missing missing) {
    switch (missing) {
        case Missing::none: return "available";
        case Missing::too_few: return "not available: too few rows with both series";
        case Missing::constant: return "not available: one series did not move";
        case Missing::stale: return "not available: too long since both series had a value";
    }
    return "not available";
}

}  // namespace aitrading::insight
