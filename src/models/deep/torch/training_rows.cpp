#include "models/deep/torch/training_rows.hpp"

#include <torch/torch.h>

#include <cmath>

#include "base/random.hpp"
#include "models/deep/torch/optimiser.hpp"

namespace aitrading::models {
namespace {

using at::Tensor;
constexpr std::int64_t warm_up_bars = 256, judging_streams = 16;

struct Moments {
    double n = 0, sum = 0, squares = 0;
    void add(double v) { n += 1, sum += v, squares += v * v; }
    double mean() const { return n > 0 ? sum / n : 0; }
    double variance() const { return n > 0 ? std::max(0.0, squares / n - mean() * mean()) : 0; }
};

Moments moments_of(const TrainingJob& job, const std::vector<float>& values) {
    Moments m;
    for (std::size_t i = 0; i < std::min(values.size(), job.validation_from); ++i)
        if (job.weight[i] > 0 && std::isfinite(values[i])) m.add(values[i]);
    return m;
}

/// A target with its holes filled, and where it is known. Rows without a weight teach nothing.
std::pair<Tensor, Tensor> with_mask(const TrainingJob& job, const std::vector<float>& values) {
    std::vector<float> filled(job.rows(), 0.0F), known(job.rows(), 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i]) && job.weight[i] > 0) filled[i] = values[i], known[i] = 1.0F;
    return {torch::tensor(filled), torch::tensor(known)};
}

double log_loss(double p, bool one) { return -std::log(one ? p : 1 - p); }

}  // namespace

TargetScales target_scales(const TrainingJob& job) {
    TargetScales s;
    double total = 0, ones = 0, rows = 0;
    for (std::size_t i = 0; i < job.validation_from; ++i) {
        total += job.weight[i];
        ones += job.weight[i] > 0 ? job.weight[i] * job.label[i] : 0;
        rows += job.weight[i] > 0;
    }
    s.base_rate = std::clamp(ones / total, 1e-4, 1 - 1e-4);
    s.label_weight = total / rows;
    const Moments volatility = moments_of(job, job.log_volatility), range = moments_of(job, job.log_range);
    const auto unit = [](const Moments& m) { return m.variance() > 1e-12 ? m.variance() : 1.0; };
    s.volatility_mean = volatility.mean();
    s.volatility_variance = unit(volatility);
    s.range_mean = range.mean();
    s.range_variance = unit(range);
    return s;
}

InitialScales input_scales(const TrainingJob& job, const TargetScales& targets) {
    const std::size_t columns = job.spec.inputs;
    std::vector<Moments> moments(columns);
    for (std::size_t i = 0; i < job.validation_from; ++i)
        for (std::size_t c = 0; c < columns; ++c)
            if (const float v = job.inputs[i * columns + c]; std::isfinite(v)) moments[c].add(v);
    InitialScales out;
    for (const Moments& m : moments) {
        const double deviation = std::sqrt(m.variance());
        out.mean.push_back(static_cast<float>(m.mean()));
        const bool changes = deviation > 1e-6 * std::abs(m.mean()) && deviation > 1e-30;
        out.scale.push_back(changes ? static_cast<float>(deviation) : 1.0F);
        out.mute.push_back(!changes);
    }
    const double one = job.options.balance_classes ? 0.5 : targets.base_rate;
    const std::array<double, 3> bias{std::log(one / (1 - one)), targets.volatility_mean, targets.range_mean};
    for (std::uint32_t o = 0; o < job.spec.outputs; ++o) out.head_bias.push_back(static_cast<float>(bias[o]));
    return out;
}

ChunkLoss loss_of(const Tensor& outputs, const TrainingChunk& chunk, const TrainingOptions& options, const TargetScales& scales) {
    const auto cells = static_cast<double>(chunk.label->numel());
    const Tensor label = at::binary_cross_entropy_with_logits(outputs.select(2, 0), *chunk.label, *chunk.weight, {}, at::Reduction::Sum) / cells;
    Tensor total = label;
    const auto add = [&](std::int64_t output, const Tensor& target, const Tensor& known, double factor) {
        if (output >= outputs.size(2) || factor <= 0) return;
        total = total + at::sum((outputs.select(2, output) - target).square() * known) * (factor / cells);
    };
    add(1, *chunk.volatility, *chunk.volatility_known, options.volatility_share / scales.volatility_variance);
    add(2, *chunk.range, *chunk.range_known, options.range_share / scales.range_variance);
    return {std::make_shared<Tensor>(total), std::make_shared<Tensor>(label)};
}

struct TrainingRows::Parts {
    const TrainingJob* job = nullptr;
    Tensor x, label, weight, volatility, volatility_known, range, range_known;
    std::int64_t streams = 1, chunks = 1, bars = 64, slack = 0;
    double judged_weight = 0, base_loss = std::nan("");
    at::Device device = at::kCPU;

