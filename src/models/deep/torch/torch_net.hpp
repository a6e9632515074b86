#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/deep/net_spec.hpp"

// Only the .cpp files of this room see torch's headers (17 seconds each to compile).
namespace at {
class Tensor;
}

namespace aitrading::models {

/// What a net carries from chunk to chunk, for some streams side by side. No gradient passes through it.
struct TorchState {
    std::vector<at::Tensor> tensors;
    std::int64_t known = 0;  ///< bars read so far, counted up to the window
};

/// A mask for the units of a layer, [streams, 1, units]: 0 or 1 / (1 - share dropped).
using DropoutMask = std::function<at::Tensor(std::int64_t streams, std::int64_t units)>;

/// The nets of net_spec.hpp in torch's operations, for whole chunks of several streams.
class TorchNet {
  public:
    /// Weights are 0. @param device "cpu" or "cuda"   @pre check_spec(spec)
    TorchNet(const NetSpec& spec, const std::string& device);
    ~TorchNet();
    TorchNet(TorchNet&& other) noexcept;
    TorchNet& operator=(TorchNet&&) = delete;

    const NetSpec& spec() const;
    /// All tensors end to end in the order of tensors_of; the net's weights are views of it. [parameters_of(spec)]
    at::Tensor flat() const;
    /// The leaves that gradients are taken of: every tensor but input.mean and input.scale, in order.
    const std::vector<at::Tensor>& leaves() const;
    /// 1 where a weight decays (matrices), 0 elsewhere. [parameters]
    at::Tensor decays() const;

    TorchState start(std::int64_t streams) const;
    /// @param x [streams, bars, inputs] standardised   @param state moves on by the bars
    /// @param dropout in training only, else empty     @return [streams, bars, outputs]
    at::Tensor forward(const at::Tensor& x, TorchState& state, const DropoutMask& dropout) const;

    /// Rows as the net sees them: standardised, limited, 0 where not known. @param rows [rows x inputs]
    /// @return [rows, inputs] float on the net's device
    at::Tensor standardise(const std::vector<float>& rows) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Seeded start: uniform within 1 / sqrt(fan in), forget gates open, norms 1, residual branches small, the head at the
/// base rate and the means of the targets; input scaling from the rows that teach.
struct InitialScales {
    std::vector<float> mean, scale;          ///< [inputs]
    std::vector<float> head_bias;            ///< [outputs]
    std::vector<bool> mute;                  ///< [inputs] never known or never changing: its first weights are 0 and stay so
};
std::vector<float> initial_weights(const NetSpec& spec, const InitialScales& scales, std::uint64_t seed);

}  // namespace aitrading::models
