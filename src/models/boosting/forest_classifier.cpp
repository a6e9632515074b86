#include "models/boosting/forest_classifier.hpp"

#include <fmt/format.h>

#include <numeric>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view kMagic = "aitrading tree model 1";

std::string header_of(std::string_view learner, std::string_view text) {
    Fingerprint hash;
    hash.add(text);
    return fmt::format("{} {} {} {}\n", kMagic, learner, text.size(), hash.hex());
}

}  // namespace

Result<std::unique_ptr<Classifier>> ForestClassifier::make(std::string_view learner, std::string text) {
    TRY(const auto model, learner == "xgboost" ? read_xgboost_json(text) : read_lightgbm_text(text));
    TRY(auto forest, FlatForest::build(model));
    return std::unique_ptr<Classifier>(
        new ForestClassifier(std::string(learner), std::move(text), std::move(forest), TreeShap(model), gain_shares(model)));
}

Result<std::unique_ptr<Classifier>> ForestClassifier::restore(std::string_view learner,
                                                              std::string_view bytes) {
    const auto line = bytes.substr(0, bytes.find('\n'));
    if (!line.starts_with(kMagic))
        return fail(ErrorCode::bad_input,
                    fmt::format("{} model: the bytes are not a tree model; train again", learner));
    const auto text = bytes.substr(std::min(line.size() + 1, bytes.size()));
    // The whole header is rebuilt from what follows it: learner, length and fingerprint must all agree.
    const auto expected = header_of(learner, text);
    if (expected != std::string(line) + "\n")
        return fail(
            ErrorCode::bad_input,
            fmt::format(
                "{} model: the bytes are damaged or of another learner (header '{}', {} bytes of text); "
                "restore the file or train again",
                learner, line.substr(0, 100), text.size()));
    return make(learner, std::string(text));
}

std::optional<Reasons> ForestClassifier::explain(const ClassifierMemory*, MatrixView rows, std::span<double> out) const {
    if (!shap_.available()) return std::nullopt;
    CHECK(rows.rows >= 1 && rows.columns == columns() && out.size() == columns());
    const std::span<const double> row = rows.row(rows.rows - 1);
    shap_.contributions(row, out);
    const double margin = std::accumulate(out.begin(), out.end(), shap_.base());
    const double slope = shap_.logit_slope(margin);
    for (double& c : out) c *= slope;
    return Reasons{.base = shap_.logit(shap_.base())};
}

std::string ForestClassifier::serialise() const {
    return header_of(learner_, text_) + text_;
}

}  // namespace aitrading::models
