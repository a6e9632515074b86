#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/deep/net_training.hpp"

namespace aitrading::models {

/// What a trainer needs of the world. All may be empty.
struct TrainingHooks {
    std::function<void(const TrainerProgress&)> progress;              ///< after every step
    std::function<Result<void>(const std::string& bytes)> checkpoint;   ///< after every epoch, and when stopped
    std::function<double()> clock;                                      ///< seconds; none: no rates
    std::stop_token stop;
};

struct TrainedNet {
    std::vector<float> weights;  ///< in the order of tensors_of
    TrainerSummary summary;
};

/// Trains one net: truncated back-propagation along streams of the series, AdamW (Loshchilov & Hutter 2019), warm-up and
/// half a cosine, gradients clipped by their length, early stopping on the rows behind `validation_from`.
///
/// One thread. The same job gives the same bytes on one machine with one BLAS, whether it ran at one go or was stopped and
/// resumed at any step: all randomness comes from the seed and the number of the step.
/// @param checkpoint bytes that the hook of an earlier run of this job was given, or empty
/// @param device cpu, or cuda where this libtorch has it
/// @errors check_job's; usage (a device that is not there); bad_input (a checkpoint that is damaged or of another job);
///         failed (the loss diverged: says the epoch and what to lower; the hook's own error); interrupted
Result<TrainedNet> train_net(const TrainingJob& job, std::string_view checkpoint, const std::string& device, const TrainingHooks& hooks);

/// The outputs of libtorch's net over a whole series, read in chunks, for comparisons. @param rows [rows x inputs]
/// @return [rows x outputs]   @pre weights are in the order of tensors_of
std::vector<float> torch_outputs(const NetSpec& spec, const std::vector<float>& weights, const std::vector<float>& rows, std::int64_t chunk);

}  // namespace aitrading::models
