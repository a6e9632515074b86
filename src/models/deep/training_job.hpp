#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/deep/net_spec.hpp"

namespace aitrading::models {

/// How a net is trained. Defaults suit some ten thousand to some hundred thousand bars of a market.
struct TrainingOptions {
    std::uint64_t seed = 1;
    std::uint32_t epochs = 24;          ///< at most; the learning rate reaches its end with the last
    std::uint32_t patience = 6;         ///< epochs without a better validation loss before it stops
    std::uint32_t streams = 16;         ///< pieces of the series that are read side by side; fewer where rows are few
    std::uint32_t chunk = 64;           ///< bars between two steps: gradients reach back at most so far
    double learning_rate = 2e-3;        ///< at its height
    double warm_up = 0.05;              ///< share of all steps in which it rises from 0; then half a cosine down to 0
    double weight_decay = 0.02;         ///< of matrices; biases, norms and age biases do not decay (AdamW)
    double clip_norm = 1.0;             ///< longest gradient
    double dropout = 0.1;               ///< one mask for each piece and chunk, the same at all its bars
    double averaging = 0.98;            ///< what is judged and kept is a moving mean of the weights; 0: the weights
    double volatility_share = 0.1;      ///< weight of the auxiliary squared error of log volatility over its variance
    double range_share = 0.1;           ///< the same for the log range
    bool balance_classes = false;       ///< weigh both classes alike
    double parameters_per_row = 1;      ///< more for each row that teaches are refused
};

/// Everything that a training needs: one series in time order with what is to be learnt of it.
///
/// Every row is read, since the state of a net passes through all of them; only rows with a weight teach or judge. Rows
/// before `validation_from` teach, those from there on decide when to stop.
struct TrainingJob {
    NetSpec spec;
    TrainingOptions options;
    std::vector<std::string> features;  ///< [inputs] names of the columns; empty: x0, x1, …
    std::string manifest_hash;          ///< of the features; may be empty
    std::vector<float> inputs;          ///< [rows x spec.inputs] as served; NaN and infinite where not known
    std::vector<float> label;           ///< [rows] 0 or 1; anything where the weight is 0
    std::vector<float> weight;          ///< [rows] >= 0
    std::vector<float> log_volatility;  ///< [rows] or empty; NaN where not known. Read where the net has that output
    std::vector<float> log_range;       ///< [rows] or empty; likewise
    std::size_t validation_from = 0;    ///< row
    std::vector<float> initial;         ///< weights to go on from (fine-tuning), or empty

    std::size_t rows() const { return label.size(); }
};

/// Lengths, ranges and that there is something to learn.
/// @errors bad_input: damaged or impossible (says which field), fewer weighted rows than parameters (see parameters_per_row), labels of one
///         class, not one known value; usage: an option out of its range
Result<void> check_job(const TrainingJob& job);

/// Hash of everything in the job: names its checkpoint.
std::string fingerprint(const TrainingJob& job);

/// The weights of a trained net as the file that serves them. @errors as encode_weights
Result<std::string> weight_file(const TrainingJob& job, std::vector<float> values);

/// Sealed bytes of a job, for the file that a trainer reads.
std::string serialise(const TrainingJob& job);
/// @errors bad_input: not a job, of another version, damaged
Result<TrainingJob> parse_job(std::string_view bytes, const std::string& what);

/// `epochs=24 patience=6 …`: every option in order, without the seed.
std::string describe(const TrainingOptions& options);

}  // namespace aitrading::models
