#include "models/deep/sequence_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/random.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view magic = "AITGENR1";

enum Tensor : std::size_t { weight_ih, weight_hh, bias_ih, bias_hh, location, location_bias, scale, scale_bias };

/// out = bias + matrix x. @param matrix [out x x], row-major
void affine(std::span<const double> matrix, std::span<const double> bias, std::span<const double> x, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        double sum = bias[i];
        const double* row = matrix.data() + i * x.size();
        for (std::size_t j = 0; j < x.size(); ++j) sum += row[j] * x[j];
        out[i] = sum;
    }
}

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

Result<void> check_weights(const GeneratorWeights& w, const std::string& what) {
    TRY_VOID(check_spec(w.spec));
    if (w.values.size() != parameters_of(w.spec) || w.channels.size() != w.spec.channels || w.conditions.size() != w.spec.conditions)
        return fail(ErrorCode::bad_input, fmt::format("{}: {} weights, {} channels and {} conditions do not fit {}; train it anew", what, w.values.size(),
                                                      w.channels.size(), w.conditions.size(), describe(w.spec)));
    const auto bad = std::ranges::find_if_not(w.values, [](float v) { return std::isfinite(v); });
    if (bad == w.values.end()) return {};
    return fail(ErrorCode::bad_input, fmt::format("{}: weight {} is {}; train it anew with a lower learning_rate", what, bad - w.values.begin(), *bad));
}

}  // namespace

Result<void> check_spec(const GeneratorSpec& s) {
    const auto in = [](std::string_view what, std::uint32_t value, std::uint32_t low, std::uint32_t high) -> Result<void> {
        if (value >= low && value <= high) return {};
        return fail(ErrorCode::bad_input, fmt::format("generator: {} is {}; it must be {} to {}", what, value, low, high));
    };
    TRY_VOID(in("channels", s.channels, 1, 16));
    TRY_VOID(in("conditions", s.conditions, 0, 64));
    TRY_VOID(in("noise", s.noise, s.channels, 64));
    return in("width", s.width, 4, 256);
}

std::string describe(const GeneratorSpec& s) {
    return fmt::format("channels={} conditions={} noise={} width={}", s.channels, s.conditions, s.noise, s.width);
}

std::vector<TensorShape> tensors_of(const GeneratorSpec& s) {
    const std::size_t d = s.width, c = s.conditions, in = s.noise + c, k = s.channels;
    return {{"weight_ih", {3 * d, in}}, {"weight_hh", {3 * d, d}}, {"bias_ih", {3 * d}},     {"bias_hh", {3 * d}},
            {"location", {k, d + c}},   {"location_bias", {k}},    {"scale", {k, d + c}}, {"scale_bias", {k}}};
}

std::size_t parameters_of(const GeneratorSpec& spec) {
    std::size_t out = 0;
    for (const TensorShape& t : tensors_of(spec)) out += t.size();
    return out;
}

Result<std::string> encode_generator(const GeneratorWeights& w) {
    TRY_VOID(check_weights(w, "generator"));
    ByteWriter out;
    for (const std::uint32_t v : {w.spec.channels, w.spec.conditions, w.spec.noise, w.spec.width}) out.put(v);
    for (const auto* names : {&w.channels, &w.conditions})
        for (const std::string& name : *names) out.put_text(name);
    out.put_text(w.made_by);
    out.put_all(w.values);
    return out.sealed(magic);
}

Result<GeneratorWeights> decode_generator(std::string_view bytes, const std::string& what) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, what));
    GeneratorWeights w;
    for (std::uint32_t* v : {&w.spec.channels, &w.spec.conditions, &w.spec.noise, &w.spec.width}) *v = in.get<std::uint32_t>();
    TRY_VOID(check_spec(w.spec));
    for (std::uint32_t i = 0; i < w.spec.channels; ++i) w.channels.push_back(in.get_text());
    for (std::uint32_t i = 0; i < w.spec.conditions; ++i) w.conditions.push_back(in.get_text());
    w.made_by = in.get_text();
    w.values = in.get_all<float>();
    if (!in.at_end()) return fail(ErrorCode::bad_input, what + ": its parts do not fit together; train it anew");
    TRY_VOID(check_weights(w, what));
    return w;
}

