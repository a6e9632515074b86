#include "models/deep/training_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/bytes.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view magic = "AITJOB01";

std::unexpected<Error> bad(const TrainingJob& job, const std::string& why) {
    return fail(ErrorCode::bad_input, fmt::format("{}: {}", name(job.spec.kind), why));
}

Result<void> check_options(const TrainingOptions& o) {
    const auto in = [](std::string_view what, double value, double low, double high) -> Result<void> {
        if (value >= low && value <= high) return {};
        return fail(ErrorCode::usage, fmt::format("training option {} is {}; it must be {} to {}", what, value, low, high));
    };
    TRY_VOID(in("epochs", o.epochs, 1, 10'000));
    TRY_VOID(in("patience", o.patience, 1, 10'000));
    TRY_VOID(in("streams", o.streams, 1, 4'096));
    TRY_VOID(in("chunk", o.chunk, 2, 4'096));
    TRY_VOID(in("learning_rate", o.learning_rate, 1e-8, 1e3));
    TRY_VOID(in("warm_up", o.warm_up, 0, 0.9));
    TRY_VOID(in("weight_decay", o.weight_decay, 0, 10));
    TRY_VOID(in("clip_norm", o.clip_norm, 1e-6, 1e6));
    TRY_VOID(in("dropout", o.dropout, 0, 0.9));
    TRY_VOID(in("averaging", o.averaging, 0, 0.9999));
    TRY_VOID(in("volatility_share", o.volatility_share, 0, 10));
    TRY_VOID(in("range_share", o.range_share, 0, 10));
    return in("parameters_per_row", o.parameters_per_row, 1e-3, 1e3);
}

Result<void> check_lengths(const TrainingJob& job) {
    const std::size_t rows = job.rows();
    const auto fits = [&](const std::vector<float>& v) { return v.empty() || v.size() == rows; };
    if (rows == 0) return bad(job, "there are no rows; take a longer span or fewer folds");
    if (job.inputs.size() != rows * job.spec.inputs || job.weight.size() != rows || !fits(job.log_volatility) || !fits(job.log_range))
        return bad(job, fmt::format("{} rows, {} labels, {} weights, {} and {} auxiliary targets do not match",
                                    job.inputs.size() / job.spec.inputs, rows, job.weight.size(), job.log_volatility.size(), job.log_range.size()));
    if (job.validation_from > rows) return bad(job, fmt::format("validation begins at row {} of {}", job.validation_from, rows));
    if (!job.features.empty() && job.features.size() != job.spec.inputs)
        return bad(job, fmt::format("{} names for {} columns", job.features.size(), job.spec.inputs));
    const std::size_t parameters = parameters_of(job.spec);
    if (!job.initial.empty() && job.initial.size() != parameters)
        return bad(job, fmt::format("the weights to go on from are {} numbers, the net has {}: they are of another net", job.initial.size(), parameters));
    return {};
}

/// Labels and weights of the rows that teach (or judge).
Result<void> check_labels(const TrainingJob& job) {
    std::size_t taught = 0, ones = 0;
    for (std::size_t i = 0; i < job.rows(); ++i) {
        if (!(job.weight[i] >= 0) || !std::isfinite(job.weight[i])) return bad(job, fmt::format("row {}: weight {} is not a number >= 0", i, job.weight[i]));
        if (job.weight[i] == 0) continue;
        if (job.label[i] != 0.0F && job.label[i] != 1.0F) return bad(job, fmt::format("row {}: label {} is not 0 or 1", i, job.label[i]));
        if (i >= job.validation_from) continue;
        ++taught;
        ones += job.label[i] == 1.0F;
    }
    if (taught == 0) return bad(job, "no row before the validation has a weight; take a longer span or fewer folds");
    if (ones == 0 || ones == taught) return bad(job, fmt::format("all {} labels are {}; take a longer span or another label", taught, ones > 0 ? 1 : 0));
    // The two vectors of the input scaling are counted, not learnt.
    const std::size_t learnt = parameters_of(job.spec) - 2 * std::size_t{job.spec.inputs};
    if (static_cast<double>(learnt) > job.options.parameters_per_row * static_cast<double>(taught) && job.initial.empty())
        return bad(job, fmt::format("{} rows to learn {} parameters from; take more bars, a smaller width (now {}) or fewer features (now {})", taught,
                                    learnt, job.spec.width, job.spec.inputs));
    return {};
}

/// Single columns may be hollow: early in a series a slow feature is not known yet, and the net never hears of it.
Result<void> check_columns(const TrainingJob& job) {
    const auto rows = std::span(job.inputs).first(job.validation_from * job.spec.inputs);
    if (std::ranges::any_of(rows, [](float v) { return std::isfinite(v); })) return {};
    return bad(job, fmt::format("none of the {} columns has a known value in the {} rows to learn from; take more bars or other features",
                                job.spec.inputs, job.validation_from));
}

void put_spec(ByteWriter& out, const NetSpec& s) {
    out.put(s.kind);
    for (const std::uint32_t v : {s.inputs, s.outputs, s.width, s.layers, s.window, s.heads, s.feed_forward, s.kernel}) out.put(v);
    out.put_all(s.dilations);
}

NetSpec get_spec(ByteReader& in) {
    NetSpec s;
    s.kind = in.get<NetKind>();
    for (std::uint32_t* v : {&s.inputs, &s.outputs, &s.width, &s.layers, &s.window, &s.heads, &s.feed_forward, &s.kernel}) *v = in.get<std::uint32_t>();
    s.dilations = in.get_all<std::uint32_t>();
    return s;
}

void put_options(ByteWriter& out, const TrainingOptions& o) {
    out.put(o.seed);
    for (const std::uint32_t v : {o.epochs, o.patience, o.streams, o.chunk}) out.put(v);
    for (const double v : {o.learning_rate, o.warm_up, o.weight_decay, o.clip_norm, o.dropout, o.averaging, o.volatility_share, o.range_share,
                           o.parameters_per_row}) out.put(v);
    out.put(static_cast<std::uint8_t>(o.balance_classes));
}

TrainingOptions get_options(ByteReader& in) {
    TrainingOptions o;
    o.seed = in.get<std::uint64_t>();
    for (std::uint32_t* v : {&o.epochs, &o.patience, &o.streams, &o.chunk}) *v = in.get<std::uint32_t>();
    for (double* v : {&o.learning_rate, &o.warm_up, &o.weight_decay, &o.clip_norm, &o.dropout, &o.averaging, &o.volatility_share, &o.range_share,
                      &o.parameters_per_row})
        *v = in.get<double>();
    o.balance_classes = in.get<std::uint8_t>() != 0;
    return o;
}

}  // namespace

Result<void> check_job(const TrainingJob& job) {
    TRY_VOID(check_spec(job.spec));
    TRY_VOID(check_options(job.options));
    TRY_VOID(check_lengths(job));
    TRY_VOID(check_labels(job));
    return check_columns(job);
}

std::string serialise(const TrainingJob& job) {
    ByteWriter out;
    put_spec(out, job.spec);
    put_options(out, job.options);
    out.put(static_cast<std::uint64_t>(job.features.size()));
    for (const std::string& feature : job.features) out.put_text(feature);
    out.put_text(job.manifest_hash);
    out.put(static_cast<std::uint64_t>(job.validation_from));
    for (const auto* values : {&job.inputs, &job.label, &job.weight, &job.log_volatility, &job.log_range, &job.initial}) out.put_all(*values);
    return out.sealed(magic);
}

std::string fingerprint(const TrainingJob& job) {
    Fingerprint print;
    print.add(serialise(job));
    return print.hex();
}

Result<std::string> weight_file(const TrainingJob& job, std::vector<float> values) {
    NetWeights weights = blank_weights(job.spec);
    weights.values = std::move(values);
    if (!job.features.empty()) weights.features = job.features;
    weights.manifest_hash = job.manifest_hash;
    weights.made_by = fmt::format("aitrading-train, libtorch, seed {}, {}", job.options.seed, describe(job.options));
    return encode_weights(weights);
}

Result<TrainingJob> parse_job(std::string_view bytes, const std::string& what) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, what));
    TrainingJob job;
    job.spec = get_spec(in);
    job.options = get_options(in);
    const auto names = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < names && !in.failed(); ++i) job.features.push_back(in.get_text());
    job.manifest_hash = in.get_text();
    job.validation_from = in.get<std::uint64_t>();
    for (auto* values : {&job.inputs, &job.label, &job.weight, &job.log_volatility, &job.log_range, &job.initial}) *values = in.get_all<float>();
    if (!in.at_end()) return fail(ErrorCode::bad_input, what + ": its parts do not fit together; make it anew");
    return job;
}

std::string describe(const TrainingOptions& o) {
    return fmt::format("epochs={} patience={} streams={} chunk={} learning_rate={} warm_up={} weight_decay={} clip_norm={} dropout={} averaging={} "
                       "volatility_share={} range_share={} balance_classes={} parameters_per_row={}",
                       o.epochs, o.patience, o.streams, o.chunk, o.learning_rate, o.warm_up, o.weight_decay, o.clip_norm, o.dropout, o.averaging,
                       o.volatility_share, o.range_share, o.balance_classes, o.parameters_per_row);
}

}  // namespace aitrading::models
