#pragma once

#include <functional>
#include <limits>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "models/deep/training_job.hpp"

namespace aitrading::models {

/// What a trainer says while it works.
struct TrainerProgress {
    std::uint32_t epoch = 0, epochs = 0;  ///< finished ones, and at most so many
    std::int64_t step = 0, steps = 0;
    double loss = 0;                      ///< weighted log loss of the label over the steps of this epoch so far
    double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< of the last finished epoch
    double rows_per_second = 0;
    double seconds_left = 0;              ///< at most: early stopping may end it before
};

/// What it says at the end.
struct TrainerSummary {
    std::uint32_t epochs = 0, best_epoch = 0;
    double validation_loss = 0;           ///< weighted log loss of the kept weights; NaN without validation rows
    double base_loss = 0;                 ///< the same of the training base rate, which a net has to beat
};

struct TrainedFile {
    std::string bytes;                    ///< a weight file, see net_weights.hpp
    TrainerSummary summary;
};

/// Whoever can train a net: another process (service/trainer_process.hpp), or a stand-in in tests.
class NetTrainer {
  public:
    virtual ~NetTrainer() = default;
    /// @param progress from the calling thread, may be empty
    /// @errors check_job's; failed (diverged, disk full); not_found (no trainer here); interrupted (the next call goes on)
    virtual Result<TrainedFile> train(const TrainingJob& job, std::stop_token stop,
                                      const std::function<void(const TrainerProgress&)>& progress) const = 0;
};

}  // namespace aitrading::models
