#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace aitrading {

/// SplitMix64 by Vigna: one 64-bit state, equidistributed, the same stream on every machine.
/// `next_uniform` = (out >> 11) * 2^-53 in [0,1); `next_normal` = sqrt(-2 ln(1-u1)) cos(2 pi u2), two uniforms each.
class SplitMix64 {
  public:
    explicit constexpr SplitMix64(std::uint64_t seed) : state_(seed) {}

    constexpr std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    constexpr double next_uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    double next_normal() {
        const double u1 = next_uniform();
        const double u2 = next_uniform();
        return std::sqrt(-2.0 * std::log(1.0 - u1)) * std::cos(2.0 * std::numbers::pi * u2);
    }
    /// Uniform in [0, bound). @pre bound >= 1. The modulo bias is below bound / 2^64.
    constexpr std::uint64_t next_below(std::uint64_t bound) { return next() % bound; }

  private:
    std::uint64_t state_;
};

/// A seed for part `index` of a job, independent of how the parts are spread over threads.
constexpr std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t index) {
    SplitMix64 mix(seed ^ (index * 0xD1342543DE82EF95ULL + 0x2545F4914F6CDD1DULL));
    return mix.next();
}

}  // namespace aitrading
