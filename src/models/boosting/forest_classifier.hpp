#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/boosting/flat_forest.hpp"
#include "models/boosting/tree_shap.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// A fitted tree model: the library's own model text, kept for warm starts and storage, and the flat forest
/// that predicts.
class ForestClassifier final : public Classifier {
  public:
    /// @param learner name of the learner that made it   @param text model text of its library
    /// @errors bad_input when the text is not a model that the reader knows
    static Result<std::unique_ptr<Classifier>> make(std::string_view learner, std::string text);
    /// Reads what `serialise` wrote. @errors bad_input for damaged bytes or another learner's model
    static Result<std::unique_ptr<Classifier>> restore(std::string_view learner, std::string_view bytes);

    std::size_t columns() const override { return forest_.columns(); }
    void predict(MatrixView rows, std::span<double> out) const override { forest_.probabilities(rows, out); }
    double predict_row(std::span<const double> row) const override { return forest_.probability(row); }
    std::vector<double> importance() const override { return importance_; }
    /// Shapley values of the margin (TreeShap), taken to the logit of the answer. Nothing where the text tells no cover.
    std::optional<Reasons> explain(const ClassifierMemory* before, MatrixView rows, std::span<double> out) const override;
    std::string serialise() const override;

    const std::string& learner() const { return learner_; }
    /// XGBoost: model JSON; LightGBM and random forest: model text.
    const std::string& text() const { return text_; }
    const FlatForest& forest() const { return forest_; }

  private:
    ForestClassifier(std::string learner, std::string text, FlatForest forest, TreeShap shap, std::vector<double> importance)
        : learner_(std::move(learner)),
          text_(std::move(text)),
          forest_(std::move(forest)),
          shap_(std::move(shap)),
          importance_(std::move(importance)) {}
    std::string learner_, text_;
    FlatForest forest_;
    TreeShap shap_;
    std::vector<double> importance_;
};

}  // namespace aitrading::models
