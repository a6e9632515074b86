#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/boosting/forest_model.hpp"

namespace aitrading::models {

/// Exact Shapley values of a forest's margin, one for each column, with missing columns averaged along the paths by the
/// cover of the children ("path-dependent" TreeSHAP: Lundberg et al. 2020, algorithm 2; what XGBoost and LightGBM compute).
///
/// Not their polynomial but its integral: with share z_j of the cover that leads on at column j and o_j whether this row
/// does (0 or 1), a leaf of value v on a path of d distinct columns gives column i
///   v (o_i - z_i) integral_0^1 prod_{j != i} (z_j (1 - t) + o_j t) dt
/// (the multilinear extension, Owen 1972), and a Gauss-Legendre rule of d / 2 points is exact for that polynomial. All its
/// factors are positive, so nothing cancels, and one walk over a tree serves all columns: O(nodes x points).
class TreeShap {
  public:
    explicit TreeShap(const ForestModel& model);

    /// Whether the model says how many rows its leaves hold.
    bool available() const { return available_; }
    std::size_t columns() const { return columns_; }
    /// Margin where no column is known: the mean over the training rows.
    double base() const { return base_; }
    /// base() + the sum of these = the margin. @param row, out [columns]   @pre available()
    void contributions(std::span<const double> row, std::span<double> out) const;

    /// The log-odds of label 1 at a margin.
    double logit(double margin) const;
    /// What one unit of the margin adds to the logit between base() and `margin`: their difference quotient, and the
    /// derivative where they meet.
    double logit_slope(double margin) const;

  private:
    struct Node {
        double threshold = 0;     ///< of a split
        double left_share = 0.5;  ///< of the cover
        double value = 0;         ///< of a leaf
        std::uint32_t column = 0;
        std::int32_t left = -1, right = -1;  ///< -1: a leaf
        std::int32_t above = -1;             ///< depth of the last split of this column on the way here; -1: none
        Missing missing = Missing::nan;
        bool default_left = false;
    };
    struct Builder;
    template <std::size_t points>
    struct Walk;

    bool goes_left(const Node& node, double x) const;
    template <std::size_t points>
    void walk_all(std::span<const double> row, std::span<double> out) const;

    std::size_t columns_ = 0;
    bool available_ = true, strict_ = false, single_ = false;
    double zero_band_ = -1, base_ = 0, scale_ = 1, sigmoid_ = 1;
    Link link_ = Link::logistic;
    std::size_t points_ = 2, depth_ = 0;
    std::vector<double> at_, weight_;  ///< [points] of the rule on [0, 1]
    std::vector<Node> nodes_;
    std::vector<std::int32_t> roots_;
};

}  // namespace aitrading::models
