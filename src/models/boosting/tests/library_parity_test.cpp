#include <algorithm>
#include <cmath>
#include <limits>

#include <LightGBM/c_api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include "base/random.hpp"
#include "models/boosting/flat_forest.hpp"
#include "models/boosting/tree_shap.hpp"

// The flat forest against the libraries' own prediction of the same model, on rows that stress comparisons.

namespace aitrading::models {
namespace {

constexpr std::size_t kColumns = 12, kTrainRows = 1500, kRows = 4000;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Rows {
    std::vector<double> x;
    std::vector<float> y;
};

/// Columns of several habits: plain, with NaN, with many zeros, few distinct values, tiny, huge.
Rows train_rows(bool with_nan) {
    SplitMix64 random(17);
    Rows rows;
    for (std::size_t i = 0; i < kTrainRows; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < kColumns; ++c) {
            double v = random.next_normal();
            if (c % 4 == 1 && random.next_uniform() < 0.3) v = 0;
            if (c % 4 == 2) v = std::round(v * 2);
            if (c == 3) v *= 1e-30;
            if (c == 7) v *= 1e30;
            if (with_nan && c % 2 == 0 && random.next_uniform() < 0.15) v = kNan;
            rows.x.push_back(v);
            sum += std::isnan(v) ? 0.7 : (v > 0.2) - 0.4;
        }
        rows.y.push_back(sum + 2 * random.next_normal() > 0 ? 1.0F : 0.0F);
    }
    return rows;
}

/// Rows mixed from training values, exact thresholds and their neighbours, and every special number.
std::vector<double> stress_rows(const ForestModel& model, const Rows& train) {
    const double special[] = {kNan,
                              kInf,
                              -kInf,
                              0.0,
                              -0.0,
                              5e-324,
                              -5e-324,
                              1e-310,
                              1e-45,
                              -1e-45,
                              1e-36,
                              -1e-36,
                              1e-35F,
                              -1e-35F,
                              1e-35,
                              2e-35,
                              -2e-35,
                              1e300,
                              -1e300,
                              1e39,
                              -1e39,
                              3.4028234e38,
                              3.4028235677973366e38,
                              std::numeric_limits<double>::max(),
                              1.0,
                              -1.0,
                              0.5};
    std::vector<std::vector<double>> thresholds(model.columns);
    for (const auto& tree : model.trees)
        for (const auto& split : tree.splits) thresholds[split.column].push_back(split.threshold);
    SplitMix64 random(23);
    std::vector<double> x;
    for (std::size_t i = 0; i < kRows; ++i)
        for (std::size_t c = 0; c < kColumns; ++c) {
            const auto& t = thresholds[c];
            const double threshold = t.empty() ? 0.0 : t[random.next_below(t.size())];
            const auto single = static_cast<float>(threshold);
            const double candidates[] = {train.x[random.next_below(kTrainRows) * kColumns + c],
                                         special[random.next_below(std::size(special))],
                                         threshold,
                                         std::nextafter(threshold, kInf),
                                         std::nextafter(threshold, -kInf),
                                         std::nextafter(single, std::numeric_limits<float>::infinity()),
                                         std::nextafter(single, -std::numeric_limits<float>::infinity())};
            x.push_back(candidates[random.next_below(std::size(candidates))]);
        }
    return x;
}

void compare(const ForestModel& model, const std::vector<double>& x, const std::vector<double>& margins,
             const std::vector<double>& probabilities) {
    const auto flat = FlatForest::build(model);
    ASSERT_TRUE(flat) << flat.error().text;
    std::vector<double> many(kRows);
    flat->probabilities({x.data(), kRows, kColumns, kColumns}, many);
    double worst_margin = 0, worst_probability = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
        const std::span<const double> row{&x[i * kColumns], kColumns};
        EXPECT_EQ(many[i], flat->probability(row));
        worst_margin = std::max(worst_margin, std::fabs(flat->margin(row) - margins[i]));
        worst_probability = std::max(worst_probability, std::fabs(many[i] - probabilities[i]));
    }
    EXPECT_LE(worst_margin, 1e-6);
    EXPECT_LE(worst_probability, 1e-6);
    testing::Test::RecordProperty("worst_margin", fmt::format("{:g}", worst_margin));
    testing::Test::RecordProperty("worst_probability", fmt::format("{:g}", worst_probability));
}

constexpr std::size_t kExplained = 400;

/// Our contributions against the library's, [rows][columns + 1] with the expected margin last. @param scale of the library's
void compare_contributions(const ForestModel& model, const std::vector<double>& x, const std::vector<double>& theirs, double scale) {
    const TreeShap shap(model);
    ASSERT_TRUE(shap.available());
    const auto flat = FlatForest::build(model);
    double worst = 0;
    std::vector<double> ours(kColumns);
    for (std::size_t i = 0; i < kExplained; ++i) {
        const std::span<const double> row{&x[i * kColumns], kColumns};
        shap.contributions(row, ours);
        double sum = shap.base();
        for (std::size_t c = 0; c < kColumns; ++c) {
            sum += ours[c];
            worst = std::max(worst, std::fabs(ours[c] - scale * theirs[i * (kColumns + 1) + c]));
        }
        EXPECT_NEAR(sum, flat->margin(row), 1e-5);
        EXPECT_NEAR(shap.base(), scale * theirs[i * (kColumns + 1) + kColumns], 1e-5);
    }
    EXPECT_LE(worst, 1e-5);
    testing::Test::RecordProperty("worst_contribution", fmt::format("{:g}", worst));
}

