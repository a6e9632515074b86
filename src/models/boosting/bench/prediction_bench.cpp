#include "models/boosting/bench/prediction_bench.hpp"

#include <chrono>
#include <functional>

#include <LightGBM/c_api.h>
#include <fmt/format.h>
#include <xgboost/c_api.h>

#include "base/check.hpp"
#include "models/boosting/bench/sample.hpp"
#include "models/boosting/forest_classifier.hpp"

namespace aitrading::models::bench {
namespace {

constexpr std::size_t kTrainRows = 10'000, kColumns = 60, kRows = 4096;
constexpr int kBlocks = 40, kBlockCalls = 500;

using Predict = std::function<double(const double*)>;

std::unique_ptr<Classifier> fit(std::string_view learner, std::string_view words, const Sample& train) {
    auto model = (*make_learner(learner, words))->fit(train.data(), {}, {});
    CHECK(model.has_value());
    return std::move(*model);
}

double microseconds(const Predict& predict, const double* row) {
    const auto begin = std::chrono::steady_clock::now();
    volatile double p = predict(row);
    (void)p;
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

/// Times of `calls` for each predictor, in turns block by block. [predictor][call]
std::vector<std::vector<double>> in_turns(const std::vector<Predict>& predictors, const Sample& rows) {
    std::vector<std::vector<double>> times(predictors.size());
    for (int block = 0; block <= kBlocks; ++block)
        for (std::size_t k = 0; k < predictors.size(); ++k)
            for (int call = 0; call < kBlockCalls; ++call) {
                const double us = microseconds(
                    predictors[k], rows.row(static_cast<std::size_t>(block * kBlockCalls + call) % kRows));
                if (block > 0) times[k].push_back(us);  // the first block warms up
            }
    return times;
}

Predict lightgbm_predict(const ForestClassifier& model) {
    int rounds = 0;
    BoosterHandle booster{};
    CHECK(LGBM_BoosterLoadModelFromString(model.text().c_str(), &rounds, &booster) == 0);
    FastConfigHandle fast{};
    CHECK(LGBM_BoosterPredictForMatSingleRowFastInit(booster, C_API_PREDICT_NORMAL, 0, -1,
                                                     C_API_DTYPE_FLOAT64, kColumns, "num_threads=1",
                                                     &fast) == 0);
    return [fast](const double* row) {
        double p = 0;
        std::int64_t count = 0;
        LGBM_BoosterPredictForMatSingleRowFast(fast, row, &count, &p);
        return p;
    };
}

Predict xgboost_predict(const ForestClassifier& model) {
    BoosterHandle booster{};
    CHECK(XGBoosterCreate(nullptr, 0, &booster) == 0);
    CHECK(XGBoosterLoadModelFromBuffer(booster, model.text().data(), model.text().size()) == 0);
    CHECK(XGBoosterSetParam(booster, "nthread", "1") == 0);
    return [booster](const double* row) {
        const auto array = fmt::format(R"({{"data":[{},true],"shape":[1,{}],"typestr":"<f8","version":3}})",
                                       reinterpret_cast<std::uintptr_t>(row), kColumns);
        const char* config = R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,)"
                             R"("strict_shape":false,"cache_id":0,"missing":NaN})";
        const bst_ulong* shape{};
        bst_ulong dimensions{};
        const float* out{};
        XGBoosterPredictFromDense(booster, array.c_str(), config, nullptr, &shape, &dimensions, &out);
        return static_cast<double>(out[0]);
    };
}

void add_rows(std::vector<kit::BenchRow>& out, const std::string& what, const std::vector<double>& ours,
              double target, const std::string& peer, const std::vector<double>* theirs) {
    for (const auto& [label, p] : {std::pair{"p50", 0.5}, {"p99", 0.99}}) {
        kit::BenchRow row;
        row.name = fmt::format("one row, {}, {}", what, label);
        row.value = kit::quantile(ours, p);
        row.unit = "us";
        if (p == 0.5) row.target = target;
        row.peer = peer;
        if (theirs != nullptr) row.peer_value = kit::quantile(*theirs, p);
        out.push_back(row);
    }
}

double per_row(const Classifier& model, const Sample& rows) {
    std::vector<double> out(rows.rows), times;
    for (int k = 0; k < 9; ++k) {
        const auto begin = std::chrono::steady_clock::now();
        model.predict(rows.view(), out);
        times.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
    return kit::median(times) / static_cast<double>(rows.rows);
}

}  // namespace

std::vector<kit::BenchRow> prediction_rows() {
    const auto train = make_sample(kTrainRows, kColumns, 1), rows = make_sample(kRows, kColumns, 2);
    const auto xgboost = fit("xgboost", "rounds=500 max_depth=6 min_child_weight=2", train);
    const auto lightgbm = fit("lightgbm", "rounds=500 max_depth=6 leaves=64 min_rows_in_leaf=10", train);
    const auto forest = fit("random_forest", "", train);
    const auto flat = [](const Classifier& model) {
        return [&model](const double* row) { return model.predict_row({row, kColumns}); };
    };
    const auto times =
        in_turns({flat(*lightgbm), lightgbm_predict(dynamic_cast<const ForestClassifier&>(*lightgbm)),
                  flat(*xgboost), xgboost_predict(dynamic_cast<const ForestClassifier&>(*xgboost)),
                  flat(*forest), lightgbm_predict(dynamic_cast<const ForestClassifier&>(*forest)),
                  [&](const double* row) {
                      const std::span<const double> r{row, kColumns};
                      return lightgbm->predict_row(r) + xgboost->predict_row(r) + forest->predict_row(r);
                  }},
                 rows);
    std::vector<kit::BenchRow> out;
    const std::string light = "LightGBM C API, fast single row", xg = "XGBoost C API, PredictFromDense";
    add_rows(out, "LightGBM 500 trees depth 6", times[0], 5.0, light, &times[1]);
    add_rows(out, "XGBoost 500 trees depth 6", times[2], 5.0, xg, &times[3]);
    add_rows(out, "random forest, defaults (200 trees, 128 leaves)", times[4], 10.0, light, &times[5]);
    add_rows(out, "all three", times[6], 20.0, "none: the sum of the three above", nullptr);
    for (const auto& [name, model] : {std::pair{"LightGBM 500 trees depth 6", lightgbm.get()},
                                      {"XGBoost 500 trees depth 6", xgboost.get()},
                                      {"random forest, defaults", forest.get()}}) {
        kit::BenchRow row;
        row.name = fmt::format("row of a batch of 4,096, {}", name);
        row.value = per_row(*model, rows);
        row.unit = "us";
        row.peer = "not measured";
        out.push_back(row);
    }
    return out;
}

}  // namespace aitrading::models::bench
