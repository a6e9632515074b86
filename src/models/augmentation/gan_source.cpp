#include "base/random.hpp"
#include "models/augmentation/normal_scores.hpp"
#include "models/augmentation/surrogates.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t sampling_warm_up = 64;

class GanSource final : public BarSource {
  public:
    /// What the net draws under the learnt conditions is not quite normal: its own law is taken out, so that the channels' laws are
    /// those of the training rows and the net says how bars hang together.
    GanSource(std::vector<std::string> names, std::vector<NormalScores> laws, SequenceGenerator net, const Conditions& learnt, std::uint64_t seed)
        : names_(std::move(names)), laws_(std::move(laws)), net_(std::move(net)) {
        const BarChannels drawn{names_, net_.sample(learnt.rows(), learnt.values, sampling_warm_up, derive_seed(seed, 25))};
        for (std::size_t k = 0; k < names_.size(); ++k) own_.push_back(NormalScores::fit(drawn.column(k)));
    }

    BarChannels draw(const Conditions& conditions, std::uint64_t seed) const override {
        BarChannels out{names_, net_.sample(conditions.rows(), conditions.values, sampling_warm_up, seed)};
        for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = laws_[i % laws_.size()].value(own_[i % own_.size()].score(out.values[i]));
        return out;
    }

  private:
    std::vector<std::string> names_;
    std::vector<NormalScores> laws_, own_;
    SequenceGenerator net_;
};

class GanKind final : public SourceKind {
  public:
    GanKind(const GeneratorTrainer& trainer, const GeneratorSpec& shape, const GeneratorOptions& options)
        : trainer_(trainer), shape_(shape), options_(options) {}
    std::string_view name() const override { return "gan"; }

    Result<std::unique_ptr<BarSource>> fit(const SourceInput& input) const override {
        GeneratorJob job;
        job.spec = shape_;
        job.spec.channels = static_cast<std::uint32_t>(input.channels.columns());
        job.spec.conditions = static_cast<std::uint32_t>(input.conditions.names.size());
        job.options = options_;
        job.options.seed = input.seed;
        job.channels = input.channels.names;
        job.conditions = input.conditions.names;
        job.condition = input.conditions.values;
        std::vector<NormalScores> laws;
        laws.reserve(input.channels.columns());
        for (std::size_t k = 0; k < input.channels.columns(); ++k) laws.push_back(NormalScores::fit(input.channels.column(k)));
        job.values.reserve(input.channels.values.size());
        for (std::size_t i = 0; i < input.channels.values.size(); ++i)
            job.values.push_back(static_cast<float>(laws[i % laws.size()].score(input.channels.values[i])));
        TRY(const TrainedFile trained, trainer_.train_generator(job, input.stop, input.progress));
        TRY(const GeneratorWeights weights, decode_generator(trained.bytes, "generator"));
        TRY(SequenceGenerator net, SequenceGenerator::build(weights));
        return std::make_unique<GanSource>(input.channels.names, std::move(laws), std::move(net), input.conditions, input.seed);
    }

  private:
    const GeneratorTrainer& trainer_;
    GeneratorSpec shape_;
    GeneratorOptions options_;
};

}  // namespace

std::unique_ptr<SourceKind> gan_source(const GeneratorTrainer& trainer, const GeneratorSpec& shape, const GeneratorOptions& options) {
    return std::make_unique<GanKind>(trainer, shape, options);
}

}  // namespace aitrading::models
