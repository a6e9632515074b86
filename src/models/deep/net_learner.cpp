#include "models/deep/net_learner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/deep/causal_net.hpp"
#include "models/deep/integrated_gradients.hpp"

namespace aitrading::models {
namespace {

constexpr std::uint32_t least_width = 8;
constexpr double least_width_parameters_per_row = 4;
constexpr std::size_t volatility_bars = 5;
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

class NetMemory final : public ClassifierMemory {
  public:
    explicit NetMemory(NetState at) : state(std::move(at)) {}
    std::unique_ptr<ClassifierMemory> copy() const override { return std::make_unique<NetMemory>(state); }
    NetState state;
};

class NetClassifier final : public Classifier {
  public:
    NetClassifier(std::string bytes, NetWeights weights, CausalNet net)
        : bytes_(std::move(bytes)), weights_(std::move(weights)), net_(std::move(net)), gradients_(weights_, net_) {}

    std::size_t columns() const override { return net_.spec().inputs; }
    /// The rows as bars that follow each other, nothing before the first.
    void predict(MatrixView rows, std::span<double> out) const override {
        const std::vector<float> outputs = run(rows);
        for (std::size_t i = 0; i < rows.rows; ++i) out[i] = probability_of_logit(outputs[i * net_.spec().outputs]);
    }
    /// The row as the first bar of a stream: a net without its memory knows little.
    double predict_row(std::span<const double> row) const override {
        NetState state = net_.start();
        return step(state, row);
    }
    void predict_series(MatrixView series, std::span<const std::uint32_t> at, std::span<double> out) const override {
        if (at.empty()) return;
        const std::vector<float> outputs = run(series.slice(0, at.back() + std::size_t{1}));
        for (std::size_t i = 0; i < at.size(); ++i) out[i] = probability_of_logit(outputs[at[i] * std::size_t{net_.spec().outputs}]);
    }
    std::unique_ptr<ClassifierMemory> start() const override { return std::make_unique<NetMemory>(net_.start()); }
    double predict_next(ClassifierMemory* memory, std::span<const double> row) const override {
        return step(static_cast<NetMemory*>(memory)->state, row);
    }
    void predict_more(ClassifierMemory* memory, MatrixView rows, std::span<double> out) const override {
        std::vector<float> outputs(rows.rows * net_.spec().outputs);
        net_.run(static_cast<NetMemory*>(memory)->state, rows, outputs);
        for (std::size_t i = 0; i < rows.rows; ++i) out[i] = probability_of_logit(outputs[i * net_.spec().outputs]);
    }
    std::string save_memory(const ClassifierMemory& memory) const override { return net_.save(static_cast<const NetMemory&>(memory).state); }
    Result<std::unique_ptr<ClassifierMemory>> restore_memory(std::string_view bytes) const override {
        TRY(NetState state, net_.restore(bytes));
        return std::make_unique<NetMemory>(std::move(state));
    }
    /// Integrated gradients over the latest reason_rows() rows (IntegratedGradients).
    std::optional<Reasons> explain(const ClassifierMemory* before, MatrixView rows, std::span<double> out) const override {
        return gradients_.explain(net_, static_cast<const NetMemory*>(before)->state, rows, out);
    }
    std::size_t reason_rows() const override { return gradients_.bars(); }
    /// No gain in a net: the share of each feature in the squares of the first layer, whose inputs have one unit.
    std::vector<double> importance() const override {
        const std::size_t inputs = columns();
        const auto first = weights_.tensor(net_.spec().kind == NetKind::lstm ? "lstm.0.weight_ih" : "embed.weight");
        std::vector<double> out(inputs, 0.0);
        double total = 0;
        for (std::size_t i = 0; i < first.size(); ++i) {
            out[i % inputs] += static_cast<double>(first[i]) * first[i];
            total += static_cast<double>(first[i]) * first[i];
        }
        for (double& share : out) share = total > 0 ? share / total : 0;
        return out;
    }
    std::string serialise() const override { return bytes_; }

