#pragma once

#include <string>
#include <vector>

#include "apps/aitrading/stored_model.hpp"
#include "proving/backtest/sensitivity.hpp"
#include "report/run_report.hpp"

namespace aitrading::apps {

/// What the report may say of the model that traded: its predictions against what came true on these bars.
/// @errors those of make_labels and compute_panel
Result<void> add_model_evidence(report::RunReport& page, const LoadedModel& model,
                                const std::vector<StoredPrediction>& predictions, const BarColumns& bars);

/// What the page of a run shows beside the run itself.
struct RunPageFacts {
    BarColumns bars;                            ///< that were traded
    std::vector<int> regime;                    ///< [bars] by rule, told from earlier bars too; or empty
    const LoadedModel* model = nullptr;         ///< none for a rule
    std::vector<StoredPrediction> predictions;  ///< of the model
    std::vector<backtest::SensitivityRun> sensitivity;
};

/// Writes `folder`/report.html for a run.
Result<void> write_run_page(const std::string& folder, const RunResult& result, const RunPageFacts& facts, const Context& context);

}  // namespace aitrading::apps
