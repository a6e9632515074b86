#include "base/uuid.hpp"

#include <algorithm>

#include "base/sha256.hpp"

namespace aitrading {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::uint64_t low_bits = (std::uint64_t{1} << 62) - 1;
constexpr std::int64_t nanos_per_milli = 1'000'000;

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::int64_t milli_of(UnixNanos time) { return std::max<std::int64_t>(time.value, 0) / nanos_per_milli; }

/// @param high 12 bits   @param low 62 bits
Uuid version_7(std::int64_t milli, std::uint64_t high, std::uint64_t low) {
    Uuid id;
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(milli >> (40 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (high >> 8));
    id.bytes[7] = static_cast<std::uint8_t>(high);
    for (std::size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    id.bytes[8] |= 0x80;
    return id;
}

bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

UnixNanos Uuid::time() const {
    std::int64_t milli = 0;
    for (std::size_t i = 0; i < 6; ++i) milli = (milli << 8) | bytes[i];
    return {milli * nanos_per_milli};
}

std::string Uuid::text() const {
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (dash_before(i)) out += '-';
        out += digits[bytes[i] >> 4];
        out += digits[bytes[i] & 15];
    }
    return out;
}

Result<Uuid> parse_uuid(std::string_view text) {
    const auto refuse = [&] {
        return fail(ErrorCode::bad_input, "'" + std::string(text.substr(0, 64)) +
                                              "' is no UUID: 8-4-4-4-12 hexadecimal digits are expected");
    };
    if (text.size() != 36) return refuse();
    Uuid id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (dash_before(i) && text[at++] != '-') return refuse();
        const int high = digit_of(text[at]), low = digit_of(text[at + 1]);
        if (high < 0 || low < 0) return refuse();
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    return id;
}

void UuidMaker::start(std::int64_t millisecond) {
    millisecond_ = millisecond;
    high_ = random_.next() >> 53;  // 11 bits
    low_ = random_.next() >> 2;
}

Uuid UuidMaker::next(UnixNanos now) {
    const std::int64_t milli = milli_of(now);
    if (milli > millisecond_) {
        start(milli);
    } else {
        low_ += (random_.next() >> 32) + 1;
        if (low_ > low_bits) {
            low_ &= low_bits;
            if (++high_ >> 12 != 0) start(millisecond_ + 1);
        }
    }
    return version_7(millisecond_, high_, low_);
}

Uuid derived_uuid(UnixNanos time, std::uint64_t high, std::uint64_t low) { return version_7(milli_of(time), high & 0xFFF, low & low_bits); }

Uuid derived_uuid(UnixNanos time, std::string_view name) {
    Sha256 hash;
    hash.add(name);
    const auto digest = hash.digest();
    std::array<std::uint64_t, 2> words{};
    for (std::size_t i = 0; i < 16; ++i) words[i / 8] = words[i / 8] << 8 | digest[i];
    return derived_uuid(time, words[0], words[1]);
}

}  // namespace aitrading
