#pragma once

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/calendar/clock.hpp"
#include "market/history/conclude_clock.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/tick_spikes.hpp"

namespace aitrading::market {

/// The ticks of a file in time order, with those refused that are not.
class TickSource {
  public:
    /// @param known the clock, where an earlier look at the file found it
    TickSource(RowStream& rows, const ImportOptions& options, ImportReport& report, const ClockConclusion* known = nullptr)
        : rows_(rows), options_(options), report_(report), known_(known), clock_(Clock::utc()) {}

    /// Moves on to the next sound tick; false at the end. @errors as RowStream::next and conclude_clock
    Result<bool> next();
    const Tick& current() const { return current_; }

  private:
    /// Finds the clock of the file at its first row.
    Result<void> conclude(const ParsedRow& row);
    void take(const ClockConclusion& conclusion);
    /// False where the tick is refused, with its reason in the tally.
    bool accept(const Tick& tick);

    RowStream& rows_;
    const ImportOptions& options_;
    ImportReport& report_;
    const ClockConclusion* known_;
    WallToUtc clock_;
    Tick current_;
    TickSpikes spikes_;
    bool clock_known_ = false, any_ = false, stated_ = false, has_sizes_ = false;
};

}  // namespace aitrading::market
