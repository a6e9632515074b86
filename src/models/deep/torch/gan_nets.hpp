#pragma once

#include <cstdint>
#include <vector>

#include "models/deep/sequence_generator.hpp"

namespace at {
class Tensor;
}

namespace aitrading::models {

// Generator and critic in torch's primitive operations: the fused recurrent layers cannot be differentiated twice, which
// the gradient penalty needs. Weights are one flat leaf each; tensors are views of it.

/// @param flat [parameters_of(spec)] in the order of tensors_of   @param noise [batch, bars, noise]
/// @param condition [batch, bars, conditions]   @return [batch, bars, channels]
at::Tensor generate(const GeneratorSpec& spec, const at::Tensor& flat, const at::Tensor& noise, const at::Tensor& condition);

/// The critic: a gated recurrent net over channels, their sizes |y| and the condition of each bar, and a score of its states.
std::vector<TensorShape> critic_tensors(const GeneratorSpec& spec, std::uint32_t width);
/// @param flat [parameters]   @param values [batch, bars, channels]   @return [batch] the mean over the bars
at::Tensor judge(const GeneratorSpec& spec, std::uint32_t width, const at::Tensor& flat, const at::Tensor& values, const at::Tensor& condition);

/// Uniform within 1 / sqrt(fan in); vectors 0. The generator's two heads begin small, so that it begins as its own noise.
std::vector<float> initial_numbers(const std::vector<TensorShape>& shapes, std::uint64_t seed);

/// The outputs of torch's generator for one sequence, for comparisons. @return [rows x channels]
std::vector<float> torch_generate(const GeneratorWeights& weights, const std::vector<float>& noise, const std::vector<float>& condition);

}  // namespace aitrading::models
