#pragma once

#include <cstdint>
#include <vector>

#include "domain/market.hpp"

namespace aitrading::models {

/// Answers "when does a price path first leave a corridor" in O(log bars) a question, over the highs and
/// lows.
class BarrierSearch {
  public:
    explicit BarrierSearch(const BarColumns& bars);

    struct Exit {
        std::uint32_t bar = 0;  ///< last bar whose close must be known
        int side = 0;      ///< +1 up first, -1 down first or below at the time-out, 0 undecided or no move
        double price = 0;  ///< barrier, open beyond it, or close at the time-out
    };
    /// Looks at the bars (row, row + bars]. @pre low < close[row] < high, row + bars < size
    Exit first(std::size_t row, double high, double low, std::size_t bars) const;

  private:
    /// First bar of (row, last] whose high reaches `high` or whose low reaches `low`; last + 1 where none
    /// does.
    std::size_t first_touch(std::size_t row, std::size_t last, double high, double low) const;
    bool reaches(std::size_t node, double high, double low) const {
        return highest_[node] >= high || lowest_[node] <= low;
    }
    const BarColumns& bars_;
    std::size_t leaves_ = 1;
    std::vector<double> highest_, lowest_;  ///< heap-ordered segment trees
};

}  // namespace aitrading::models