  private:
    std::vector<float> run(MatrixView rows) const {
        std::vector<float> outputs(rows.rows * net_.spec().outputs);
        NetState state = net_.start();
        net_.run(state, rows, outputs);
        return outputs;
    }
    double step(NetState& state, std::span<const double> row) const {
        std::array<float, kNetOutputNames.size()> out{};
        net_.step(state, row, std::span(out).first(net_.spec().outputs));
        return probability_of_logit(out[0]);
    }
    std::string bytes_;
    NetWeights weights_;
    CausalNet net_;
    IntegratedGradients gradients_;
};

Result<std::unique_ptr<Classifier>> from_file(std::string bytes, const std::string& what) {
    TRY(NetWeights weights, decode_weights(bytes, what));
    TRY(CausalNet net, CausalNet::build(weights));
    return std::make_unique<NetClassifier>(std::move(bytes), std::move(weights), std::move(net));
}

std::string text_of(const TrainerProgress& p) {
    std::string out = fmt::format("epoch {} of {}, loss {:.4f}", std::min(p.epoch + 1, p.epochs), p.epochs, p.loss);
    if (std::isfinite(p.validation_loss)) out += fmt::format(", validation {:.4f}", p.validation_loss);
    return out + fmt::format(", {:.0f} rows/s, {:.0f} s left at most", p.rows_per_second, p.seconds_left);
}

class NetLearner final : public Learner {
  public:
    NetLearner(NetParameters parameters, std::shared_ptr<const NetTrainer> trainer) : parameters_(std::move(parameters)), trainer_(std::move(trainer)) {}

    std::string_view name() const override { return models::name(parameters_.spec.kind); }
    bool reads_series() const override { return true; }
    std::string describe() const override {
        return fmt::format("{} {} {}", models::describe(parameters_.spec), parameters_.width_fits ? "width_fits" : "width_given",
                           models::describe(parameters_.training));
    }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation, const FitOptions& options) const override {
        if (trainer_ == nullptr) return fail(ErrorCode::not_found, fmt::format("{}: no trainer is here", name()));
        TRY(TrainingJob job, training_job(parameters_, train, validation, options.seed));
        if (options.warm_start != nullptr) {
            TRY(const NetWeights before, decode_weights(options.warm_start->serialise(), "the model to continue from"));
            if (before.spec != job.spec)
                return fail(ErrorCode::bad_input, fmt::format("{}: the model to continue from is {}, not {}; fit from scratch", name(),
                                                              models::describe(before.spec), models::describe(job.spec)));
            job.initial = before.values;
        }
        const auto tell = [&](const TrainerProgress& p) {
            if (options.progress) options.progress({p.steps > 0 ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0, text_of(p)});
        };
        TRY(TrainedFile trained, trainer_->train(job, options.stop, tell));
        return from_file(std::move(trained.bytes), std::string(name()));
    }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        return from_file(std::string(bytes), fmt::format("stored {}", name()));
    }

  private:
    NetParameters parameters_;
    std::shared_ptr<const NetTrainer> trainer_;
};

/// log |target| and the log root mean square over some rows from each on. Rows of `train` only, so that nothing behind its
/// last label's end is read.
void add_return_targets(const TrainingData& train, TrainingJob& job) {
    double total = 0, known = 0;
    for (const double t : train.target)
        if (std::isfinite(t)) total += std::abs(t), known += 1;
    const double floor = known > 0 ? 1e-2 * total / known : 1;  // a return of zero has no logarithm
    for (std::size_t i = 0; i < train.row.size(); ++i) {
        if (!std::isfinite(train.target[i])) continue;
        job.log_range[train.row[i]] = static_cast<float>(std::log(std::abs(train.target[i]) + floor));
        double squares = 0;
        std::size_t bars = 0;
        for (; bars < volatility_bars && i + bars < train.row.size() && std::isfinite(train.target[i + bars]); ++bars)
            squares += train.target[i + bars] * train.target[i + bars];
        if (bars == volatility_bars) job.log_volatility[train.row[i]] = static_cast<float>(0.5 * std::log(squares / volatility_bars + floor * floor));
    }
}

}  // namespace

