#include "models/boosting/bench/explanation_bench.hpp"

#include <functional>

#include <LightGBM/c_api.h>
#include <fmt/format.h>
#include <xgboost/c_api.h>

#include "base/check.hpp"
#include "models/boosting/bench/sample.hpp"
#include "models/boosting/boosting.hpp"
#include "models/boosting/forest_classifier.hpp"

namespace aitrading::models::bench {
namespace {

constexpr std::size_t kTrainRows = 20'000, kColumns = 97, kRows = 400, kPeerRows = 60;

using Explain = std::function<void(const double*)>;

/// Processor time: what else runs on the machine does not count.
std::vector<double> times_of(const Explain& explain, const Sample& rows, std::size_t count) {
    std::vector<double> times;
    for (std::size_t i = 0; i < count + count / 10; ++i) {
        const double begun = kit::thread_seconds();
        explain(rows.row(i % rows.rows));
        const double us = 1e6 * (kit::thread_seconds() - begun);
        if (i >= count / 10) times.push_back(us);
    }
    return times;
}

Explain lightgbm_contributions(const ForestClassifier& model) {
    int rounds = 0;
    BoosterHandle booster{};
    CHECK(LGBM_BoosterLoadModelFromString(model.text().c_str(), &rounds, &booster) == 0);
    return [booster](const double* row) {
        std::vector<double> out(kColumns + 1);
        std::int64_t count = 0;
        CHECK(LGBM_BoosterPredictForMatSingleRow(booster, row, C_API_DTYPE_FLOAT64, kColumns, 1, C_API_PREDICT_CONTRIB, 0, -1, "num_threads=1", &count, out.data()) == 0);
    };
}

Explain xgboost_contributions(const ForestClassifier& model) {
    BoosterHandle booster{};
    CHECK(XGBoosterCreate(nullptr, 0, &booster) == 0);
    CHECK(XGBoosterLoadModelFromBuffer(booster, model.text().data(), model.text().size()) == 0);
    CHECK(XGBoosterSetParam(booster, "nthread", "1") == 0);
    return [booster](const double* row) {
        const auto array = fmt::format(R"({{"data":[{},true],"shape":[1,{}],"typestr":"<f8","version":3}})", reinterpret_cast<std::uintptr_t>(row), kColumns);
        DMatrixHandle matrix{};
        CHECK(XGDMatrixCreateFromDense(array.c_str(), R"({"missing":NaN,"nthread":1})", &matrix) == 0);
        const bst_ulong* shape{};
        bst_ulong dimensions{};
        const float* out{};
        const char* config = R"({"type":2,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
        CHECK(XGBoosterPredictFromDMatrix(booster, matrix, config, &shape, &dimensions, &out) == 0);
        XGDMatrixFree(matrix);
    };
}

}  // namespace

std::vector<kit::BenchRow> explanation_rows() {
    const auto train = make_sample(kTrainRows, kColumns, 1), rows = make_sample(kRows, kColumns, 2);
    std::vector<kit::BenchRow> out;
    for (const auto& learner : tree_learners()) {
        const auto fitted = learner->fit(train.data(), {}, {});
        CHECK(fitted.has_value());
        const auto& model = dynamic_cast<const ForestClassifier&>(**fitted);
        const auto ours = times_of([&](const double* row) {
            std::vector<double> contribution(kColumns);
            CHECK(model.explain(nullptr, {row, 1, kColumns, kColumns}, contribution).has_value());
        }, rows, kRows);
        const bool xgboost = learner->name() == "xgboost";
        const auto theirs = times_of(xgboost ? xgboost_contributions(model) : lightgbm_contributions(model), rows, kPeerRows);
        for (const auto& [label, p] : {std::pair{"p50", 0.5}, {"p99", 0.99}}) {
            kit::BenchRow row;
            row.name = fmt::format("reasons of one row, {}, defaults, {} columns, {}", learner->name(), kColumns, label);
            row.value = kit::quantile(ours, p);
            row.unit = "us";
            row.target = 5000;
            row.peer = xgboost ? "XGBoost C API, contributions" : "LightGBM C API, contributions";
            row.peer_value = kit::quantile(theirs, p);
            out.push_back(row);
        }
    }
    return out;
}

}  // namespace aitrading::models::bench
