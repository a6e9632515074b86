#include "models/deep/torch/generator_trainer.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <cmath>
#include <numbers>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "models/deep/torch/gan_nets.hpp"
#include "models/deep/torch/optimiser.hpp"

namespace aitrading::models {
namespace {

using at::Tensor;
constexpr std::string_view magic = "AITGCKP1";
constexpr double square_decay = 0.9, least_root = 1e-8;
constexpr std::uint32_t checkpoint_every = 50;  // steps
constexpr double generator_rate = 0.3;          // of the critic's: it follows a critic that is nearly at its best
constexpr std::uint32_t first_critic_steps = 20;
constexpr double distance_max = 1e4;            // normal scores lie some units apart: beyond this the critic has run away
constexpr std::uint64_t streams_of_step = 64;   // of random numbers; more than the critic's steps

/// A net's weights as one leaf, with Adam's second moment; the first has decay 0, as a critic that moves wants it.
struct Player {
    Tensor flat, square;
    std::int64_t steps = 0;

    void start(const std::vector<float>& numbers) {
        flat = torch::tensor(numbers).set_requires_grad(true);
        square = torch::zeros_like(flat).set_requires_grad(false);
    }
    /// @return the gradient's length; not finite: nothing was changed
    double step(const Tensor& loss, double learning_rate) {
        const Tensor gradient = torch::autograd::grad({loss}, {flat})[0];
        const torch::NoGradGuard guard;
        const double length = gradient.norm().item<double>();
        if (!std::isfinite(length)) return length;
        ++steps;
        square.mul_(square_decay).addcmul_(gradient, gradient, 1 - square_decay);
        const Tensor root = (square / (1 - std::pow(square_decay, static_cast<double>(steps)))).sqrt_().add_(least_root);
        flat.addcdiv_(gradient, root, -learning_rate);
        return length;
    }
    void write(ByteWriter& out) const {
        out.put(steps);
        out.put_all(numbers_of(flat));
        out.put_all(numbers_of(square));
    }
    bool read(ByteReader& in) {
        steps = in.get<std::int64_t>();
        const bool first = assign_numbers(flat, in.get_all<float>());
        return assign_numbers(square, in.get_all<float>()) && first;
    }
};

/// Pieces of the series with their conditions, and noise for as many drawn ones.
struct Batch {
    Tensor real;       ///< [batch, length, channels]
    Tensor condition;  ///< [batch, warm_up + length, conditions]
    Tensor noise;      ///< [batch, warm_up + length, noise]
    Tensor mix;        ///< [batch, 1, 1] places between real and drawn
};

class Match {
  public:
    Match(const GeneratorJob& job, const TrainingHooks& hooks)
        : job_(job), hooks_(hooks), print_(fingerprint(job)), values_(torch::tensor(job.values).view({rows(), job.spec.channels})),
          condition_(torch::tensor(job.condition).view({rows(), job.spec.conditions})) {
        generator_.start(initial_numbers(tensors_of(job.spec), derive_seed(job.options.seed, 1)));
        critic_.start(initial_numbers(critic_tensors(job.spec, job.options.critic_width), derive_seed(job.options.seed, 2)));
        average_ = torch::zeros_like(generator_.flat).set_requires_grad(false);
    }
    Result<void> resume(std::string_view checkpoint);
    Result<TrainedGenerator> run();

  private:
    std::int64_t rows() const { return static_cast<std::int64_t>(job_.rows()); }
    Batch draw(std::uint64_t stream) const;
    Tensor drawn(const Batch& b) const { return generate(job_.spec, generator_.flat, b.noise, b.condition).narrow(1, job_.options.warm_up, job_.options.length); }
    Tensor score(const Tensor& values, const Batch& b) const {
        return judge(job_.spec, job_.options.critic_width, critic_.flat, values, b.condition.narrow(1, job_.options.warm_up, job_.options.length));
    }
    /// Half a cosine down to 0.
    double learning_rate() const { return job_.options.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * step_ / job_.options.steps)); }
    Result<void> train_critic(std::uint64_t stream);
    Result<void> train_generator(std::uint64_t stream);
    Result<void> check(double value, const char* what) const;
    std::string checkpoint() const;
    std::vector<float> kept() const;
    void tell() const;

    const GeneratorJob& job_;
    const TrainingHooks& hooks_;
    std::string print_;
    Tensor values_, condition_, average_;
    Player generator_, critic_;
    std::uint32_t step_ = 0, timed_ = 0;
    double distance_ = 0, first_ = 0, started_ = 0;
};

Batch Match::draw(std::uint64_t stream) const {
    const GeneratorOptions& o = job_.options;
    SplitMix64 random(derive_seed(derive_seed(o.seed, 3), stream));
    const std::int64_t bars = std::int64_t{o.warm_up} + o.length;
    std::vector<std::int64_t> index;
    for (std::uint32_t b = 0; b < o.batch; ++b) {
        const auto start = static_cast<std::int64_t>(random.next_below(static_cast<std::uint64_t>(rows() - bars + 1)));
        for (std::int64_t t = 0; t < bars; ++t) index.push_back(start + t);
    }
    const Tensor at = torch::tensor(index);
    std::vector<float> noise(index.size() * job_.spec.noise), mix(o.batch);
    for (float& z : noise) z = static_cast<float>(random.next_normal());
    for (float& m : mix) m = static_cast<float>(random.next_uniform());
    return {values_.index_select(0, at).view({o.batch, bars, job_.spec.channels}).narrow(1, o.warm_up, o.length),
            condition_.index_select(0, at).view({o.batch, bars, job_.spec.conditions}), torch::tensor(noise).view({o.batch, bars, job_.spec.noise}),
            torch::tensor(mix).view({o.batch, 1, 1})};
}

