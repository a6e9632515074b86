#pragma once

#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "report/facts.hpp"

namespace aitrading::models {
class FittedEnsemble;
}

namespace aitrading::apps {

struct EvaluationRequest;
struct EvaluationRun;

/// What features are worth on tested bars, by permutation.
struct WorthFigures {
    std::vector<report::FeatureWorth> features;  ///< the greatest first
    std::string how;                             ///< one sentence: fitted and tested on what
    std::string missing;                         ///< why there are none; empty: there are
};

/// Features that `train` tries, and `evaluate --importance` without a number.
inline constexpr std::size_t usual_importance = 12;

/// Fits the ensemble once more on what lies before the last three test blocks and deals its strongest columns anew among their
/// bars (permutation_importance). Too few bars are told in `missing`. @errors interrupted, and what a fit fails with
Result<WorthFigures> measure_worth(const EvaluationRun& run, const EvaluationRequest& request, std::size_t columns, const Context& context);

/// The figures as an aligned table, in thousandths of a nat a bar; or why there are none.
std::string worth_table(const WorthFigures& worth);

/// How the answer of `fitted` follows its strongest columns, over bars of the run. @errors those of with_learnt
Result<std::vector<report::DependenceCurve>> measure_dependence(const EvaluationRun& run, const EvaluationRequest& request,
                                                                const models::FittedEnsemble& fitted);

}  // namespace aitrading::apps
