#include "speed.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/boosting/boosting.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

double seconds_of(const std::function<void()>& work) {
    const auto from = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

double median_of(int times, const std::function<void()>& work) {
    std::vector<double> seconds;
    seconds.reserve(static_cast<std::size_t>(times));
    for (int i = 0; i < times; ++i) seconds.push_back(seconds_of(work));
    return kit::median(seconds);
}

kit::BenchRow row(std::string name, double value, std::string unit) {
    kit::BenchRow out;
    out.name = std::move(name);
    out.value = value;
    out.unit = std::move(unit);
    return out;
}

std::vector<kit::BenchRow> calibration() {
    constexpr std::size_t n = 50'000;
    SplitMix64 random(1);
    std::vector<double> score;
    std::vector<float> y;
    for (std::size_t i = 0; i < n; ++i) {
        score.push_back(random.next_normal());
        y.push_back(random.next_uniform() < sigmoid(score.back()) ? 1.0F : 0.0F);
    }
    const ScoredLabels data{score, y};
    VennAbers venn_abers;
    const double prepare = median_of(5, [&] { venn_abers = VennAbers(data); });
    double sum = 0;
    const double query = median_of(5, [&] {
        for (const double s : score) sum += venn_abers.query(s).merged;
    });
    const double beta = median_of(5, [&] { sum += Calibrator::fit_beta(data).parameters()[0]; });
    const double isotonic = median_of(5, [&] { sum += Calibrator::fit_isotonic(data).apply(0); });
    CHECK(std::isfinite(sum));
    return {row("venn-abers, prepare 50,000 rows", 1e3 * prepare, "ms"),
            row("venn-abers, query", 1e9 * query / n, "ns"),
            row("beta calibration, 50,000 rows", 1e3 * beta, "ms"),
            row("isotonic calibration, 50,000 rows", 1e3 * isotonic, "ms")};
}

std::vector<kit::BenchRow> intervals() {
    constexpr std::uint32_t n = 20'000;
    SplitMix64 random(2);
    IntervalStream stream({});
    IntervalInputs inputs;
    inputs.count = interval_columns_max;
    const double seconds = seconds_of([&] {
        for (std::uint32_t t = 0; t < n; ++t) {
            for (double& v : inputs.value) v = random.next_uniform() - 0.5;
            stream.predict(t, 0.5, inputs);
            stream.label(t, t + 1, random.next_normal());
        }
    });
    return {row("conformal interval, one bar with its label", 1e6 * seconds / n, "us")};
}

std::vector<kit::BenchRow> single_rows() {
    constexpr std::size_t rows = 6000, columns = 60;
    SplitMix64 random(3);
    FeatureMatrix features;
    LabelSet labels;
    for (std::size_t c = 0; c < columns; ++c) features.names.push_back("f" + std::to_string(c));
    for (std::uint32_t t = 0; t < rows; ++t) {
        double z = 0;
        for (std::size_t c = 0; c < columns; ++c) {
            features.values.push_back(random.next_normal());
            z += 0.2 * features.values.back();
        }
        features.time.push_back({t}), features.known.push_back({t + 1});
        labels.row.push_back(t), labels.end.push_back(t + 1);
        labels.target.push_back(z + random.next_normal());
        labels.y.push_back(labels.target.back() > 0 ? 1.0F : 0.0F);
        labels.weight.push_back(1);
    }
    std::vector<std::unique_ptr<Learner>> owned;
    owned.push_back(std::move(*make_learner("xgboost", "rounds=500 max_depth=6 patience=500")));
    owned.push_back(std::move(*make_learner("lightgbm", "rounds=500 max_depth=6 leaves=31 patience=500")));
    owned.push_back(std::move(*make_learner("random_forest")));
    std::vector<const Learner*> learners;
    learners.reserve(owned.size());
    for (const auto& l : owned) learners.push_back(l.get());
    std::vector<std::uint32_t> train(rows);
    std::iota(train.begin(), train.end(), 0U);
    PipelineOptions options;
    options.inner_folds = 0;
    options.threads = 2;
    const auto ensemble = FittedEnsemble::fit(features, labels, train, learners, options);
    CHECK(ensemble.has_value());
    std::vector<double> micros;
    micros.reserve(rows);
    double sum = 0;
    for (std::size_t t = 0; t < rows; ++t)
        micros.push_back(1e6 * seconds_of([&] { sum += ensemble->predict_row(features.row(t)).p_up; }));
    CHECK(std::isfinite(sum));
    const double bytes = static_cast<double>(ensemble->serialise().size());
    kit::BenchRow p50 = row("three tree models, stack, calibration and intervals, one row, p50",
                            kit::quantile(micros, 0.5), "us");
    p50.target = 20;
    p50.note = "xgboost and lightgbm of up to 500 trees, forest of 300, 60 columns";
    return {p50, row("the same, p99", kit::quantile(micros, 0.99), "us"),
            row("that ensemble as bytes", bytes / 1e6, "MB")};
}

}  // namespace

std::vector<kit::BenchRow> measure_speed() {
    std::vector<kit::BenchRow> rows = calibration();
    for (const auto& part : {intervals(), single_rows()}) rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

}  // namespace aitrading::models
