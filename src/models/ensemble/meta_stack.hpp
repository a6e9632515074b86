#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "models/ensemble/meta_rows.hpp"
#include "models/ensemble/stack.hpp"

namespace aitrading::models {

/// What a stack is made of besides a weight for each member.
struct StackForm {
    std::vector<std::uint8_t> dropped;  ///< [members] 1: has no part in the stack; empty: all have
    bool disagreement = false;          ///< a further column, see disagreement_column
    bool gate = false;                  ///< weights of its own for each regime
    bool plain() const;
    bool keeps(std::size_t member) const { return dropped.empty() || dropped[member] == 0; }
};

/// How far members lie apart: the standard deviation of their logits, those that are NaN left out; 0 below two.
double logit_spread(std::span<const double> logits);
/// What disagreement adds to a stack: mean * s / (1 + s), s the spread. A negative weight holds the answer back where
/// members contradict each other, and at most by what they say together.
double disagreement_column(double mean, double spread);

/// A stack taken apart at one row: z = intercept + the sum of weight * x over the kept members and, in that form, disagreement.
struct StackTerms {
    double intercept = 0;
    std::vector<double> weight, x;
};

/// A logistic stack whose weights may follow the regime: z = b + w . x + sum_r posterior_r (b_r + d_r . x), x the kept
/// members' logits and, in that form, the disagreement column.
///
/// The weights of a regime are a logistic regression on all rows weighed by its posterior, pulled by the stack's ridge to
/// the weights of all, and then shrunk to them by n / (n + gate_rows), n = sum of its posterior / overlap: a regime that was
/// hardly seen, or whose posterior is NaN, is answered by the weights of all (specs, ml 5).
class MetaStack {
  public:
    MetaStack() = default;
    explicit MetaStack(Stack stack) : stack_(std::move(stack)) {}
    /// Learns from rows [0, to). Few rows or one class: the centre, as Stack::fit.
    static MetaStack fit(const MetaRows& rows, std::size_t to, int overlap, const StackOptions& options, const StackForm& form = {});

    /// The stacked logit. A member that is NaN is taken to say what could be foretold of it from the others: their mean, by
    /// their positive weights, times its slope on that mean over the rows of the fit, inside [0, 1] (without a fit: 1/2).
    /// @param posterior [regimes] or empty: the weights of all   @pre at most 63 members   @complexity no allocation
    double apply(std::span<const double> logits, std::span<const double> posterior = {}) const;

    /// The same taken apart, for explanations.
    StackTerms terms(std::span<const double> logits, std::span<const double> posterior = {}) const;

    std::size_t members() const { return stack_.members(); }
    const std::vector<double>& weights() const { return stack_.weights(); }  ///< [members] of all regimes, 0 where dropped
    double intercept() const { return stack_.intercept(); }
    bool fitted() const { return stack_.fitted(); }
    const StackForm& form() const { return form_; }
    std::size_t regimes() const { return columns_ == 0 ? 0 : delta_.size() / (columns_ + 1); }
    double disagreement_weight() const { return disagreement_; }
    /// What regime r adds: its intercept, then a weight for each kept member, then that of disagreement.
    std::span<const double> regime_delta(std::size_t r) const { return std::span(delta_).subspan(r * (columns_ + 1), columns_ + 1); }
    /// Back to a slope of 1/2 for every member, as where the bytes hold none.
    void forget_echo() { echo_.clear(); }
    const Stack& plain_part() const { return stack_; }

    /// Everything but plain_part.
    void write_form(ByteWriter& out) const;
    bool read_form(ByteReader& in);

  private:
    void learn_echo(const MetaRows& rows, std::size_t to);
    std::size_t fill_columns(std::span<const double> logits, std::span<double> out) const;
    void fit_gate(const MetaRows& rows, std::span<const double> x, std::size_t to, int overlap, const StackOptions& options);

    Stack stack_;
    StackForm form_;
    double disagreement_ = 0;
    std::size_t columns_ = 0;    ///< of x
    std::vector<double> echo_;   ///< [members] slope of its logit on the mean of the others; empty: 1/2
    std::vector<double> delta_;  ///< [regimes x (1 + columns)]
};

}  // namespace aitrading::models
