#include "models/deep/net_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "base/hash.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t fewest_labels = 100;  ///< of an instrument, to have a part
constexpr std::size_t warm_up_rows = 256;   ///< before each piece that judges; as many as the trainer reads before its pieces
constexpr double judging_share = 0.15;      ///< as PipelineOptions::validation_share

struct Moments {
    double n = 0, mean = 0, squares = 0;  // Welford's, so that a large mean costs no digits
    void add(double v) {
        n += 1;
        const double before = v - mean;
        mean += before / n;
        squares += before * (v - mean);
    }
    double deviation() const { return n > 0 ? std::sqrt(squares / n) : 0; }
    bool changes() const { return deviation() > 1e-6 * std::abs(mean) && deviation() > 1e-30; }
    double scale() const { return changes() ? deviation() : 1; }
};

std::vector<Moments> column_moments(std::span<const float> rows, std::size_t columns) {
    std::vector<Moments> out(columns);
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (std::isfinite(rows[i])) out[i % columns].add(rows[i]);
    return out;
}

Moments moments_of(std::span<const float> values) {
    Moments out;
    for (const float v : values)
        if (std::isfinite(v)) out.add(v);
    return out;
}

/// Some labels of an instrument, as a learner takes them.
struct Part {
    std::vector<float> y;
    std::vector<double> weight, target;
    std::vector<std::uint32_t> row;
    TrainingData data(const PoolSeries& s) const {
        const MatrixView all = s.features.view();
        return {.x = all.slice(0, 0), .y = y, .weight = weight, .series = all, .row = row, .target = target, .directional = s.labels.directional};
    }
};

/// Labels of rows known after `after` whose ends are known by `until`.
Part part_of(const PoolSeries& s, UnixNanos after, UnixNanos until) {
    Part out;
    const auto& known = s.features.known;
    for (std::size_t e = 0; e < s.labels.size() && known[s.labels.row[e]] <= until; ++e) {
        const std::uint32_t row = s.labels.row[e];
        if (known[row] <= after || known[s.labels.end[e]] > until || std::isnan(s.labels.y[e])) continue;
        out.y.push_back(s.labels.y[e]);
        out.weight.push_back(e < s.labels.weight.size() ? s.labels.weight[e] : 1.0);
        out.target.push_back(e < s.labels.target.size() ? s.labels.target[e] : std::numeric_limits<double>::quiet_NaN());
        out.row.push_back(row);
    }
    return out;
}

constexpr UnixNanos always{std::numeric_limits<std::int64_t>::min()};

/// The instant from which on labels judge: behind it lie the latest 15 % of all.
UnixNanos judging_from(const NetPool& pool, UnixNanos until) {
    std::vector<UnixNanos> times;
    for (const PoolSeries& s : pool.series())
        for (const std::uint32_t row : part_of(s, always, until).row) times.push_back(s.features.known[row]);
    if (times.empty()) return until;
    const auto at = times.begin() + static_cast<std::ptrdiff_t>((1 - judging_share) * static_cast<double>(times.size() - 1));
    std::ranges::nth_element(times, at);
    return *at;
}

/// An instrument's own job, in units of its own.
void standardise(TrainingJob& job) {
    const std::size_t columns = job.spec.inputs;
    const auto moments = column_moments(std::span(job.inputs).first(job.validation_from * columns), columns);
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
        const Moments& m = moments[i % columns];
        job.inputs[i] = static_cast<float>((job.inputs[i] - m.mean) / m.scale());
    }
    for (auto* values : {&job.log_volatility, &job.log_range}) {
        const double mean = moments_of(std::span(*values).first(job.validation_from)).mean;
        for (float& v : *values) v = static_cast<float>(v - mean);
    }
}

/// Rows [from, to) of one job behind those of another; without a weight they are only read.
void append(TrainingJob& out, const TrainingJob& in, std::size_t from, std::size_t to, bool weighted) {
    const auto copy = [&](std::vector<float>& target, const std::vector<float>& source, std::size_t width) {
        target.insert(target.end(), source.begin() + static_cast<std::ptrdiff_t>(from * width), source.begin() + static_cast<std::ptrdiff_t>(to * width));
    };
    copy(out.inputs, in.inputs, in.spec.inputs);
    copy(out.label, in.label, 1);
    copy(out.log_volatility, in.log_volatility, 1);
    copy(out.log_range, in.log_range, 1);
    if (weighted) copy(out.weight, in.weight, 1);
    else out.weight.insert(out.weight.end(), to - from, 0.0F);
}

std::string text_of(const std::vector<PoolSeries>& series) {
    Fingerprint print;
    std::string names;
    for (const PoolSeries& s : series) {
        names += (names.empty() ? "" : ",") + s.name;
        print.add(s.name);
        print.add_all<double>(s.features.values);
        for (const UnixNanos t : s.features.known) print.add(t.value);
        print.add_all<std::uint32_t>(s.labels.row);
        print.add_all<std::uint32_t>(s.labels.end);
        print.add_all<float>(s.labels.y);
        print.add_all<double>(s.labels.target);
        print.add_all<double>(s.labels.weight);
    }
    return fmt::format("pool={} pool_print={}", names, print.hex());
}

}  // namespace

