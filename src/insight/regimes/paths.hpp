#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/check.hpp"

namespace aitrading::insight {

/// P(state of row t | rows 0..t): known at the close of row t, and so a feature.
class FilteredPath {
  public:
    FilteredPath(std::size_t states, std::vector<double> rows) : states_(states), rows_(std::move(rows)) {
        CHECK(states_ > 0 && rows_.size() % states_ == 0);
    }
    std::size_t states() const { return states_; }
    std::size_t size() const { return rows_.size() / states_; }
    std::span<const double> row(std::size_t t) const { return {rows_.data() + t * states_, states_}; }
    /// Row-major [rows x states], for feature matrices.
    std::span<const double> values() const { return rows_; }

  private:
    std::size_t states_;
    std::vector<double> rows_;
};

/// P(state of row t | ALL rows): it has seen the future of every row. For training targets, judging and pictures only:
/// there is no way from here to a span, a FilteredPath or a column, so that no feature code can take it.
class SmoothedPath {
  public:
    SmoothedPath(std::size_t states, std::vector<double> rows) : states_(states), rows_(std::move(rows)) {
        CHECK(states_ > 0 && rows_.size() % states_ == 0);
    }
    std::size_t states() const { return states_; }
    std::size_t size() const { return rows_.size() / states_; }
    double hindsight_probability(std::size_t t, std::size_t state) const { return rows_[t * states_ + state]; }
    std::size_t hindsight_state(std::size_t t) const {
        std::size_t best = 0;
        for (std::size_t k = 1; k < states_; ++k)
            if (rows_[t * states_ + k] > rows_[t * states_ + best]) best = k;
        return best;
    }

  private:
    std::size_t states_;
    std::vector<double> rows_;
};

/// Index of the greatest entry, the first of equal ones. @pre not empty
inline std::size_t most_likely(std::span<const double> law) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < law.size(); ++k)
        if (law[k] > law[best]) best = k;
    return best;
}

}  // namespace aitrading::insight
