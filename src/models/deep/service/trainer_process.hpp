#pragma once

#include <filesystem>
#include <string>

#include "models/deep/generator_job.hpp"
#include "models/deep/net_training.hpp"

namespace aitrading::models {

/// Trains in a process of its own: the program aitrading-train, the only one that links libtorch.
class TrainerProcess final : public NetTrainer, public GeneratorTrainer {
  public:
    /// @param program see find_trainer   @param folder for job files and checkpoints; made where it is missing
    /// @param device cpu or cuda
    TrainerProcess(std::filesystem::path program, std::filesystem::path folder, std::string device = "cpu")
        : program_(std::move(program)), folder_(std::move(folder)), device_(std::move(device)) {}

    /// Writes the job, starts the program, follows its lines. A stop request, or the program's own SIGTERM, leaves a
    /// checkpoint named by the job's hash, from which the next call with the same job goes on to the same bytes; a
    /// finished training removes it. Several may run side by side.
    /// @errors as NetTrainer::train; not_found where the program is missing; failed where a signal ended it
    Result<TrainedFile> train(const TrainingJob& job, std::stop_token stop,
                              const std::function<void(const TrainerProgress&)>& progress) const override;
    /// The same for a generator.
    Result<TrainedFile> train_generator(const GeneratorJob& job, std::stop_token stop,
                                        const std::function<void(const TrainerProgress&)>& progress) const override;

    /// Whether the program is there, to be asked before long work. @errors not_found, with the remedy
    Result<void> ready() const;

  private:
    /// @param key names the checkpoint: the kind and the hash of the job
    Result<TrainedFile> run(const std::string& job, const std::string& key, const std::stop_token& stop,
                            const std::function<void(const TrainerProgress&)>& progress) const;
    std::filesystem::path program_, folder_;
    std::string device_;
};

/// Where aitrading-train lies: what the environment variable AITRADING_TRAIN names, else beside the running program, whether
/// or not it is there.
std::filesystem::path find_trainer();

}  // namespace aitrading::models