    /// Rows begin + [0, bars) of every stream, one below the other.
    Tensor stacked(const Tensor& all, std::int64_t begin, std::int64_t length, std::int64_t count, std::int64_t stride) const {
        std::vector<Tensor> parts;
        for (std::int64_t s = 0; s < count; ++s) parts.push_back(all.narrow(0, begin + s * stride, length));
        return at::stack(parts).to(device);
    }
};

TrainingRows::TrainingRows(const TrainingJob& job, const TorchNet& net, const TargetScales& scales) : parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.job = &job;
    p.device = net.flat().device();
    p.x = net.standardise(job.inputs);
    std::vector<float> label(job.rows()), weight(job.rows());
    const double one = 0.5 / scales.base_rate, zero = 0.5 / (1 - scales.base_rate);
    double judged = 0;
    for (std::size_t i = 0; i < job.rows(); ++i) {
        const bool known = job.weight[i] > 0;
        label[i] = known ? job.label[i] : 0.0F;
        const double balance = job.options.balance_classes ? (label[i] > 0.5F ? one : zero) : 1;
        weight[i] = known ? static_cast<float>(job.weight[i] / scales.label_weight * balance) : 0.0F;
        if (i < job.validation_from || !known) continue;
        p.judged_weight += job.weight[i];
        judged += job.weight[i] * log_loss(scales.base_rate, label[i] > 0.5F);
    }
    if (p.judged_weight > 0) p.base_loss = judged / p.judged_weight;
    p.label = torch::tensor(label);
    p.weight = torch::tensor(weight);
    std::tie(p.volatility, p.volatility_known) = with_mask(job, job.log_volatility);
    std::tie(p.range, p.range_known) = with_mask(job, job.log_range);

    const auto rows = static_cast<std::int64_t>(job.validation_from);
    p.bars = std::min<std::int64_t>(job.options.chunk, rows);
    // Four chunks a stream at least: the first of each begins without a past.
    p.streams = std::clamp<std::int64_t>(rows / (4 * p.bars), 1, job.options.streams);
    p.chunks = rows / p.streams / p.bars;
    p.slack = rows - p.streams * p.chunks * p.bars;
}

TrainingRows::~TrainingRows() = default;
std::int64_t TrainingRows::streams() const { return parts_->streams; }
std::int64_t TrainingRows::chunks() const { return parts_->chunks; }
bool TrainingRows::judges() const { return parts_->judged_weight > 0; }
double TrainingRows::base_loss() const { return parts_->base_loss; }

TrainingChunk TrainingRows::chunk(std::uint32_t epoch, std::int64_t index) const {
    const Parts& p = *parts_;
    SplitMix64 random(derive_seed(derive_seed(p.job->options.seed, 3), epoch));
    const auto shift = static_cast<std::int64_t>(random.next_below(static_cast<std::uint64_t>(p.slack) + 1));
    const auto of = [&](const Tensor& all) {
        return std::make_shared<Tensor>(p.stacked(all, shift + index * p.bars, p.bars, p.streams, p.chunks * p.bars));
    };
    return {of(p.x), of(p.label), of(p.weight), of(p.volatility), of(p.volatility_known), of(p.range), of(p.range_known)};
}

double TrainingRows::validation_loss(const TorchNet& net) const {
    const Parts& p = *parts_;
    const torch::NoGradGuard guard;
    const auto from = static_cast<std::int64_t>(p.job->validation_from), all = static_cast<std::int64_t>(p.job->rows());
    const std::int64_t streams = std::clamp<std::int64_t>((all - from) / warm_up_bars, 1, judging_streams);
    const std::int64_t length = (all - from) / streams, warm = std::min(warm_up_bars, from);
    // What does not divide is read by the last stream alone, behind the others' end.
    double sum = 0;
    const auto judge = [&](std::int64_t begin, std::int64_t bars, std::int64_t count) {
        TorchState state = net.start(count);
        for (std::int64_t at = begin - warm; at < begin + bars; at += p.bars) {
            const std::int64_t here = std::min(p.bars, begin + bars - at);
            const Tensor logit = net.forward(p.stacked(p.x, at, here, count, length), state, {}).select(2, 0).to(at::kCPU).contiguous();
            const auto* z = logit.data_ptr<float>();
            for (std::int64_t s = 0; s < count; ++s)
                for (std::int64_t i = 0; i < here; ++i) {
                    const auto row = static_cast<std::size_t>(at + s * length + i);
                    if (at + i < begin || !(p.job->weight[row] > 0)) continue;
                    const double m = p.job->label[row] > 0.5F ? -z[s * here + i] : z[s * here + i];  // loss = log(1 + exp(m))
                    sum += p.job->weight[row] * (m > 0 ? m + std::log1p(std::exp(-m)) : std::log1p(std::exp(m)));
                }
        }
    };
    judge(from, length, streams);
    if (const std::int64_t rest = all - from - streams * length; rest > 0) judge(all - rest, rest, 1);
    return sum / p.judged_weight;
}

}  // namespace aitrading::models
