#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading::market {

/// Why a row does not go on.
enum class FeedFault : std::uint8_t {
    not_positive,    ///< a price of zero or less
    crossed,         ///< the ask below the bid, or a bar whose high and low do not hold the rest
    out_of_order,    ///< earlier than the row before
    from_the_future, ///< later than our clock allows
    jump,            ///< far from the row before, and not confirmed by those that follow
    unreadable,      ///< the feed could not read it
};
inline constexpr std::size_t feed_fault_kinds = 6;
/// `not_positive crossed …`
std::string_view name(FeedFault fault);

struct GateOptions {
    double jump_share = 0.05;   ///< a mid further from the last one than this share of it has to be confirmed
    int confirmed_after = 3;    ///< rows near each other in sequence that make a jump true
    std::int64_t ahead_nanos = 5 * nanos_per_second;  ///< that a source's clock may be ahead of ours
};

/// Judges the rows of one symbol before anybody acts on them. What is refused is counted, never corrected.
class TickGate {
  public:
    explicit TickGate(GateOptions options = {}) : options_(options) {}

    /// None: the tick goes on. @param now our clock   @complexity O(1), no allocation
    std::optional<FeedFault> check(const Tick& tick, UnixNanos now);
    std::optional<FeedFault> check(const Bar& bar, Price spread, std::int64_t bar_nanos, UnixNanos now);
    /// Rows that the source counted and that never came. @param sequence of a row that came
    std::uint64_t missed_before(std::uint64_t sequence);

  private:
    std::optional<FeedFault> keep_order(UnixNanos known, UnixNanos now) const;
    std::optional<FeedFault> look_for_jump(std::int64_t level);

    GateOptions options_;
    std::optional<UnixNanos> last_known_;
    std::int64_t last_level_ = 0, pending_level_ = 0;  ///< raw prices; pending: a jump that waits for confirmation
    int pending_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace aitrading::market
