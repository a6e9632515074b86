#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace aitrading::models {

/// How weights over members follow their log losses.
struct WeightRuleOptions {
    enum class Rule : std::uint8_t { fixed_share, boa } rule = Rule::boa;
    double floor = 0.01;   ///< least weight of a member that answers; members * floor < 1
    double rate = 1;       ///< fixed share: learning rate in (0, 1]; 1 / n where labels over n bars repeat each other
    double share = 0.002;  ///< fixed share: chance that the best member changes at a bar, in (0, 1)
};

/// Members' probabilities are clipped to [this, 1 - this] before they are mixed, which bounds every loss.
inline constexpr double mixed_probability_least = 1e-3;

/// Weights over members whose outcomes become known one by one, in time order. The answer is the weighted mean of the
/// members' probabilities, its loss is the log loss.
///
/// The floor: with n members answering, w becomes floor + (1 - n floor) w. That is the same as weighing "floored members",
/// each of which mixes itself with the mean of all; both rules learn from the losses of those, so that their regret
/// bounds hold exactly against them, and against a member itself up to ln(1 / (1 - n floor)) a bar.
///
/// fixed share (Herbster and Warmuth 1998; Cesa-Bianchi et al. 2012): v ~ w exp(-rate loss), w = (1 - share) v + share / K.
/// Loss <= that of any sequence of members with S changes in T bars
/// + [(S + 1) ln K + S ln(1 / share) + (T - 1 - S) ln(1 / (1 - share))] / rate; without changes and as share -> 0: ln K.
///
/// boa (Bernstein online aggregation, Wintenberger 2017) on the gradient of the log loss, r = p_k(y) / p(y) - 1: member k
/// has its own rate eta = min(1 / (2 E), sqrt(ln K / V)), E the greatest |r| of all, V its sum of r^2, and the weight
/// ~ eta exp(eta sum(r - eta r^2)). An r beyond the E so far is scaled down to it, all members' alike (Mhammedi et al. 2019).
/// Loss <= that of any fixed convex mix of members + O(sqrt(V ln K) + E ln K); the tests hold it to the bound with
/// its constants (the argument of Gaillard, Stoltz and van Erven 2014, theorem 3, as exp(x - x^2) <= 1 + x for |x| <= 1/2).
///
/// A member that says NaN sleeps at that bar: it gets no weight, and neither gains nor loses.
class WeightRule {
  public:
    /// @pre members >= 1, options inside their ranges
    WeightRule(std::size_t members, WeightRuleOptions options);

    /// The weights of a bar. @param p [members] probabilities of 1, NaN where missing   @param out [members] 0 where
    /// missing, else >= floor, sum 1 (all 0 where nobody answers)
    /// @param open bars before this one whose outcome is not known: fixed share spreads its weights for each
    /// @return how many members answer   @complexity O(members), no allocation
    std::size_t weigh(std::span<const double> p, std::size_t open, std::span<double> out) const;
    /// The weighted mean of the clipped probabilities; 0.5 where nobody answers.
    static double mix(std::span<const double> p, std::span<const double> weight);

    /// Takes in the outcome of the oldest bar that was not known. @complexity O(members), no allocation
    void observe(std::span<const double> p, bool up);
    /// That bar has no outcome.
    void skip();

    std::size_t members() const { return weight_.size(); }
    const WeightRuleOptions& options() const { return options_; }

    void write(ByteWriter& out) const;
    /// False where the bytes are cut short or hold what no rule of these options can reach.
    bool read(ByteReader& in);

  private:
    void observe_share();
    void observe_boa();

    WeightRuleOptions options_;
    std::vector<double> weight_;      ///< fixed share: the weight; boa: its logarithm before the factor eta
    std::vector<double> eta_, squares_;  ///< boa, per member
    double range_ = 0;                ///< boa: E
    std::vector<double> vertex_, now_;   ///< work space of observe: floored members' probabilities, weights
};

}  // namespace aitrading::models