Result<void> Match::check(double value, const char* what) const {
    if (std::isfinite(value)) return {};
    return fail(ErrorCode::failed, fmt::format("generator: {} is {} in step {} of {}: training diverged; lower learning_rate (now {})", what, value, step_ + 1,
                                               job_.options.steps, job_.options.learning_rate));
}

Result<void> Match::train_critic(std::uint64_t stream) {
    const Batch b = draw(stream);
    Tensor fake;
    {
        const torch::NoGradGuard guard;
        fake = drawn(b);
    }
    const Tensor between = (b.mix * b.real + (1 - b.mix) * fake).detach().set_requires_grad(true);
    const Tensor slope = torch::autograd::grad({score(between, b).sum()}, {between}, {}, /*retain_graph=*/true, /*create_graph=*/true)[0];
    const Tensor length = (slope.square().sum({1, 2}) + 1e-12).sqrt();
    const Tensor gap = score(b.real, b).mean() - score(fake, b).mean();
    const Tensor loss = job_.options.penalty * (length - 1).square().mean() - gap;
    distance_ = gap.item<double>();
    TRY_VOID(check(std::abs(distance_) < distance_max ? distance_ : std::nan(""), "the critic's distance"));
    return check(critic_.step(loss, learning_rate()), "the critic's gradient");
}

Result<void> Match::train_generator(std::uint64_t stream) {
    const Batch b = draw(stream);
    TRY_VOID(check(generator_.step(-score(drawn(b), b).mean(), generator_rate * learning_rate()), "the generator's gradient"));
    const torch::NoGradGuard guard;
    average_.mul_(job_.options.averaging).add_(generator_.flat, 1 - job_.options.averaging);
    return {};
}

std::vector<float> Match::kept() const {
    if (job_.options.averaging == 0 || step_ == 0) return numbers_of(generator_.flat);
    return numbers_of(average_ / (1 - std::pow(job_.options.averaging, static_cast<double>(step_))));
}

std::string Match::checkpoint() const {
    ByteWriter out;
    out.put_text(print_);
    out.put(step_);
    out.put(distance_);
    out.put(first_);
    generator_.write(out);
    critic_.write(out);
    out.put_all(numbers_of(average_));
    return out.sealed(magic);
}

Result<void> Match::resume(std::string_view checkpoint) {
    const std::string what = "generator: checkpoint";
    TRY(ByteReader in, ByteReader::unseal(checkpoint, magic, what));
    if (in.get_text() != print_) return fail(ErrorCode::bad_input, what + ": it is of another job; remove it to begin anew");
    step_ = in.get<std::uint32_t>();
    distance_ = in.get<double>();
    first_ = in.get<double>();
    bool fits = generator_.read(in);
    fits = critic_.read(in) && fits;
    fits = assign_numbers(average_, in.get_all<float>()) && fits;
    if (!fits || !in.at_end()) return fail(ErrorCode::bad_input, what + ": its parts do not fit together; remove it to begin anew");
    return {};
}

void Match::tell() const {
    if (!hooks_.progress) return;
    const GeneratorOptions& o = job_.options;
    const double seconds = hooks_.clock ? hooks_.clock() - started_ : 0, each = seconds / std::max(1U, timed_);
    const double rows_of_step = static_cast<double>(o.batch) * o.length * (o.critic_steps + 1);
    hooks_.progress({step_ - 1, o.steps, step_, o.steps, distance_, std::nan(""), each > 0 ? rows_of_step / each : 0, each * (o.steps - step_)});
}

Result<TrainedGenerator> Match::run() {
    started_ = hooks_.clock ? hooks_.clock() : 0;
    const GeneratorOptions& o = job_.options;
    while (step_ < o.steps) {
        if (hooks_.stop.stop_requested()) {
            if (hooks_.checkpoint) TRY_VOID(hooks_.checkpoint(checkpoint()));
            return fail(ErrorCode::interrupted, fmt::format("generator: stopped after step {} of {}; the same command goes on from there", step_, o.steps));
        }
        const std::uint64_t stream = std::uint64_t{step_} * streams_of_step;
        const std::uint32_t judged = step_ == 0 ? std::max(first_critic_steps, o.critic_steps) : o.critic_steps;
        for (std::uint32_t k = 1; k <= judged; ++k) TRY_VOID(train_critic(stream + k));
        if (step_ == 0) first_ = distance_;
        TRY_VOID(train_generator(stream));
        ++step_;
        ++timed_;
        tell();
        if (hooks_.checkpoint && step_ % checkpoint_every == 0 && step_ < o.steps) TRY_VOID(hooks_.checkpoint(checkpoint()));
    }
    return TrainedGenerator{kept(), {o.steps, o.steps, distance_, first_}};
}

}  // namespace

Result<TrainedGenerator> train_generator(const GeneratorJob& job, std::string_view checkpoint, const std::string& device, const TrainingHooks& hooks) {
    if (device != "cpu") return fail(ErrorCode::usage, fmt::format("--device \"{}\": a generator is trained on the cpu; its steps are too small for a GPU", device));
    TRY_VOID(check_job(job));
    at::set_num_threads(1);  // two threads would change the order of sums
    try {
        Match match(job, hooks);
        if (!checkpoint.empty()) TRY_VOID(match.resume(checkpoint));
        return match.run();
    } catch (const std::exception& e) {
        return fail(ErrorCode::failed, fmt::format("generator: libtorch: {}", e.what()));
    }
}

}  // namespace aitrading::models
