#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// What ends a bar that is not measured by the clock.
struct EventRule {
    enum class Kind : std::uint8_t { ticks, volume, imbalance } kind = Kind::ticks;
    std::int64_t count = 0;  ///< ticks of a bar; for imbalance those expected at first
    Quantity volume;         ///< bid and ask size together
};

/// `ticks:1000`, `volume:1e6`, `imbalance:500`. @errors usage
Result<EventRule> parse_event_rule(std::string_view text);

/// A bar of bids, with the close of the ask, from the first tick to the last.
struct EventBar {
    UnixNanos begin, end;  ///< of its first and last tick; the bar is known at its end
    std::int64_t ticks = 0;
    Quantity volume;
    Price open, high, low, close, ask_close;
    std::int64_t imbalance = 0;  ///< signs of its ticks together
};

/// Cuts ticks into bars, tick by tick: the same bars whatever the batches. What has not ended is no bar.
///
/// Ticks: a bar has `count`. Volume: it ends with the tick at which its sizes reach `volume`.
/// Imbalance: López de Prado, Advances in Financial Machine Learning (2018), section 2.3.2.1. The sign b of a tick is that
/// of the change of the mid, without a change the sign before, 0 before the first change. A bar ends when
/// |sum of b| >= E[T] |E[b]|, both as expected when it began: E[T] is the exponential mean of the lengths of the bars before
/// (alpha 2/21), E[b] that of all signs (alpha 2/(count + 1)). The first bar has `count` ticks. So that neither expectation
/// runs away, as it does in the book's form, a bar has at least a tenth of `count` ticks and at most ten times as many.
class EventBarBuilder {
  public:
    /// @pre count > 0, or volume > 0
    explicit EventBarBuilder(const EventRule& rule);
    /// True where this tick ended a bar, which is then in `out`.
    bool add(const Tick& tick, EventBar& out);

  private:
    bool ended() const;
    void begin_next();
    EventRule rule_;
    EventBar bar_;
    std::int64_t mid_twice_ = 0;
    int sign_ = 0;
    double length_expected_, sign_expected_ = 0, threshold_ = 0;
    bool any_ = false, first_bar_ = true;
};

/// The bars of a stored series of ticks, one by one; memory holds one batch of ticks. @pre the store outlives it
class EventBarReader {
  public:
    /// @errors not_found, failed
    static Result<EventBarReader> open(const ports::SeriesStore& store, const std::string& symbol, const EventRule& rule);
    /// The next bar; false at the end. @errors failed, usage (volume of ticks that state none)
    Result<bool> next(EventBar& bar);

  private:
    EventBarReader(std::unique_ptr<ports::Cursor<TickColumns>> ticks, const std::string& symbol, const EventRule& rule)
        : ticks_(std::move(ticks)), symbol_(symbol), rule_(rule), builder_(rule) {}
    std::unique_ptr<ports::Cursor<TickColumns>> ticks_;
    std::string symbol_;
    EventRule rule_;
    EventBarBuilder builder_;
    TickColumns batch_;
    std::size_t at_ = 0;
    bool any_volume_ = false;
};

/// Cuts a stored series of ticks. @param sink takes each bar and may end it all by an error
/// @errors not_found, failed, usage (volume of ticks that state none), those of the sink
Result<std::int64_t> make_event_bars(const ports::SeriesStore& store, const std::string& symbol, const EventRule& rule,
                                     const std::function<Result<void>(const EventBar&)>& sink);

/// `time,close_time,open,high,low,close,ask_close,volume,ticks,imbalance` of the same. The file appears whole or not at all.
Result<std::int64_t> export_event_bars(const ports::SeriesStore& store, const std::string& symbol, const EventRule& rule,
                                       const std::filesystem::path& out);

}  // namespace aitrading::market
