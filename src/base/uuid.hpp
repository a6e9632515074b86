#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading {

/// 128 bits that name one thing, in the byte order of their text, so that comparing bytes compares texts.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

    constexpr bool is_nil() const { return *this == Uuid{}; }
    /// The four bits of the version: 7 where `UuidMaker` or `derived_uuid` made it.
    constexpr int version() const { return bytes[6] >> 4; }
    /// When a version 7 was made, to the millisecond. @pre version() == 7
    UnixNanos time() const;
    /// 8-4-4-4-12 lower-case hexadecimal digits.
    std::string text() const;
};

/// Reads the 36 characters of `Uuid::text`, of either case and any version. @errors bad_input
Result<Uuid> parse_uuid(std::string_view text);

/// The id of something that is said again in the same words, by anyone and at any time: laid out as version 7 with `time` (to the
/// millisecond, 1970 at the earliest) and 74 bits of the SHA-256 of `name` where that has chance. Sorts by `time`, not by when it was made.
Uuid derived_uuid(UnixNanos time, std::string_view name);
/// The same of a hash that is at hand. @param high its 12 last bits count   @param low its 62 last bits
Uuid derived_uuid(UnixNanos time, std::uint64_t high, std::uint64_t low);

/// Makes UUIDs of version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then 74 bits that start at random in each
/// millisecond and grow by a random step within it (6.2, method 2), so that one maker's ids always rise, also where the
/// clock stands still or steps back. Not for several threads. Not unguessable: the generator is seeded, not cryptographic.
class UuidMaker {
  public:
    /// Two makers must not share a seed and a time. @param seed e.g. of std::random_device
    explicit UuidMaker(std::uint64_t seed) : random_(seed) {}
    /// @param now times before 1970 count as 1970
    Uuid next(UnixNanos now);

  private:
    void start(std::int64_t millisecond);

    SplitMix64 random_;
    std::int64_t millisecond_ = -1;
    std::uint64_t high_ = 0;  ///< 12 bits, of which the first starts as 0: room to grow
    std::uint64_t low_ = 0;   ///< 62 bits
};

}  // namespace aitrading
