#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "models/deep/torch/torch_net.hpp"

namespace aitrading::models {

/// AdamW with clipped gradients over the flat weights of a net, and a moving mean of them.
class Optimiser {
  public:
    Optimiser(TorchNet& net, double weight_decay, double clip_norm, double averaging);
    ~Optimiser();
    /// One step along the gradients that stand in the net's leaves, which are cleared.
    /// @return the length of the gradient before clipping; not finite: nothing was changed
    double step(double learning_rate);
    /// The moving mean of the weights, without the bias of its start; the weights themselves where averaging is 0.
    at::Tensor averaged() const;

    void write(ByteWriter& out) const;
    /// False where the numbers are not of this net.
    bool read(ByteReader& in);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// The numbers of a tensor as they stand in its memory order, on the CPU.
std::vector<float> numbers_of(const at::Tensor& tensor);
/// Overwrites a tensor's numbers. False where the count differs.
bool assign_numbers(at::Tensor tensor, const std::vector<float>& values);

}  // namespace aitrading::models
