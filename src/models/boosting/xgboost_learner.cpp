#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include "models/boosting/boosting.hpp"
#include "models/boosting/training.hpp"

namespace aitrading::models {
namespace {

struct MatrixFree {
    void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct BoosterFree {
    void operator()(void* handle) const { XGBoosterFree(handle); }
};
using Matrix = std::unique_ptr<void, MatrixFree>;
using Booster = std::unique_ptr<void, BoosterFree>;

Result<void> checked(int status) {
    if (status == 0) return {};
    const std::string_view text = XGBGetLastError();
    return fail(ErrorCode::failed, fmt::format("xgboost: {}", text.substr(0, text.find('\n'))));
}

/// XGBoost casts to float and refuses what becomes infinite; said here with row and column.
Result<void> check_range(const PreparedRows& rows, std::string_view what) {
    for (std::size_t i = 0; i < rows.rows * rows.columns; ++i)
        if (std::isinf(static_cast<float>(rows.values[i])))
            return fail(
                ErrorCode::bad_input,
                fmt::format("xgboost: {} rows: row {}, column {}: {} is beyond the range of float (3.4e38)",
                            what, i / rows.columns, i % rows.columns, rows.values[i]));
    return {};
}

Result<Matrix> make_matrix(const PreparedRows& rows) {
    const auto array = fmt::format(R"({{"data":[{},true],"shape":[{},{}],"typestr":"<f8","version":3}})",
                                   reinterpret_cast<std::uintptr_t>(rows.values), rows.rows, rows.columns);
    DMatrixHandle handle{};
    TRY_VOID(checked(XGDMatrixCreateFromDense(array.c_str(), R"({"missing":NaN,"nthread":1})", &handle)));
    Matrix matrix(handle);
    TRY_VOID(checked(XGDMatrixSetFloatInfo(handle, "label", rows.label.data(), rows.rows)));
    TRY_VOID(checked(XGDMatrixSetFloatInfo(handle, "weight", rows.weight.data(), rows.rows)));
    return matrix;
}

/// Number behind the last ':' of "[7]\tvalidation-logloss:0.69".
Result<double> loss_of(std::string_view text) {
    const auto digits = text.substr(std::min(text.rfind(':') + 1, text.size()));
    double loss = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), loss);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return fail(ErrorCode::failed, fmt::format("xgboost: no loss in its evaluation '{}'", text));
    return loss;
}

/// One fit: the booster, its matrices and how far it is.
class Fit {
  public:
    Fit(const XgboostParameters& p, const FitOptions& options) : p_(p), options_(options) {}

    Result<void> open(const PreparedRows& train, const PreparedRows* validation,
                      const ForestClassifier* warm) {
        TRY(train_, make_matrix(train));
        if (validation != nullptr) {
            TRY(validation_, make_matrix(*validation));
        }
        const DMatrixHandle matrices[] = {train_.get(), validation_.get()};
        BoosterHandle handle{};
        TRY_VOID(checked(XGBoosterCreate(matrices, validation_ ? 2 : 1, &handle)));
        booster_.reset(handle);
        // Weights count outcomes, not rows that repeat them; a tenth of all is as much as a leaf need hold.
        double total = 0;
        for (const float w : train.weight) total += 0.25 * w;
        const double outcomes_per_row = total / (0.25 * static_cast<double>(train.rows));
        min_child_weight_ = std::min(p_.min_child_weight, std::max(p_.min_child_weight * outcomes_per_row, 0.1 * total));
        if (warm != nullptr) {
            TRY_VOID(checked(XGBoosterLoadModelFromBuffer(handle, warm->text().data(), warm->text().size())));
            TRY_VOID(checked(XGBoosterBoostedRounds(handle, &rounds_before_)));
        } else {
            TRY_VOID(set("base_score", fmt::format("{}", static_cast<float>(train.base_rate))));
        }
        return set_parameters();
    }