Result<NetPool> NetPool::make(std::vector<PoolSeries> series) {
    if (series.size() < 2) return fail(ErrorCode::usage, fmt::format("a pool needs two instruments or more, there is {}; name further symbols", series.size()));
    std::set<std::string> names;
    for (const PoolSeries& s : series) {
        if (!names.insert(s.name).second) return fail(ErrorCode::usage, fmt::format("{} stands in the pool twice; name it once", s.name));
        if (s.features.manifest_hash == series[0].features.manifest_hash && s.features.names == series[0].features.names && s.labels.spec == series[0].labels.spec) continue;
        return fail(ErrorCode::bad_input, fmt::format("{} has other columns or another label than {} ({} of {} against {} of {}); a pool needs one set for all", s.name,
                                                      series[0].name, s.labels.spec, s.features.manifest_hash, series[0].labels.spec,
                                                      series[0].features.manifest_hash));
    }
    NetPool pool;
    pool.text_ = text_of(series);
    pool.series_ = std::move(series);
    return pool;
}

const PoolSeries* NetPool::find(const std::string& name) const {
    const auto found = std::ranges::find(series_, name, &PoolSeries::name);
    return found == series_.end() ? nullptr : &*found;
}

std::int64_t NetPool::span_nanos() const {
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = std::numeric_limits<std::int64_t>::min();
    for (const PoolSeries& s : series_) {
        if (s.features.known.empty()) continue;
        first = std::min(first, s.features.known.front().value);
        last = std::max(last, s.features.known.back().value);
    }
    return last < first ? 0 : last - first;
}

UnixNanos month_start(UnixNanos time) {
    const CivilTime civil = to_civil(time);
    return from_civil({.year = civil.year, .month = civil.month});
}

UnixNanos day_start(UnixNanos time) {
    const CivilTime civil = to_civil(time);
    return from_civil({.year = civil.year, .month = civil.month, .day = civil.day});
}

Result<TrainingJob> pool_job(const NetPool& pool, const NetParameters& parameters, UnixNanos until, std::uint64_t seed) {
    const UnixNanos judging = judging_from(pool, until);
    NetParameters whole = parameters;
    whole.width_fits = false;  // of the pieces: the pool's rows decide
    std::vector<TrainingJob> jobs;
    std::size_t labels = 0;
    for (const PoolSeries& s : pool.series()) {
        const Part teaching = part_of(s, always, judging);
        if (teaching.row.size() < fewest_labels) continue;
        const Part validating = part_of(s, judging, until);
        TRY(TrainingJob job, training_job(whole, teaching.data(s), validating.data(s), seed));
        standardise(job);
        labels += teaching.row.size();
        jobs.push_back(std::move(job));
    }
    if (jobs.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: no instrument of the pool has {} labels that are known by {}; take a longer span or fewer folds",
                                                      name(parameters.spec.kind), fewest_labels, to_iso8601(until)));
    TrainingJob out;
    out.options = jobs[0].options;
    if (parameters.width_fits) out.options.parameters_per_row = std::max(out.options.parameters_per_row, 4.0);
    TRY(out.spec, fitting_spec(parameters, jobs[0].spec.inputs, labels));
    for (const TrainingJob& job : jobs) append(out, job, 0, job.validation_from, true);
    out.validation_from = out.rows();
    for (const TrainingJob& job : jobs) {
        if (job.validation_from == job.rows()) continue;
        append(out, job, job.validation_from - std::min(warm_up_rows, job.validation_from), job.validation_from, false);
        append(out, job, job.validation_from, job.rows(), true);
    }
    TRY_VOID(check_job(out));
    return out;
}

NetWeights settle_weights(const NetWeights& pooled, const NetParameters& parameters, const TrainingData& own) {
    NetWeights out = pooled;
    const std::size_t columns = pooled.spec.inputs;
    std::vector<float> rows;
    rows.reserve((own.row.back() + std::size_t{1}) * columns);
    for (std::size_t t = 0; t <= own.row.back(); ++t)
        for (const double v : own.series.row(t)) rows.push_back(static_cast<float>(v));
    const auto moments = column_moments(rows, columns);
    const auto mean = out.tensor("input.mean"), scale = out.tensor("input.scale");
    const auto first = out.tensor(pooled.spec.kind == NetKind::lstm ? "lstm.0.weight_ih" : "embed.weight");
    for (std::size_t c = 0; c < columns; ++c) {
        const Moments& m = moments[c];
        mean[c] = static_cast<float>(m.mean + m.scale() * mean[c]);
        scale[c] = static_cast<float>(m.scale() * scale[c]);
        for (std::size_t i = c; i < first.size() && !m.changes(); i += columns) first[i] = 0;
    }
    const auto job = training_job(parameters, own, {}, 0);
    const auto bias = out.tensor("head.bias");
    const auto shift = [&](std::size_t output, const std::vector<float>& targets) {
        if (output < bias.size()) bias[output] += static_cast<float>(moments_of(targets).mean);
    };
    if (job) shift(1, job->log_volatility), shift(2, job->log_range);
    return out;
}

}  // namespace aitrading::models
