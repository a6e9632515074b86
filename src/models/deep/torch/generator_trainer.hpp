#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/deep/generator_job.hpp"
#include "models/deep/torch/net_trainer.hpp"

namespace aitrading::models {

struct TrainedGenerator {
    std::vector<float> weights;  ///< in the order of tensors_of
    TrainerSummary summary;      ///< validation_loss: the critic's distance at the end; base_loss: at the beginning
};

/// Trains a generator as a Wasserstein GAN with gradient penalty (Gulrajani et al. 2017): for each step of the generator
/// some of the critic on fresh pieces of the series; real and drawn pieces share their conditions, so that the critic judges
/// both under the same regime. Adam (0, 0.9).
///
/// One thread. The same job gives the same bytes, whether it ran at one go or was stopped and resumed at any step: all
/// randomness comes from the seed and the number of the step.
/// @param checkpoint bytes that the hook of an earlier run of this job was given, or empty
/// @errors as train_net
Result<TrainedGenerator> train_generator(const GeneratorJob& job, std::string_view checkpoint, const std::string& device, const TrainingHooks& hooks);

}  // namespace aitrading::models
