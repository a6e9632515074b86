#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>

#include "models/augmentation/bar_channels.hpp"
#include "models/deep/generator_job.hpp"

namespace aitrading::models {

/// Something that draws bars like those that it was fitted on.
class BarSource {
  public:
    virtual ~BarSource() = default;
    /// One sequence, a row for each row of `conditions`. Same seed, same sequence.
    virtual BarChannels draw(const Conditions& conditions, std::uint64_t seed) const = 0;
};

/// What a kind of source is fitted on: training rows only.
struct SourceInput {
    const BarChannels& channels;
    const Conditions& conditions;  ///< of the same rows
    std::uint64_t seed = 1;
    std::stop_token stop = {};
    std::function<void(const TrainerProgress&)> progress = {};
};

/// A kind of source, by its name in tables: `block_bootstrap`, `garch_t`, `jitter`, `gan`.
class SourceKind {
  public:
    virtual ~SourceKind() = default;
    virtual std::string_view name() const = 0;
    virtual Result<std::unique_ptr<BarSource>> fit(const SourceInput& input) const = 0;
};

/// Stationary bootstrap (Politis & Romano 1994) of whole rows. Blocks begin at the same hour of the day as the place that they
/// fill; their mean length is Politis & White's for the sizes of the returns, a day at least where bars are shorter.
std::unique_ptr<SourceKind> block_bootstrap_source();

/// Filtered historical simulation: GARCH(1,1) by the likelihood of Student's t with the variance targeted; the residuals, with the
/// other channels of their bar, are drawn one by one at the same hour of the day and scaled by the path's own volatility.
std::unique_ptr<SourceKind> garch_source();

/// The training rows themselves with a tenth of each channel's deviation of normal noise on top.
std::unique_ptr<SourceKind> jitter_source();

/// The recurrent generator of models/deep over the channels' normal scores.
/// @param trainer outlives the kind   @param shape width and noise
std::unique_ptr<SourceKind> gan_source(const GeneratorTrainer& trainer, const GeneratorSpec& shape, const GeneratorOptions& options);

/// Parameters of GARCH(1,1) with t innovations: h' = omega + alpha r^2 + beta h, omega from the sample variance.
struct GarchFit {
    double mean = 0, variance = 0, alpha = 0, beta = 0, degrees = 8, log_likelihood = 0;
};
/// By a search over a shrinking grid. @pre at least 100 returns   @complexity O(600 n)
GarchFit fit_garch(std::span<const double> r);

}  // namespace aitrading::models
