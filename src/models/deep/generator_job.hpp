#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/deep/net_training.hpp"
#include "models/deep/sequence_generator.hpp"

namespace aitrading::models {

/// How a generator is trained against its critic.
struct GeneratorOptions {
    std::uint64_t seed = 1;
    std::uint32_t steps = 500;         ///< of the generator
    std::uint32_t critic_steps = 3;    ///< of the critic before each of them
    std::uint32_t batch = 48;          ///< sequences
    std::uint32_t length = 48;         ///< bars that the critic judges
    std::uint32_t warm_up = 16;        ///< bars that the generator runs before them
    std::uint32_t critic_width = 32;
    double learning_rate = 2e-3;       ///< of the critic; three tenths of it for the generator. Falls to 0 along half a cosine
    double penalty = 10;               ///< weight of the gradient penalty
    double averaging = 0.98;          ///< what is kept is a moving mean of the generator's weights; 0: the last ones
};

/// One series to imitate: normal scores and conditions, row by row without a hole.
struct GeneratorJob {
    GeneratorSpec spec;
    GeneratorOptions options;
    std::vector<std::string> channels, conditions;  ///< names
    std::vector<float> values;                      ///< [rows x spec.channels]
    std::vector<float> condition;                   ///< [rows x spec.conditions]

    std::size_t rows() const { return spec.channels > 0 ? values.size() / spec.channels : 0; }
};

/// Lengths, ranges, finite values, and a channel that never changes.
/// @errors bad_input (says row and field), usage (an option out of its range)
Result<void> check_job(const GeneratorJob& job);
std::string fingerprint(const GeneratorJob& job);
std::string serialise(const GeneratorJob& job);
/// Whether bytes are a job of this kind, by their first word.
bool is_generator_job(std::string_view bytes);
/// @errors bad_input: not a job, of another version, damaged
Result<GeneratorJob> parse_generator_job(std::string_view bytes, const std::string& what);
/// `steps=600 critic_steps=3 …`: every option in order, without the seed.
std::string describe(const GeneratorOptions& options);
/// `name=value` words over the defaults: the options but the seed, and width and noise of the shape. @errors usage
Result<void> parse_generator_words(std::string_view words, GeneratorSpec& spec, GeneratorOptions& options);

/// The weights of a trained generator as the file that serves them. @errors as encode_generator
Result<std::string> generator_file(const GeneratorJob& job, std::vector<float> values);

/// Whoever can train a generator: another process (service/trainer_process.hpp), or a stand-in in tests.
class GeneratorTrainer {
  public:
    virtual ~GeneratorTrainer() = default;
    /// @return a generator file. `loss` in the progress is the critic's estimate of the Wasserstein distance, in its own unit.
    /// @errors check_job's; failed (diverged, disk full); not_found (no trainer here); interrupted (the next call goes on)
    virtual Result<TrainedFile> train_generator(const GeneratorJob& job, std::stop_token stop,
                                                const std::function<void(const TrainerProgress&)>& progress) const = 0;
};

}  // namespace aitrading::models
