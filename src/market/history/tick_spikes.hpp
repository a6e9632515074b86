#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "domain/market.hpp"

namespace aitrading::market {

/// Ticks that leapt away from those before them and came back.
struct TickSpike {
    std::int64_t row = 0, ticks = 0;  ///< of the first of them, and how many
    UnixNanos time;                   ///< of the first
    Price far, before, after;         ///< the farthest price, the one before and the one that came back
    double deviations = 0;            ///< robust z of the leap
};

/// Finds spikes in ticks as they pass: a bid or an ask over `spike_deviations` robust deviations (1.4826 times the median of
/// the last 256 absolute changes that are not zero; at least a point) away from the one before, that comes back within five
/// ticks and a minute to a quarter of the leap or nearer. What does not come back is a move. Judges after 64 changes, and not
/// the first price after a pause of five minutes. @complexity O(1) amortised; fixed memory
class TickSpikes {
  public:
    /// @param row number of the tick, given back with a spike   @param digits decimals of the prices
    std::optional<TickSpike> see(const Tick& tick, std::int64_t row, int digits);

  private:
    class Side {
      public:
        std::optional<TickSpike> see(Price price, UnixNanos time, std::int64_t row, int digits);

      private:
        double deviation(int digits);
        static constexpr std::size_t window = 256, changes_min = 64, refresh = 256;
        std::array<std::int64_t, window> changes_{};
        std::size_t seen_ = 0, known_at_ = 0;
        double deviation_ = 0;
        Price level_;
        UnixNanos last_;
        bool any_ = false, away_ = false;
        TickSpike spike_;
    };
    Side bid_, ask_;
};

/// `2018-01-02T00:00:00Z: 1.5 lies 900 robust deviations from the prices around (1.1 and 1.1), for 1 tick(s)`
std::string describe(const TickSpike& spike, int digits);

}  // namespace aitrading::market
