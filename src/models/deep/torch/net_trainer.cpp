#include "models/deep/torch/net_trainer.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <cmath>
#include <numbers>

#include "base/random.hpp"
#include "models/deep/torch/optimiser.hpp"
#include "models/deep/torch/training_rows.hpp"

namespace aitrading::models {
namespace {

using at::Tensor;
constexpr std::string_view magic = "AITCKP01";

/// One training from its beginning, or from a checkpoint, to its end.
class Training {
  public:
    Training(const TrainingJob& job, const std::string& device, const TrainingHooks& hooks)
        : job_(job),
          hooks_(hooks),
          print_(fingerprint(job)),
          net_(job.spec, device),
          scales_(target_scales(job)),
          optimiser_(start(), job.options.weight_decay, job.options.clip_norm, job.options.averaging),
          rows_(job, net_, scales_),
          best_(numbers_of(net_.flat())) {}

    Result<void> resume(std::string_view checkpoint);
    Result<TrainedNet> run();

  private:
    TorchNet& start() {
        assign_numbers(net_.flat(), job_.initial.empty() ? initial_weights(job_.spec, input_scales(job_, scales_), job_.options.seed) : job_.initial);
        return net_;
    }
    std::int64_t steps() const { return std::int64_t{job_.options.epochs} * rows_.chunks(); }
    double learning_rate(std::int64_t step) const;
    DropoutMask dropout(std::int64_t step) const;
    Result<double> take_step(std::int64_t chunk);
    Result<void> run_epoch();
    void judge();
    std::string checkpoint() const;
    Result<void> stop();
    Result<void> diverged(const std::string& what) const;

    const TrainingJob& job_;
    const TrainingHooks& hooks_;
    std::string print_;
    TorchNet net_;
    TargetScales scales_;
    Optimiser optimiser_;
    TrainingRows rows_;

    std::uint32_t epoch_ = 0, best_epoch_ = 0;
    std::int64_t chunk_ = 0;             ///< steps done in this epoch
    double loss_sum_ = 0;                ///< over them
    double validation_ = std::nan(""), best_loss_ = std::nan("");
    std::vector<float> best_;
    TorchState state_;                   ///< of the streams, in the middle of an epoch
    double started_ = 0;
    std::int64_t timed_steps_ = 0;
};

double Training::learning_rate(std::int64_t step) const {
    const TrainingOptions& o = job_.options;
    const double done = static_cast<double>(step) + 1, all = static_cast<double>(steps()), rise = o.warm_up * all;
    if (done < rise) return o.learning_rate * done / rise;
    return o.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * (done - rise) / std::max(1.0, all - rise)));
}

DropoutMask Training::dropout(std::int64_t step) const {
    const double share = job_.options.dropout;
    if (share <= 0) return {};
    auto random = std::make_shared<SplitMix64>(derive_seed(derive_seed(job_.options.seed, 2), static_cast<std::uint64_t>(step)));
    return [random, share, options = net_.flat().options()](std::int64_t streams, std::int64_t units) {
        std::vector<float> mask(static_cast<std::size_t>(streams * units));
        for (float& m : mask) m = random->next_uniform() < share ? 0.0F : static_cast<float>(1 / (1 - share));
        return torch::tensor(mask).view({streams, 1, units}).to(options);
    };
}

Result<double> Training::take_step(std::int64_t chunk) {
    const std::int64_t step = std::int64_t{epoch_} * rows_.chunks() + chunk;
    const TrainingChunk part = rows_.chunk(epoch_, chunk);
    const Tensor out = net_.forward(*part.x, state_, dropout(step));
    const ChunkLoss loss = loss_of(out, part, job_.options, scales_);
    const double value = loss.label->item<double>();
    loss.total->backward();
    const double length = optimiser_.step(learning_rate(step));
    if (!std::isfinite(value) || !std::isfinite(length))
        return fail(ErrorCode::failed, fmt::format("{}: the loss is {} in epoch {}, step {}: training diverged; lower learning_rate (now {}) or clip_norm (now {})",
                                                   name(job_.spec.kind), value, epoch_ + 1, chunk + 1, job_.options.learning_rate, job_.options.clip_norm));
    return value;
}

Result<void> Training::run_epoch() {
    if (chunk_ == 0) {
        state_ = net_.start(rows_.streams());
        loss_sum_ = 0;
    }
    for (; chunk_ < rows_.chunks(); ++chunk_) {
        if (hooks_.stop.stop_requested()) return stop();
        TRY(const double loss, take_step(chunk_));
        loss_sum_ += loss;
        ++timed_steps_;
        if (!hooks_.progress) continue;
        const double seconds = hooks_.clock ? hooks_.clock() - started_ : 0;
        const auto rows = static_cast<double>(timed_steps_ * rows_.streams() * job_.options.chunk);
        const std::int64_t step = std::int64_t{epoch_} * rows_.chunks() + chunk_ + 1;
        hooks_.progress({epoch_, job_.options.epochs, step, steps(), loss_sum_ / static_cast<double>(chunk_ + 1), validation_,
                         seconds > 0 ? rows / seconds : 0, seconds * static_cast<double>(steps() - step) / static_cast<double>(timed_steps_)});
    }
    chunk_ = 0;
    ++epoch_;
    return {};
}

