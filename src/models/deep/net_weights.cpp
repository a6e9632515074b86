#include "models/deep/net_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

struct Place {
    std::size_t first = 0, size = 0;
};

Place place_of(const NetWeights& weights, std::string_view name) {
    std::size_t first = 0;
    for (const TensorShape& tensor : tensors_of(weights.spec)) {
        if (tensor.name == name) {
            CHECK(first + tensor.size() <= weights.values.size());
            return {first, tensor.size()};
        }
        first += tensor.size();
    }
    CHECK(!"the net has a tensor of that name");
    return {};
}

/// Why a number cannot stand in that tensor; nullptr where it can.
const char* refusal(std::string_view tensor, float value) {
    if (!std::isfinite(value)) return "it must be finite";
    if (tensor == "input.mean") return nullptr;
    if (tensor == "input.scale")
        return value >= std::numeric_limits<float>::min()
                   ? nullptr
                   : "a scale must be positive (1 for a constant column)";
    return std::fabs(value) <= kWeightMax ? nullptr : "no weight of a trained net lies beyond 1000";
}

Result<void> check_values(const NetWeights& weights) {
    const std::size_t expected = parameters_of(weights.spec);
    if (weights.values.size() != expected)
        return fail(ErrorCode::bad_input,
                    fmt::format("{} weights, but a net of {} has {}", weights.values.size(),
                                describe(weights.spec), expected));
    std::size_t first = 0;
    for (const TensorShape& tensor : tensors_of(weights.spec)) {
        for (std::size_t i = 0; i < tensor.size(); ++i) {
            const float value = weights.values[first + i];
            if (const char* why = refusal(tensor.name, value))
                return fail(ErrorCode::bad_input,
                            fmt::format("tensor {}, element {}, is {}; {}", tensor.name, i, value, why));
        }
        first += tensor.size();
    }
    return {};
}

Result<void> check_names(const NetWeights& weights) {
    if (weights.features.size() != weights.spec.inputs)
        return fail(ErrorCode::bad_input, fmt::format("{} feature names for {} inputs",
                                                      weights.features.size(), weights.spec.inputs));
    std::set<std::string_view> seen;
    for (const std::string& feature : weights.features) {
        if (feature.empty()) return fail(ErrorCode::bad_input, "a feature has no name");
        if (!seen.insert(feature).second)
            return fail(ErrorCode::bad_input, fmt::format("feature {} stands there twice", feature));
    }
    return {};
}

}  // namespace

std::span<const float> NetWeights::tensor(std::string_view name) const {
    const Place place = place_of(*this, name);
    return {values.data() + place.first, place.size};
}

std::span<float> NetWeights::tensor(std::string_view name) {
    const Place place = place_of(*this, name);
    return {values.data() + place.first, place.size};
}

NetWeights blank_weights(const NetSpec& spec) {
    NetWeights weights;
    weights.spec = spec;
    for (std::size_t i = 0; i < spec.inputs; ++i) weights.features.push_back(fmt::format("x{}", i));
    for (const TensorShape& tensor : tensors_of(spec)) {
        const bool scales = tensor.name == "input.scale" || (tensor.name.find("norm") != std::string::npos &&
                                                             tensor.name.ends_with(".weight"));
        weights.values.insert(weights.values.end(), tensor.size(), scales ? 1.0F : 0.0F);
    }
    return weights;
}

Result<void> check_weights(const NetWeights& weights) {
    TRY_VOID(check_spec(weights.spec));
    TRY_VOID(check_names(weights));
    return check_values(weights);
}

Result<void> check_features(const NetWeights& weights, std::span<const std::string> names,
                            std::string_view manifest_hash) {
    if (names.size() != weights.features.size())
        return fail(
            ErrorCode::bad_input,
            fmt::format("the net takes {} features, the series has {}; train it anew on these features",
                        weights.features.size(), names.size()));
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] != weights.features[i])
            return fail(
                ErrorCode::bad_input,
                fmt::format("feature {} of the net is {}, of the series {}; train it anew on these features",
                            i + 1, weights.features[i], names[i]));
    if (manifest_hash == weights.manifest_hash) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("the net was trained on features of manifest {}, these are of {}; train it anew",
                            weights.manifest_hash, manifest_hash));
}

}  // namespace aitrading::models
