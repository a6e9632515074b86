#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/deep/net_spec.hpp"

namespace aitrading::models {

/// The shape of a recurrent generator: noise and a condition at each bar in, the channels of that bar out.
///
/// With D = width, K = channels, z_t ~ N(0, 1) of `noise` entries, c_t the condition, h = 0 before the first bar:
///   a = `weight_ih` [z_t; c_t] + `bias_ih`, b = `weight_hh` h_{t-1} + `bias_hh`   (3D, the blocks are r, u, n; torch.nn.GRU)
///   r = sigma(a_r + b_r), u = sigma(a_u + b_u), n = tanh(a_n + r b_n), h_t = (1 - u) n + u h_{t-1}
///   y_k = (`location` [h_t; c_t] + `location_bias`)_k + exp(2 tanh((`scale` [h_t; c_t] + `scale_bias`)_k)) z_{t,k}
/// The last line gives each channel its own noise, whose size state and condition decide: quiet and wild spells and regimes cost
/// the net little.
/// Channels are normal scores (see NormalScores): their laws are put back by whoever samples.
struct GeneratorSpec {
    std::uint32_t channels = 0;    ///< K, 1 to 16
    std::uint32_t conditions = 0;  ///< entries of c_t, 0 to 64
    std::uint32_t noise = 8;       ///< channels to 64
    std::uint32_t width = 32;      ///< D, 4 to 256

    friend bool operator==(const GeneratorSpec&, const GeneratorSpec&) = default;
};

inline constexpr double kScaleLimit = 2;  ///< of the logarithm of a channel's own noise

/// @errors bad_input naming the field
Result<void> check_spec(const GeneratorSpec& spec);
/// `channels=4 conditions=19 noise=8 width=32`
std::string describe(const GeneratorSpec& spec);

/// Every tensor in the order in which flat weights hold them: weight_ih [3D, noise + conditions], weight_hh [3D, D],
/// bias_ih [3D], bias_hh [3D], location [K, D + conditions], location_bias [K], scale [K, D + conditions], scale_bias [K].
std::vector<TensorShape> tensors_of(const GeneratorSpec& spec);
std::size_t parameters_of(const GeneratorSpec& spec);

/// A trained generator as it lies in a file.
struct GeneratorWeights {
    GeneratorSpec spec;
    std::vector<std::string> channels, conditions;  ///< names
    std::string made_by;
    std::vector<float> values;  ///< [parameters_of(spec)]
};

/// Bytes with a magic word, a version and a checksum. @errors bad_input (lengths, a value that is not finite)
Result<std::string> encode_generator(const GeneratorWeights& weights);
/// @errors bad_input: no such file, another version, damaged, a shape that does not fit
Result<GeneratorWeights> decode_generator(std::string_view bytes, const std::string& what);

/// Draws sequences, in double, without libtorch.
class SequenceGenerator {
  public:
    /// @errors bad_input
    static Result<SequenceGenerator> build(const GeneratorWeights& weights);
    const GeneratorSpec& spec() const { return spec_; }

    /// The channels for given noise, from a state of 0. @param noise [rows x noise]  @param condition [rows x conditions]
    /// @return [rows x channels]   @complexity O(rows (width^2 + width (noise + conditions)))
    std::vector<double> run(std::span<const double> noise, std::span<const float> condition) const;

    /// One path along `condition`, after `warm_up` bars under its first rows that are thrown away. Same seed, same path.
    /// @param condition [rows x conditions]   @return [rows x channels] normal scores   @pre rows >= 1
    std::vector<double> sample(std::size_t rows, std::span<const float> condition, std::size_t warm_up, std::uint64_t seed) const;

  private:
    class Walk;
    std::span<const double> tensor(std::size_t index) const { return std::span(values_).subspan(offsets_[index], offsets_[index + 1] - offsets_[index]); }
    GeneratorSpec spec_;
    std::vector<double> values_;
    std::vector<std::size_t> offsets_;
};

}  // namespace aitrading::models