void Training::judge() {
    const std::vector<float> present = numbers_of(net_.flat());
    const std::vector<float> candidate = numbers_of(optimiser_.averaged());
    if (!rows_.judges()) {
        best_ = candidate;
        best_epoch_ = epoch_;
        return;
    }
    assign_numbers(net_.flat(), candidate);
    validation_ = rows_.validation_loss(net_);
    assign_numbers(net_.flat(), present);
    if (best_epoch_ > 0 && !(validation_ < best_loss_)) return;
    best_loss_ = validation_;
    best_epoch_ = epoch_;
    best_ = candidate;
}

Result<void> Training::stop() {
    if (hooks_.checkpoint) TRY_VOID(hooks_.checkpoint(checkpoint()));
    return fail(ErrorCode::interrupted, fmt::format("{}: stopped in epoch {} of {}; the same command goes on from there", name(job_.spec.kind), epoch_ + 1,
                                                    job_.options.epochs));
}

std::string Training::checkpoint() const {
    ByteWriter out;
    out.put_text(print_);
    out.put(epoch_);
    out.put(best_epoch_);
    out.put(chunk_);
    for (const double v : {loss_sum_, validation_, best_loss_}) out.put(v);
    out.put_all(best_);
    optimiser_.write(out);
    const bool inside = chunk_ > 0;
    out.put(static_cast<std::uint64_t>(inside ? state_.tensors.size() : 0));
    out.put(inside ? state_.known : std::int64_t{0});
    for (std::size_t i = 0; inside && i < state_.tensors.size(); ++i) out.put_all(numbers_of(state_.tensors[i]));
    return out.sealed(magic);
}

Result<void> Training::resume(std::string_view checkpoint) {
    const std::string what = fmt::format("{}: checkpoint", name(job_.spec.kind));
    TRY(ByteReader in, ByteReader::unseal(checkpoint, magic, what));
    if (in.get_text() != print_) return fail(ErrorCode::bad_input, what + ": it is of another job; remove it to begin anew");
    epoch_ = in.get<std::uint32_t>();
    best_epoch_ = in.get<std::uint32_t>();
    chunk_ = in.get<std::int64_t>();
    for (double* v : {&loss_sum_, &validation_, &best_loss_}) *v = in.get<double>();
    best_ = in.get_all<float>();
    bool fits = best_.size() == parameters_of(job_.spec) && optimiser_.read(in);
    const auto tensors = in.get<std::uint64_t>();
    state_ = net_.start(rows_.streams());
    state_.known = in.get<std::int64_t>();
    fits = fits && (tensors == 0 || tensors == state_.tensors.size());
    for (std::uint64_t i = 0; fits && i < tensors; ++i) fits = assign_numbers(state_.tensors[i], in.get_all<float>());
    if (!fits || !in.at_end()) return fail(ErrorCode::bad_input, what + ": its parts do not fit together; remove it to begin anew");
    return {};
}

Result<TrainedNet> Training::run() {
    started_ = hooks_.clock ? hooks_.clock() : 0;
    const auto& o = job_.options;
    const auto finished = [&] { return epoch_ >= o.epochs || (rows_.judges() && best_epoch_ > 0 && epoch_ - best_epoch_ >= o.patience); };
    while (!finished()) {
        TRY_VOID(run_epoch());
        judge();
        if (hooks_.checkpoint) TRY_VOID(hooks_.checkpoint(checkpoint()));
    }
    return TrainedNet{best_, {epoch_, best_epoch_, best_loss_, rows_.base_loss()}};
}

Result<void> check_device(const std::string& device) {
    if (device == "cpu") return {};
    if (device != "cuda") return fail(ErrorCode::usage, fmt::format("--device \"{}\" is neither cpu nor cuda", device));
    if (torch::cuda::is_available()) return {};
    return fail(ErrorCode::usage, "--device cuda: the installed libtorch has no CUDA or finds no GPU; use --device cpu, or install a libtorch with CUDA");
}

}  // namespace

Result<TrainedNet> train_net(const TrainingJob& job, std::string_view checkpoint, const std::string& device, const TrainingHooks& hooks) {
    TRY_VOID(check_device(device));
    TRY_VOID(check_job(job));
    // Parallelism is across folds and models; two threads on one net would also change the order of sums.
    at::set_num_threads(1);
    try {
        Training training(job, device, hooks);
        if (!checkpoint.empty()) TRY_VOID(training.resume(checkpoint));
        return training.run();
    } catch (const std::exception& e) {
        return fail(ErrorCode::failed, fmt::format("{}: libtorch: {}", name(job.spec.kind), e.what()));
    }
}

std::vector<float> torch_outputs(const NetSpec& spec, const std::vector<float>& weights, const std::vector<float>& rows, std::int64_t chunk) {
    const torch::NoGradGuard guard;
    TorchNet net(spec, "cpu");
    assign_numbers(net.flat(), weights);
    const Tensor x = net.standardise(rows);
    TorchState state = net.start(1);
    std::vector<Tensor> out;
    for (std::int64_t at = 0; at < x.size(0); at += chunk)
        out.push_back(net.forward(x.narrow(0, at, std::min(chunk, x.size(0) - at)).unsqueeze(0), state, {}));
    return numbers_of(at::cat(out, 1));
}

}  // namespace aitrading::models