    /// Adds rounds until the limit, the patience or the stop.
    Result<void> run() {
        EarlyStopping stopping(p_.patience);
        const int last = rounds_before_ + p_.rounds;
        for (int round = rounds_before_; round < last; ++round) {
            if (options_.stop.stop_requested())
                return fail(ErrorCode::interrupted, "xgboost: stopped before the fit ended");
            TRY_VOID(checked(XGBoosterUpdateOneIter(booster_.get(), round, train_.get())));
            if (!validation_) continue;
            DMatrixHandle matrices[] = {validation_.get()};
            const char* names[] = {"validation"};
            const char* text{};
            TRY_VOID(checked(XGBoosterEvalOneIter(booster_.get(), round, matrices, names, 1, &text)));
            TRY(const double loss, loss_of(text));
            if (stopping.update(round + 1, loss)) break;
        }
        if (validation_) best_rounds_ = stopping.best_rounds();
        return {};
    }

    /// Model JSON up to the best round.
    Result<std::string> text() {
        Booster best;
        BoosterHandle handle = booster_.get();
        int rounds = 0;
        TRY_VOID(checked(XGBoosterBoostedRounds(handle, &rounds)));
        if (best_rounds_ > 0 && best_rounds_ < rounds) {
            BoosterHandle slice{};
            TRY_VOID(checked(XGBoosterSlice(handle, 0, best_rounds_, 1, &slice)));
            best.reset(slice);
            handle = slice;
        }
        bst_ulong size = 0;
        const char* bytes{};
        TRY_VOID(checked(XGBoosterSaveModelToBuffer(handle, R"({"format":"json"})", &size, &bytes)));
        return std::string(bytes, size);
    }

  private:
    Result<void> set(const char* name, const std::string& value) {
        return checked(XGBoosterSetParam(booster_.get(), name, value.c_str()));
    }
    Result<void> set_parameters() {
        const std::pair<const char*, std::string> parameters[] = {
            {"objective", "binary:logistic"},
            {"eval_metric", "logloss"},
            {"booster", "gbtree"},
            {"tree_method", "hist"},
            {"nthread", "1"},
            {"verbosity", "0"},
            // A continued fit draws other rows and columns than the rounds before it did.
            {"seed",
             fmt::format("{}", library_seed(options_.seed + static_cast<std::uint64_t>(rounds_before_)))},
            {"eta", fmt::format("{}", p_.learning_rate)},
            {"max_depth", fmt::format("{}", p_.max_depth)},
            {"min_child_weight", fmt::format("{}", min_child_weight_)},
            {"gamma", fmt::format("{}", p_.min_split_gain)},
            {"lambda", fmt::format("{}", p_.lambda_l2)},
            {"alpha", fmt::format("{}", p_.lambda_l1)},
            {"subsample", fmt::format("{}", p_.row_fraction)},
            {"colsample_bytree", fmt::format("{}", p_.column_fraction)},
            {"max_bin", fmt::format("{}", p_.max_bin)},
        };
        for (const auto& [name, value] : parameters) TRY_VOID(set(name, value));
        return {};
    }

    const XgboostParameters& p_;
    const FitOptions& options_;
    double min_child_weight_ = 0;
    Matrix train_, validation_;
    Booster booster_;
    int rounds_before_ = 0, best_rounds_ = 0;
};

class XgboostLearner final : public Learner {
  public:
    explicit XgboostLearner(const XgboostParameters& parameters) : parameters_(parameters) {}
    std::string_view name() const override { return "xgboost"; }
    std::string describe() const override { return models::describe(parameters_); }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        return ForestClassifier::restore(name(), bytes);
    }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation,
                                            const FitOptions& options) const override {
        TRY(const auto rows, prepare_rows(train, name(), "training", true));
        TRY_VOID(check_range(rows, "training"));
        PreparedRows held_out;
        if (validation.x.rows > 0) {
            TRY(held_out, prepare_validation(validation, name(), rows.columns));
            TRY_VOID(check_range(held_out, "validation"));
        }
        TRY(const auto* warm, warm_start_of(options, name(), rows.columns));
        Fit fit(parameters_, options);
        TRY_VOID(fit.open(rows, held_out.rows > 0 ? &held_out : nullptr, warm));
        TRY_VOID(fit.run());
        TRY(auto text, fit.text());
        return ForestClassifier::make(name(), std::move(text));
    }

  private:
    XgboostParameters parameters_;
};

}  // namespace

std::unique_ptr<Learner> make_learner(const XgboostParameters& parameters) {
    return std::make_unique<XgboostLearner>(parameters);
}

}  // namespace aitrading::models
