#pragma once

#include <string>
#include <vector>

#include "apps/aitrading/stored_model.hpp"
#include "report/run_report.hpp"

namespace aitrading::apps {

/// What the report may say of the model that traded: its predictions against what came true on these bars.
/// @errors those of make_labels and compute_panel
Result<void> add_model_evidence(report::RunReport& page, const LoadedModel& model,
                                const std::vector<StoredPrediction>& predictions, const BarColumns& bars);

/// Writes `folder`/report.html for a run over `bars`; `model` is empty for a rule.
Result<void> write_run_page(const std::string& folder, const RunResult& result, const BarColumns& bars,
                            const LoadedModel* model, const std::vector<StoredPrediction>& predictions,
                            const Context& context);

}  // namespace aitrading::apps
