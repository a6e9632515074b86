#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/deep/net_spec.hpp"

namespace aitrading::models {

/// Greatest magnitude of a weight (inputs' mean and scale apart). A trained net stays far below; within it no
/// input whatever can make a state or an output overflow, so that a stream never needs to be repaired.
inline constexpr float kWeightMax = 1000;

/// A trained net as plain numbers.
struct NetWeights {
    NetSpec spec;
    std::vector<std::string> features;  ///< [inputs] names of the columns, in order
    std::string manifest_hash;          ///< of the features that the net was trained on, see FeatureMatrix
    std::string made_by;                ///< program, library and seed that trained it; free text for cards
    /// Every tensor of `tensors_of(spec)`, row-major, one behind the other. The means and scales are what the
    /// trainer standardised with after they were rounded to float.
    std::vector<float> values;

    /// @pre the spec is valid, values.size() == parameters_of(spec), the name is one of tensors_of(spec)
    std::span<const float> tensor(std::string_view name) const;
    std::span<float> tensor(std::string_view name);
};

/// Zeros of the right shape, with input.scale and the weights of norms at 1 and features named x0, x1, ….
/// @pre check_spec(spec)
NetWeights blank_weights(const NetSpec& spec);

/// Shapes and numbers fit: the spec is valid, one distinct non-empty name a feature, parameters_of(spec)
/// values, all finite, scales positive normal numbers, the rest within kWeightMax. @errors bad_input naming
/// tensor and index
Result<void> check_weights(const NetWeights& weights);

/// The weight file, format 1, little-endian:
///   "AITDEEP\n", u32 format, u32 offset of the first tensor, u64 size of the file; spec, features, manifest
///   hash, made by, and a table of the tensors' names and shapes; zeros up to a multiple of 64; then the
///   tensors as float32, each beginning at a multiple of 64 and padded with zeros; u64 Fingerprint of
///   everything before it.
/// Any damage within one aligned 8-byte word is always noticed (the fingerprint is a bijection of each word),
/// more with odds of 2^64 to one. Equal weights give equal bytes. @errors as check_weights
Result<std::string> encode_weights(const NetWeights& weights);

/// @param file for error texts only
/// @errors bad_input: not a weight file, a newer format (named), cut short, damaged, a spec or shapes that do
/// not fit, numbers as in check_weights; each with the file and what to do @complexity O(bytes), copies: the
/// bytes may go after
Result<NetWeights> decode_weights(std::string_view bytes, std::string_view file);

/// The features of a series are those that the net was trained on, by name, order and manifest.
/// @errors bad_input naming the first difference
Result<void> check_features(const NetWeights& weights, std::span<const std::string> names,
                            std::string_view manifest_hash);

}  // namespace aitrading::models
