#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/interval.hpp"
#include "report/picture.hpp"

namespace aitrading::report {

/// Predicted probability against what came true, Wilson interval at each bin, over the diagonal.
Picture reliability_picture(const std::string& model, const Panel& panel);

/// Accuracy on the most confident share of bars with its band, over the base rate. @pre accuracy_at not empty
/// @param shared range of the accuracy axis for pictures that stand side by side
Picture coverage_picture(const std::string& model, const Panel& panel, std::optional<Interval> shared = {});
/// What such pictures have to show, base rates included. @pre some panel has accuracy_at
Interval coverage_range(const std::vector<const Panel*>& panels);

/// Accuracy of every model and baseline with its interval, over the majority rate. @pre models not empty
Picture accuracy_picture(const std::vector<ModelPanel>& models);

/// Log-loss skill of every model and baseline over the constant; no interval is computed for it, which is said.
DataTable panel_table(const std::vector<ModelPanel>& models);

/// Accuracy of each test fold with its interval beside the majority rate of the same bars. @pre folds not empty
Picture folds_picture(const std::string& model, const std::vector<FoldRow>& folds);

/// The greatest shares, at most 20, and how much the rest holds. @pre importance not empty
Picture importance_picture(const std::vector<FeatureShare>& importance);

/// What each feature is worth on tested bars, with its band, over zero. @pre worth not empty
Picture worth_picture(const std::vector<FeatureWorth>& worth);

/// The mean answer over a feature's values with the band of its rows, over even odds. @pre curve.at not empty
Picture dependence_picture(const DependenceCurve& curve);

/// Placebo runs inside the band in which a run on nothing belongs. @pre placebos not empty
Picture placebo_picture(const std::vector<PlaceboRow>& placebos);

/// A figure under changed assumptions, with intervals where known, over zero. @pre rows not empty
Picture sensitivity_picture(const std::vector<SensitivityRow>& rows, const std::string& what);

}  // namespace aitrading::report