struct Case {
    const char* name;
    const char* words;
    bool with_nan;
    int rounds;
};

class LightgbmParity : public testing::TestWithParam<Case> {};

TEST_P(LightgbmParity, flat_forest_equals_library) {
    const auto& [name, extra, with_nan, rounds] = GetParam();
    const auto train = train_rows(with_nan);
    const auto words = fmt::format("verbosity=-1 num_threads=1 seed=3 min_data_in_leaf=5 {}", extra);
    DatasetHandle data{};
    ASSERT_EQ(LGBM_DatasetCreateFromMat(train.x.data(), C_API_DTYPE_FLOAT64, kTrainRows, kColumns, 1,
                                        words.c_str(), nullptr, &data),
              0);
    ASSERT_EQ(LGBM_DatasetSetField(data, "label", train.y.data(), kTrainRows, C_API_DTYPE_FLOAT32), 0);
    BoosterHandle booster{};
    ASSERT_EQ(LGBM_BoosterCreate(data, words.c_str(), &booster), 0);
    int finished = 0;
    for (int i = 0; i < rounds; ++i) ASSERT_EQ(LGBM_BoosterUpdateOneIter(booster, &finished), 0);
    std::string text(8U << 20, '\0');
    std::int64_t size = 0;
    ASSERT_EQ(LGBM_BoosterSaveModelToString(booster, 0, -1, 1, static_cast<std::int64_t>(text.size()), &size,
                                            text.data()),
              0);
    text.resize(static_cast<std::size_t>(size - 1));
    const auto model = read_lightgbm_text(text);
    ASSERT_TRUE(model) << model.error().text;
    const auto x = stress_rows(*model, train);
    std::vector<double> margins(kRows), probabilities(kRows);
    ASSERT_EQ(
        LGBM_BoosterPredictForMat(booster, x.data(), C_API_DTYPE_FLOAT64, kRows, kColumns, 1,
                                  C_API_PREDICT_RAW_SCORE, 0, -1, "num_threads=1", &size, margins.data()),
        0);
    ASSERT_EQ(
        LGBM_BoosterPredictForMat(booster, x.data(), C_API_DTYPE_FLOAT64, kRows, kColumns, 1,
                                  C_API_PREDICT_NORMAL, 0, -1, "num_threads=1", &size, probabilities.data()),
        0);
    // A forest's raw score is the sum in LightGBM, and the mean only in the final prediction.
    if (model->average)
        for (double& m : margins) m /= rounds;
    compare(*model, x, margins, probabilities);
    std::vector<double> contributions(kExplained * (kColumns + 1));
    ASSERT_EQ(LGBM_BoosterPredictForMat(booster, x.data(), C_API_DTYPE_FLOAT64, kExplained, kColumns, 1, C_API_PREDICT_CONTRIB, 0, -1,
                                        "num_threads=1", &size, contributions.data()),
              0);
    compare_contributions(*model, x, contributions, model->average ? 1.0 / rounds : 1.0);
    std::vector<double> gain(kColumns);
    ASSERT_EQ(LGBM_BoosterFeatureImportance(booster, -1, C_API_FEATURE_IMPORTANCE_GAIN, gain.data()), 0);
    double total = 0;
    for (const double g : gain) total += g;
    const auto shares = gain_shares(*model);
    for (std::size_t c = 0; c < kColumns; ++c) EXPECT_NEAR(shares[c], gain[c] / total, 1e-5);
    LGBM_BoosterFree(booster);
    LGBM_DatasetFree(data);
}

INSTANTIATE_TEST_SUITE_P(
    models, LightgbmParity,
    testing::Values(
        Case{"missing_nan", "objective=binary max_depth=6 num_leaves=40", true, 60},
        Case{"missing_never", "objective=binary max_depth=5", false, 60},
        Case{"missing_zero", "objective=binary max_depth=6 zero_as_missing=true", true, 60},
        Case{"missing_off", "objective=binary max_depth=6 use_missing=false", true, 40},
        Case{"deep", "objective=binary num_leaves=120 min_sum_hessian_in_leaf=1e-9", true, 30},
        Case{"stumps", "objective=binary num_leaves=2 sigmoid=1.7", true, 33},
        Case{"forest", "boosting=rf objective=regression num_leaves=100 bagging_freq=1 bagging_fraction=0.6",
             true, 30}),
    [](const auto& which) { return std::string(which.param.name); });

