#pragma once

#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "base/deadline.hpp"
#include "base/time.hpp"

namespace aitrading {

/// What time it is on the market that a feed speaks of: how old an answer is, is counted by it. Of a live feed it is the wall clock;
/// of a replay it stands at the latest row and goes on from there as fast as the replay goes. Not for several threads.
class MarketClock {
  public:
    static MarketClock live(std::function<UnixNanos()> wall) { return {std::move(wall), 1}; }
    /// @param speed seconds of the market in a second; 0: it stands between rows
    static MarketClock replayed(double speed) { return {{}, speed}; }

    /// A row was known at `market`.
    void see(UnixNanos market, SteadyTime now) {
        if (latest_ && market <= *latest_) return;
        latest_ = market;
        seen_ = now;
    }
    /// None: a replay of which nothing has come.
    std::optional<UnixNanos> at(SteadyTime now) const {
        if (wall_) return wall_();
        if (!latest_) return std::nullopt;
        const double since = speed_ * static_cast<double>(std::max(nanoseconds(0), nanoseconds(now - seen_)).count());
        return UnixNanos{latest_->value + static_cast<std::int64_t>(std::min(since, 9e18 - std::abs(static_cast<double>(latest_->value))))};
    }

  private:
    MarketClock(std::function<UnixNanos()> wall, double speed) : wall_(std::move(wall)), speed_(speed) {}
    std::function<UnixNanos()> wall_;
    double speed_;
    std::optional<UnixNanos> latest_;
    SteadyTime seen_;
};

}  // namespace aitrading
