#include <cmath>

#include "base/random.hpp"
#include "models/deep/torch/torch_net.hpp"

namespace aitrading::models {
namespace {

/// Units that one number of a matrix adds up with.
double fan_in(const TensorShape& t) {
    double fan = 1;
    for (std::size_t i = 1; i < t.shape.size(); ++i) fan *= static_cast<double>(t.shape[i]);
    return fan;
}

/// How wide the uniform start of a matrix is, over 1 / sqrt(fan in).
double spread(const std::string& name) {
    if (name == "head.weight") return 0.1;
    // What is added to the stream of a residual net begins small, so that its depth does not matter at first.
    const bool residual = name.ends_with(".out.weight") || name.ends_with(".contract.weight") || name.ends_with(".mix.weight");
    return residual ? 0.5 : 1.0;
}

}  // namespace

std::vector<float> initial_weights(const NetSpec& spec, const InitialScales& scales, std::uint64_t seed) {
    std::vector<float> out;
    out.reserve(parameters_of(spec));
    SplitMix64 random(derive_seed(seed, 1));
    for (const TensorShape& t : tensors_of(spec)) {
        const std::size_t at = out.size(), size = t.size();
        out.resize(at + size, 0.0F);
        const auto place = [&](const std::vector<float>& values) { std::copy(values.begin(), values.end(), out.begin() + static_cast<std::ptrdiff_t>(at)); };
        if (t.name == "input.mean") place(scales.mean);
        else if (t.name == "input.scale") place(scales.scale);
        else if (t.name == "head.bias") place(scales.head_bias);
        else if (t.name.ends_with("norm.weight") || t.name.ends_with("norm1.weight") || t.name.ends_with("norm2.weight"))
            std::fill(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(), 1.0F);
        else if (t.name.starts_with("lstm.") && t.name.ends_with(".bias"))
            // An open forget gate lets gradients through from the first step on (Jozefowicz 2015).
            for (std::size_t i = size / 4; i < size / 2; ++i) out[at + i] = 1.0F;
        else if (t.shape.size() > 1 && !t.name.ends_with("age_bias")) {
            const double limit = spread(t.name) / std::sqrt(fan_in(t));
            const bool first = t.name == "lstm.0.weight_ih" || t.name == "embed.weight";
            for (std::size_t i = 0; i < size; ++i) {
                const auto drawn = static_cast<float>((2 * random.next_uniform() - 1) * limit);
                // A weight that no gradient ever reaches would be noise on the day the column comes to life.
                out[at + i] = first && scales.mute[i % spec.inputs] ? 0.0F : drawn;
            }
        }
    }
    return out;
}

}  // namespace aitrading::models
