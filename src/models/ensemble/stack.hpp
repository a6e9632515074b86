#pragma once

#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace aitrading::models {

struct StackOptions {
    double ridge = 5.0;          ///< strength of the pull to `centre`
    std::vector<double> centre;  ///< [members] weights where rows are few; empty: the plain mean of the logits
    std::size_t min_rows = 200;  ///< independent rows below which `centre` is kept
    double gate_rows = 2000;     ///< independent rows of a regime at which its own weights count half (MetaStack)
};

/// Logistic regression on the members' logits: z = intercept + sum w_m * logit_m. A ridge pulls the weights
/// to the centre, which is also the answer where rows are few or of one class. A logistic stack
/// is a calibrator at the same time (specs, ml 4 and 5).
class Stack {
  public:
    Stack() = default;
    /// The plain mean of `members` logits.
    static Stack mean(std::size_t members);
    static Stack of(double intercept, std::vector<double> weights, bool fitted);
    /// @param logits [rows x members], row-major, of predictions that no member was fitted on
    /// @param y [rows] 0 or 1   @param overlap label span in rows: rows / overlap count as independent
    static Stack fit(std::span<const double> logits, std::span<const float> y, std::size_t members,
                     int overlap, const StackOptions& options = {});

    /// The stacked logit. @pre logits.size() == members()
    double apply(std::span<const double> logits) const;
    std::size_t members() const { return weight_.size(); }
    const std::vector<double>& weights() const { return weight_; }
    double intercept() const { return intercept_; }
    bool fitted() const { return fitted_; }

    void write(ByteWriter& out) const;
    static Stack read(ByteReader& in);

  private:
    double intercept_ = 0;
    std::vector<double> weight_;
    bool fitted_ = false;
};

}  // namespace aitrading::models
