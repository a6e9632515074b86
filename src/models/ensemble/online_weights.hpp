#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/weight_rule.hpp"

namespace aitrading::models {

struct OnlineWeightOptions {
    WeightRuleOptions rule;
    std::uint32_t delay_max = 512;  ///< rows after which a bar without a label is given up; bounds the memory
};

/// Weights over members that follow a series whose labels come late. Bars come in time order; a label enters when the
/// stream reaches a row after its `end`, and only after those of all earlier bars: the state is a function of the bars and
/// labels so far, whenever they were handed in.
class OnlineWeights {
  public:
    explicit OnlineWeights(std::size_t members, OnlineWeightOptions options = {});

    /// The mixed probability of 1 at `row`, from labels that end before it. Remembers the bar until its label is known.
    /// @param p [members] their probabilities, NaN where one is missing: the rest answers, 0.5 where nobody does
    /// @pre rows increase   @complexity O(members * labels that became known), no allocation
    double predict(std::uint32_t row, std::span<const double> p);
    /// Hands in the label of a row that was predicted, at any time: it counts once a later row lies behind `end`.
    /// @param y 0 or 1; NaN: this row has none. A row that was given up or that is not known here changes nothing.
    /// @pre row <= end <= row + delay_max
    void label(std::uint32_t row, std::uint32_t end, float y);
    /// What predict would say of the next row, without taking anything in. @param out [members] the weights
    double now(std::span<const double> p, std::span<double> out) const;
    /// Ends a span of rows: what has a label counts as known, and rows may begin anew.
    void finish_rows();

    /// [members] of the last prediction: 0 where missing, else >= floor, sum 1.
    std::span<const double> weights() const { return weight_; }
    std::size_t present() const { return present_; }  ///< members that answered at the last prediction
    std::size_t members() const { return rule_.members(); }
    std::size_t open() const { return count_; }  ///< bars whose label has not entered

    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    struct Bar {
        std::uint32_t row = 0, end = 0;
        float y = 0;
        bool labelled = false;
    };
    std::size_t slot(std::size_t i) const { return (first_ + i) % bar_.size(); }
    std::span<const double> said(std::size_t i) const { return std::span(p_).subspan(slot(i) * members(), members()); }
    void take_in_first();
    void pop_known(std::uint32_t row);

    OnlineWeightOptions options_;
    WeightRule rule_;
    std::vector<Bar> bar_;   ///< ring of open bars
    std::vector<double> p_;  ///< [ring x members] what they said
    std::size_t first_ = 0, count_ = 0, present_ = 0;
    std::vector<double> weight_;
};

}  // namespace aitrading::models
