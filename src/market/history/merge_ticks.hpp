#pragma once

#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// What became of the ticks of one file.
struct TickCounts {
    std::int64_t stored = 0, known = 0, conflicting = 0;
};

/// Ticks in time order, of one file after the other.
class TickInput {
  public:
    virtual ~TickInput() = default;
    /// Moves on to the next tick; false at the end.
    virtual Result<bool> next() = 0;
    /// @pre next() was true
    virtual const Tick& current() const = 0;
    /// Where the current tick is counted.
    virtual TickCounts& counts() = 0;
    virtual int digits() const = 0;
};

/// Merges incoming ticks into those stored, one instant after the other, so that memory holds two batches. Where both have
/// an instant, ticks that the series has are known; others contradict it and stay out, or take its place under `replace`.
class TickMerge {
  public:
    TickMerge(TickInput& input, ports::TickWriter& writer, bool replace);
    Result<void> begin();
    /// Takes the next stored tick. @pre in time order
    Result<void> take_old(const Tick& tick);
    Result<void> finish();

  private:
    Result<void> put(const Tick& tick);
    Result<void> flush();
    Result<void> put_new();
    Result<void> end_old_group();

    TickInput& input_;
    ports::TickWriter& writer_;
    bool replace_;
    std::vector<Tick> old_group_, incoming_;
    TickColumns out_;
    bool has_new_ = false;
};

}  // namespace aitrading::market
