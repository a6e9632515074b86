#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/market_feed/market_feed.hpp"

namespace aitrading::engines {

/// Puts the next rows in place of what `rows` held, in the order in which they became known; false where there are none any more.
using PullRows = std::function<Result<bool>(std::vector<ports::FeedItem>& rows)>;

/// How fast rows come.
struct Pace {
    /// Seconds of the market in a second; 0: as fast as they are taken. The first row is due at the first poll.
    double speed = 0;
    /// Rows a second, whatever their times say; takes the place of `speed` where it is above 0.
    double rows_per_second = 0;
};

/// What the pace is measured by. The default is the machine's steady clock.
class PaceClock {
  public:
    virtual ~PaceClock() = default;
    virtual std::int64_t now_nanos() = 0;
    /// Returns at `nanos`, or earlier where a stop is asked for.
    virtual void wait_until(std::int64_t nanos, const std::stop_token& stop) = 0;
};
std::shared_ptr<PaceClock> steady_pace_clock();

/// A feed out of any source that can be asked for its next rows: stored series (`replay`), a generator of quotes (`simulator`).
/// It numbers the rows of each symbol; memory is what the source gives at once.
class PulledFeed final : public ports::MarketFeed {
  public:
    /// @param pull rows name symbols by their position in `symbols`
    PulledFeed(std::string name, std::vector<ports::FedSymbol> symbols, PullRows pull, Pace pace = {}, std::shared_ptr<PaceClock> clock = steady_pace_clock());

    std::string_view name() const override { return name_; }
    const std::vector<ports::FedSymbol>& symbols() const override { return symbols_; }
    /// @errors those of the source; failed (a row of a symbol that was not named)
    Result<void> poll(std::vector<ports::FeedItem>& out, std::size_t items_max, std::chrono::milliseconds wait, const std::stop_token& stop) override;
    bool ended() const override { return dry_ && at_ == rows_.size() && !late_error_; }

  private:
    Result<void> fill();
    /// When a row is due by the pace clock. @param row how many were given before it
    std::int64_t due_nanos(const ports::FeedItem& item, std::uint64_t row) const;

    std::string name_;
    std::vector<ports::FedSymbol> symbols_;
    PullRows pull_;
    Pace pace_;
    std::shared_ptr<PaceClock> clock_;
    std::vector<ports::FeedItem> rows_;
    std::vector<std::uint64_t> sequence_;
    std::size_t at_ = 0;
    std::uint64_t given_ = 0;
    bool dry_ = false, started_ = false;
    std::int64_t start_nanos_ = 0;
    UnixNanos first_known_;
    std::optional<Error> late_error_;  ///< of the source, behind the rows of the last poll
};

}  // namespace aitrading::engines