Result<SequenceGenerator> SequenceGenerator::build(const GeneratorWeights& weights) {
    TRY_VOID(check_weights(weights, "generator"));
    SequenceGenerator out;
    out.spec_ = weights.spec;
    out.values_.assign(weights.values.begin(), weights.values.end());
    out.offsets_.push_back(0);
    for (const TensorShape& t : tensors_of(weights.spec)) out.offsets_.push_back(out.offsets_.back() + t.size());
    return out;
}

/// A generator on its way through a sequence.
class SequenceGenerator::Walk {
  public:
    explicit Walk(const SequenceGenerator& net)
        : net_(net), input_(std::size_t{net.spec_.noise} + net.spec_.conditions), state_(net.spec_.width, 0.0), from_input_(3 * state_.size()),
          from_state_(3 * state_.size()), seen_(state_.size() + net.spec_.conditions), size_(net.spec_.channels) {}

    void step(std::span<const double> noise, std::span<const float> condition, std::span<double> out) {
        std::ranges::copy(noise, input_.begin());
        std::ranges::copy(condition, input_.begin() + static_cast<std::ptrdiff_t>(noise.size()));
        affine(net_.tensor(weight_ih), net_.tensor(bias_ih), input_, from_input_);
        affine(net_.tensor(weight_hh), net_.tensor(bias_hh), state_, from_state_);
        const std::size_t d = state_.size();
        for (std::size_t i = 0; i < d; ++i) {
            const double reset = sigma(from_input_[i] + from_state_[i]), keep = sigma(from_input_[d + i] + from_state_[d + i]);
            const double fresh = std::tanh(from_input_[2 * d + i] + reset * from_state_[2 * d + i]);
            state_[i] = (1 - keep) * fresh + keep * state_[i];
        }
        std::ranges::copy(condition, std::ranges::copy(state_, seen_.begin()).out);
        affine(net_.tensor(location), net_.tensor(location_bias), seen_, out);
        affine(net_.tensor(scale), net_.tensor(scale_bias), seen_, size_);
        for (std::size_t k = 0; k < out.size(); ++k) out[k] += std::exp(kScaleLimit * std::tanh(size_[k])) * noise[k];
    }

  private:
    const SequenceGenerator& net_;
    std::vector<double> input_, state_, from_input_, from_state_, seen_, size_;
};

std::vector<double> SequenceGenerator::run(std::span<const double> noise, std::span<const float> condition) const {
    const std::size_t rows = noise.size() / spec_.noise;
    CHECK(noise.size() == rows * spec_.noise && condition.size() == rows * spec_.conditions);
    std::vector<double> out(rows * spec_.channels);
    Walk walk(*this);
    for (std::size_t t = 0; t < rows; ++t)
        walk.step(noise.subspan(t * spec_.noise, spec_.noise), condition.subspan(t * spec_.conditions, spec_.conditions),
                  std::span(out).subspan(t * spec_.channels, spec_.channels));
    return out;
}

std::vector<double> SequenceGenerator::sample(std::size_t rows, std::span<const float> condition, std::size_t warm_up, std::uint64_t seed) const {
    CHECK(rows >= 1 && condition.size() == rows * spec_.conditions);
    SplitMix64 random(derive_seed(seed, 11));
    std::vector<double> noise(spec_.noise), out(rows * spec_.channels), thrown(spec_.channels);
    Walk walk(*this);
    for (std::size_t t = 0; t < warm_up + rows; ++t) {
        for (double& z : noise) z = random.next_normal();
        const bool warming = t < warm_up;
        const std::size_t row = warming ? t % rows : t - warm_up;
        walk.step(noise, condition.subspan(row * spec_.conditions, spec_.conditions),
                  warming ? std::span(thrown) : std::span(out).subspan(row * spec_.channels, spec_.channels));
    }
    return out;
}

}  // namespace aitrading::models