std::string array_json(const std::vector<double>& x, std::size_t rows) {
    return fmt::format(R"({{"data":[{},true],"shape":[{},{}],"typestr":"<f8","version":3}})",
                       reinterpret_cast<std::uintptr_t>(x.data()), rows, kColumns);
}

std::vector<double> xgboost_predict(BoosterHandle booster, const std::vector<double>& x, int type) {
    const auto config = fmt::format(R"({{"type":{},"training":false,"iteration_begin":0,"iteration_end":0,)"
                                    R"("strict_shape":false,"cache_id":0,"missing":NaN}})",
                                    type);
    const bst_ulong* shape{};
    bst_ulong dimensions{};
    const float* out{};
    const int status = XGBoosterPredictFromDense(booster, array_json(x, kRows).c_str(), config.c_str(),
                                                 nullptr, &shape, &dimensions, &out);
    EXPECT_EQ(status, 0) << XGBGetLastError();
    return status == 0 ? std::vector<double>(out, out + kRows) : std::vector<double>(kRows);
}

/// [kExplained][columns + 1]; the library gives contributions over its own matrices only.
std::vector<double> xgboost_contributions(BoosterHandle booster, const std::vector<double>& x) {
    DMatrixHandle rows{};
    EXPECT_EQ(XGDMatrixCreateFromDense(array_json(x, kExplained).c_str(), R"({"missing":NaN,"nthread":1})", &rows), 0) << XGBGetLastError();
    const bst_ulong* shape{};
    bst_ulong dimensions{};
    const float* out{};
    const char* config = R"({"type":2,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
    EXPECT_EQ(XGBoosterPredictFromDMatrix(booster, rows, config, &shape, &dimensions, &out), 0) << XGBGetLastError();
    const std::size_t size = kExplained * (kColumns + 1);
    const std::vector<double> contributions = out == nullptr ? std::vector<double>(size) : std::vector<double>(out, out + size);
    XGDMatrixFree(rows);
    return contributions;
}

class XgboostParity : public testing::TestWithParam<Case> {};

TEST_P(XgboostParity, flat_forest_equals_library) {
    const auto& [name, extra, with_nan, rounds] = GetParam();
    const auto train = train_rows(with_nan);
    DMatrixHandle data{};
    ASSERT_EQ(XGDMatrixCreateFromDense(array_json(train.x, kTrainRows).c_str(),
                                       R"({"missing":NaN,"nthread":1})", &data),
              0);
    ASSERT_EQ(XGDMatrixSetFloatInfo(data, "label", train.y.data(), kTrainRows), 0);
    BoosterHandle booster{};
    ASSERT_EQ(XGBoosterCreate(&data, 1, &booster), 0);
    std::string_view words = extra;
    for (const auto* pair :
         {"objective=binary:logistic", "nthread=1", "seed=5", "verbosity=0", "base_score=0.37"}) {
        const std::string_view word = pair;
        ASSERT_EQ(XGBoosterSetParam(booster, std::string(word.substr(0, word.find('='))).c_str(),
                                    std::string(word.substr(word.find('=') + 1)).c_str()),
                  0);
    }
    while (!words.empty()) {
        const auto word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        ASSERT_EQ(XGBoosterSetParam(booster, std::string(word.substr(0, word.find('='))).c_str(),
                                    std::string(word.substr(word.find('=') + 1)).c_str()),
                  0);
    }
    for (int i = 0; i < rounds; ++i) ASSERT_EQ(XGBoosterUpdateOneIter(booster, i, data), 0);
    bst_ulong size = 0;
    const char* bytes{};
    ASSERT_EQ(XGBoosterSaveModelToBuffer(booster, R"({"format":"json"})", &size, &bytes), 0);
    const auto model = read_xgboost_json({bytes, size});
    ASSERT_TRUE(model) << model.error().text;
    const auto x = stress_rows(*model, train);
    const auto margins = xgboost_predict(booster, x, 1);
    compare(*model, x, margins, xgboost_predict(booster, x, 0));
    auto finite = x;  // its matrices take no number beyond the range of float
    for (double& v : finite) v = std::isnan(v) ? v : std::clamp(v, -3e38, 3e38);
    compare_contributions(*model, finite, xgboost_contributions(booster, finite), 1);
    XGBoosterFree(booster);
    XGDMatrixFree(data);
}

INSTANTIATE_TEST_SUITE_P(
    models, XgboostParity,
    testing::Values(Case{"missing_nan", "tree_method=hist max_depth=6 eta=0.1", true, 60},
                    Case{"none_missing", "tree_method=hist max_depth=4", false, 60},
                    Case{"exact", "tree_method=exact max_depth=6", true, 30},
                    Case{"pruned", "tree_method=exact max_depth=6 gamma=2 eta=0.3", true, 40},
                    Case{"deep", "tree_method=hist max_depth=14 min_child_weight=0.01", true, 20},
                    Case{"stumps", "tree_method=hist max_depth=1", true, 33}),
    [](const auto& which) { return std::string(which.param.name); });

}  // namespace
}  // namespace aitrading::models
