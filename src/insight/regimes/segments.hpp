#pragma once

#include <cstddef>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::insight {

struct SegmentOptions {
    std::size_t shortest = 32;  ///< rows, >= 2
    double penalty = 0;         ///< of a change; 0: (columns + 2) ln rows
    std::stop_token stop;
};

/// Stretches of rows with one mean and variance, found by looking at ALL rows: hindsight, for training targets, judging and
/// pictures. There is no way from here to a span, a FilteredPath or a column.
class HindsightSegments {
  public:
    /// @param ends one beyond the last row of each, rising, not empty
    HindsightSegments(std::vector<std::size_t> ends, double cost) : ends_(std::move(ends)), cost_(cost) {}
    std::size_t size() const { return ends_.size(); }
    std::size_t begin_of(std::size_t i) const { return i == 0 ? 0 : ends_[i - 1]; }
    std::size_t end_of(std::size_t i) const { return ends_[i]; }
    std::size_t rows() const { return ends_.back(); }
    /// The segments' costs and a penalty for each change.
    double cost() const { return cost_; }

  private:
    std::vector<std::size_t> ends_;
    double cost_;
};

/// PELT (Killick, Fearnhead and Eckley 2012): the segmentation of least cost, exactly. A segment costs its rows times the sum
/// over columns of the log variance, twice a normal law's negative log likelihood with its own mean and variance. A variance
/// counts as at least 1e-8 of that of all rows, so that a price that stops costs a finite amount. A candidate is dropped
/// only `shortest` rows after it became hopeless, which keeps the answer exact with a shortest segment.
/// @errors bad_input (fewer than twice the shortest, a value that is not finite, a constant column: named), usage, interrupted
/// @complexity O(rows) where changes keep coming, O(rows^2) at worst; 16 bytes a row and column
Result<HindsightSegments> find_segments(MatrixView rows, const SegmentOptions& options);

}  // namespace aitrading::insight