Result<NetSpec> fitting_spec(const NetParameters& parameters, std::uint32_t inputs, std::size_t rows) {
    NetSpec spec = parameters.spec;
    spec.inputs = inputs;
    if (!parameters.width_fits) return spec;
    const std::uint32_t step = spec.kind == NetKind::transformer ? 8 * spec.heads : 8, wished = spec.width;
    const auto fits = [&] { return parameters_of(spec) - 2 * std::size_t{inputs} <= rows; };
    while (!fits() && spec.width > std::max(step, least_width)) {
        spec.width -= step;
        spec.feed_forward = std::max<std::uint32_t>(8, parameters.spec.feed_forward * spec.width / wished / 8 * 8);
    }
    if (!fits() && spec.kind == NetKind::transformer && spec.heads > 1) {
        spec.heads = 1;
        NetParameters narrower = parameters;
        narrower.spec = spec;
        return fitting_spec(narrower, inputs, rows);
    }
    return spec;
}

Result<TrainingJob> training_job(const NetParameters& parameters, const TrainingData& train, const TrainingData& validation, std::uint64_t seed) {
    const std::string_view who = name(parameters.spec.kind);
    if (train.row.empty() || train.series.rows <= train.row.back() || train.row.size() != train.y.size() || train.weight.size() != train.y.size())
        return fail(ErrorCode::bad_input, fmt::format("{}: training rows: there are none, or they do not lie in their series", who));
    TrainingJob job;
    TRY(job.spec, fitting_spec(parameters, static_cast<std::uint32_t>(train.series.columns), train.row.size()));
    job.options = parameters.training;
    if (parameters.width_fits) job.options.parameters_per_row = std::max(job.options.parameters_per_row, least_width_parameters_per_row);
    job.options.seed = seed;
    const std::size_t rows = 1 + std::max<std::size_t>(train.row.back(), validation.row.empty() ? 0 : validation.row.back());
    if (rows > train.series.rows) return fail(ErrorCode::bad_input, fmt::format("{}: {} rows are to be read, the series has {}", who, rows, train.series.rows));
    job.validation_from = validation.row.empty() ? rows : validation.row.front();
    if (job.validation_from <= train.row.back()) return fail(ErrorCode::bad_input, fmt::format("{}: validation rows must lie behind the training rows", who));
    job.inputs.reserve(rows * train.series.columns);
    for (std::size_t t = 0; t < rows; ++t)
        for (const double v : train.series.row(t)) job.inputs.push_back(static_cast<float>(v));
    job.label.assign(rows, 0);
    job.weight.assign(rows, 0);
    job.log_volatility.assign(rows, unknown);
    job.log_range.assign(rows, unknown);
    for (const TrainingData* part : {&train, &validation})
        for (std::size_t i = 0; i < part->row.size(); ++i) {
            job.label[part->row[i]] = part->y[i];
            job.weight[part->row[i]] = static_cast<float>(part->weight[i]);
        }
    if (train.directional) add_return_targets(train, job);
    else
        for (std::size_t i = 0; i < train.target.size(); ++i) job.log_volatility[train.row[i]] = static_cast<float>(train.target[i]);
    return job;
}

std::unique_ptr<Learner> make_net_learner(const NetParameters& parameters, std::shared_ptr<const NetTrainer> trainer) {
    return std::make_unique<NetLearner>(parameters, std::move(trainer));
}

Result<std::unique_ptr<Learner>> make_net_learner(std::string_view name, std::string_view words, std::shared_ptr<const NetTrainer> trainer) {
    TRY(const NetKind kind, parse_net_kind(name));
    TRY(const NetParameters parameters, parse_net_parameters(kind, words));
    return make_net_learner(parameters, std::move(trainer));
}

std::size_t least_training_rows(NetKind kind, std::size_t inputs) {
    const auto narrowest = fitting_spec(default_parameters(kind), static_cast<std::uint32_t>(inputs), 0);
    return static_cast<std::size_t>(static_cast<double>(parameters_of(*narrowest) - 2 * inputs) / least_width_parameters_per_row) + 1;
}

std::vector<std::unique_ptr<Learner>> net_learners_for_restore() {
    std::vector<std::unique_ptr<Learner>> out;
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) out.push_back(make_net_learner(default_parameters(kind), nullptr));
    return out;
}

}  // namespace aitrading::models
