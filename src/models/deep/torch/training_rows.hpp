#pragma once

#include <cstdint>
#include <memory>

#include "models/deep/torch/torch_net.hpp"
#include "models/deep/training_job.hpp"

namespace aitrading::models {

/// How the targets of the rows that teach are spread: the start of the head, and the units of the auxiliary errors.
struct TargetScales {
    double base_rate = 0.5;                          ///< weighted share of label 1
    double label_weight = 1;                         ///< mean weight of a row that teaches
    double volatility_mean = 0, volatility_variance = 1, range_mean = 0, range_variance = 1;
};
TargetScales target_scales(const TrainingJob& job);
InitialScales input_scales(const TrainingJob& job, const TargetScales& targets);

/// One step's rows: tensors of [streams, bars, …].
struct TrainingChunk {
    std::shared_ptr<at::Tensor> x, label, weight, volatility, volatility_known, range, range_known;
};

struct ChunkLoss {
    std::shared_ptr<at::Tensor> total, label;  ///< what is minimised; its part that speaks of the label
};
ChunkLoss loss_of(const at::Tensor& outputs, const TrainingChunk& chunk, const TrainingOptions& options, const TargetScales& scales);

/// The rows of a job, cut into streams: pieces of equal length that are read side by side, chunk after chunk. Where they
/// begin changes from epoch to epoch by less than a chunk and what does not divide, by the seed.
class TrainingRows {
  public:
    TrainingRows(const TrainingJob& job, const TorchNet& net, const TargetScales& scales);
    ~TrainingRows();
    std::int64_t streams() const;
    std::int64_t chunks() const;  ///< steps of an epoch
    TrainingChunk chunk(std::uint32_t epoch, std::int64_t index) const;
    bool judges() const;          ///< whether a validation row has a weight
    /// Weighted log loss of the label over the rows that judge. Pieces of them are read side by side, each after a warm-up
    /// on the bars before it.
    double validation_loss(const TorchNet& net) const;
    /// The same for the training base rate; NaN where no row judges.
    double base_loss() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace aitrading::models
