#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {

/// Writes the weight file (see encode_weights): whole or not at all, the previous one stays until the new one
/// is on disk.
/// @errors bad_input (weights that do not fit), not_found, failed (disk full, …), with the path
Result<void> save_weights(const std::filesystem::path& path, const NetWeights& weights);

/// Maps the file, checks all of it and copies the tensors out: the file may then be replaced or removed under
/// a net that serves. @errors not_found, failed (not readable), bad_input as decode_weights, with the path
Result<NetWeights> load_weights(const std::filesystem::path& path);

}  // namespace aitrading::models
