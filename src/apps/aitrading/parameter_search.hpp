#pragma once

#include "apps/aitrading/evaluation_run.hpp"

namespace aitrading::apps {

/// `train --trials N`: for each learner of the request N trials of hyper-parameters by TPE, judged by purged
/// walk-forward log loss inside the span of `bars`; leaves the best words in `request.parameters`. Every trial enters
/// the home's ledger and so deflates the Sharpe ratio.
/// @errors interrupted, usage, those of run_evaluation
Result<void> search_parameters(const BarColumns& bars, EvaluationRequest& request, int trials, const Context& context);

}  // namespace aitrading::apps
