#pragma once

#include "models/ensemble/fitted_ensemble.hpp"

namespace aitrading::models {

/// How old an answer is, against what it speaks of.
struct AnswerAge {
    double bars = 0;          ///< since its bar closed, or of news that it lacks; in bars of its series, >= 0
    int horizon_bars = 1;     ///< that its label looks ahead, >= 1
    double base_rate = 0.5;   ///< of label 1, in [0, 1]
};

/// What an answer still claims at an age: (bars + horizon) / horizon is how much longer the span is that it now has to speak of, from
/// the last bar that it knew to the end of the horizon as seen from now.
///
/// - Interval of the target: its half width grows with that to the power of 0.55. A sum of independent moves spreads with the square
///   root (the price has moved on unseen for `bars`, then comes the horizon); the twentieth more is for calm hours, whose narrow
///   interval meets the usual volatility later, and for tails that are fatter in one move than in a sum. With the root alone intervals
///   of one hour held 79 to 82 % after 400 hours, with this 88 to 91 %; for a log volatility, which comes back to its mean, it is more than is
///   needed. Coverage by age is measured: docs/live.md.
/// - Probability: its distance from the base rate shrinks by the inverse of it, so that at twice the horizon's span half is claimed.
/// - Venn-Abers interval: its ends go to 0 and 1 as fast.
///
/// At age 0 every bit is the same. With age neither interval ever narrows, the probability never claims more, and p_low <= p_up <= p_high stays.
/// An interval that is not known stays unknown. Pure.
RowPrediction aged(const RowPrediction& answer, const AnswerAge& age);

}  // namespace aitrading::models
