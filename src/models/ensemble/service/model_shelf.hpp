#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/ensemble/service/prediction_messages.hpp"

namespace aitrading::models {

/// A stored model as requests about brought bars ask it. Safe to use from several threads.
struct AskedModel {
    PredictionSource source;
    std::vector<std::string> members;
    UnixNanos training_end;  ///< bars that were known up to here taught it: it is not asked about them
    int digits = 5;          ///< of the prices of its series
    /// A fresh stream as `predict` opens it over these bars; the model lives as long as this function does.
    std::function<Result<Predictor>(const BarColumns& bars)> open;
    /// What it reads of these bars, for its reasons.
    std::function<Result<ReasonRows>(const BarColumns& bars)> rows;
};

/// How good it was out of sample: all of it or nothing.
struct Judged {
    std::string protocol;
    std::int64_t rows = 0, trials = 0;
    UnixNanos from, to;
    double coverage = 0, majority_rate = 0, accuracy = 0, accuracy_low = 0, accuracy_high = 0, p_value_vs_majority = 0;
    double brier_skill = 0, log_loss_skill = 0, calibration_error = 0, calibration_noise_p95 = 0;
};

struct ListedModel {
    PredictionSource source;
    std::vector<std::string> members;
    UnixNanos training_end;
    std::optional<Judged> judged;
};

/// The models that can be asked about bars that a caller brings. Safe to use from several threads.
class ModelShelf {
  public:
    virtual ~ModelShelf() = default;
    /// @param version none: the one in production   @errors not_found (says what there is), gate_refused (damaged), bad_input (a model that looks at other markets)
    virtual Result<std::shared_ptr<const AskedModel>> take(const std::string& name, std::optional<int> version) = 0;
    /// @errors those of the registry
    virtual Result<std::vector<ListedModel>> list() = 0;
};

}  // namespace aitrading::models
