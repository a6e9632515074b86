#pragma once

#include <array>

#include "decision/trading/simulated_venue.hpp"
#include "decision/trading/strategy.hpp"
#include "proving/backtest/recorder.hpp"

namespace aitrading::backtest {

/// When an order that answers to a bar's close trades: at the next price there is, or at that very close.
enum class FillRule : std::uint8_t { next_open, same_close };

struct EngineOptions {
    Money cash{10'000 * Money::scale};
    trading::VenueRules rules;
    FillRule fill = FillRule::next_open;
    std::size_t list_max = 100'000;  ///< fills and trades kept one by one: about 14 MB
};

/// What did not go as ordered, counted.
struct Incidents {
    std::array<std::int64_t, 5> refused{};  ///< by trading::Refusal
    std::int64_t stop_outs = 0;
};

/// The event loop's body: prices and closed bars in, fills and marks out. No clock, no thread, no I/O.
/// Feed in order of time: each price before the closing of the bar it belongs to, and the closing before the price
/// that opens the next bar. Cost of an event is constant; nothing is kept of positions that are closed.
class Engine final : private trading::VenueListener {
  public:
    Engine(const EngineOptions& options, trading::Strategy& strategy);

    /// A quote: whatever waits may trade at it.
    void on_price(const trading::Quote& quote) {
        venue_.pass_time(quote.time);
        last_ = quote;
        if (!venue_.idle()) venue_.at(quote, true);
    }
    /// A bar of which only the corners are known (see SimulatedVenue::through).
    void on_price(const trading::QuoteBar& bar) {
        venue_.pass_time(bar.time);
        last_ = bar.open();
        if (!venue_.idle()) venue_.through(bar);
        last_ = bar.close();
    }
    /// A bar is complete: the strategy decides, the equity is marked at the mid of its close.
    void on_bar_closed(const trading::BarClosed& event);

    /// Puts the outcome into `result`. Call once, at the end.
    void finish(RunResult& result);
    /// Equity before all costs, one entry for each of the result's days. Call after finish.
    std::vector<Money> take_gross_days() { return recorder_.take_gross_days(); }

    const trading::Account& account() const { return venue_.account(); }
    const Incidents& incidents() const { return incidents_; }
    std::int64_t fills() const { return recorder_.fills(); }

  private:
    void on_fill(const Fill& fill, const std::optional<Trade>& ended, const trading::Quote& at) override;
    void on_refused(const Order& order, trading::Refusal reason) override;
    void on_stop_out(const trading::Quote& at) override;
    void carry_out(const trading::Quote& now);

    FillRule fill_rule_;
    trading::Strategy& strategy_;
    trading::SimulatedVenue venue_;
    trading::OrderCommands commands_;
    Recorder recorder_;
    Incidents incidents_;
    trading::Quote last_{};
};

}  // namespace aitrading::backtest
