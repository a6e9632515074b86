#include <algorithm>
#include <limits>

#include <LightGBM/c_api.h>
#include <fmt/format.h>

#include "models/boosting/boosting.hpp"
#include "models/boosting/training.hpp"

namespace aitrading::models {
namespace {

struct DatasetFree {
    void operator()(void* handle) const { LGBM_DatasetFree(handle); }
};
struct BoosterFree {
    void operator()(void* handle) const { LGBM_BoosterFree(handle); }
};
using Dataset = std::unique_ptr<void, DatasetFree>;
using Booster = std::unique_ptr<void, BoosterFree>;

Result<void> checked(std::string_view learner, int status) {
    if (status == 0) return {};
    return fail(ErrorCode::failed, fmt::format("{}: {}", learner, LGBM_GetLastError()));
}

std::string common_words(std::uint64_t seed) {
    return fmt::format("verbosity=-1 num_threads=1 deterministic=true force_row_wise=true seed={}",
                       library_seed(seed));
}

/// The limit counted in outcomes rather than in rows that repeat them; raised to a tenth of the rows at most.
int rows_in_leaf(int least, const TrainingData& data) {
    const double tenth = 0.1 * static_cast<double>(data.x.rows);
    return std::max(least, static_cast<int>(std::min(least * data.overlap, tenth)));
}

std::string words_of(const LightgbmParameters& p, std::uint64_t seed, const TrainingData& data) {
    return fmt::format(
        "boosting=gbdt objective=binary metric=binary_logloss learning_rate={} max_depth={} num_leaves={} "
        "min_data_in_leaf={} min_gain_to_split={} lambda_l2={} lambda_l1={} bagging_fraction={} "
        "bagging_freq=1 "
        "feature_fraction={} max_bin={} {}",
        p.learning_rate, p.max_depth, p.leaves, rows_in_leaf(p.min_rows_in_leaf, data), p.min_split_gain, p.lambda_l2,
        p.lambda_l1, p.row_fraction, p.column_fraction, p.max_bin, common_words(seed));
}

std::string words_of(const RandomForestParameters& p, std::uint64_t seed, const TrainingData& data) {
    return fmt::format(
        "boosting=rf objective=regression metric=none max_depth={} num_leaves={} min_data_in_leaf={} "
        "lambda_l2={} "
        "bagging_fraction={} bagging_freq=1 feature_fraction_bynode={} max_bin={} {}",
        p.max_depth, p.leaves, rows_in_leaf(p.min_rows_in_leaf, data), p.lambda_l2, p.row_fraction, p.column_fraction, p.max_bin,
        common_words(seed));
}

/// What differs between boosting and forest.
struct Plan {
    std::string_view learner;
    std::string words;
    int rounds = 0;
    int patience = 0;
    bool boosting = true;
};

/// One fit: data sets, booster and how far it is.
class Fit {
  public:
    Fit(const Plan& plan, const FitOptions& options) : plan_(plan), options_(options) {}

    Result<void> open(const PreparedRows& train, const PreparedRows* validation,
                      const ForestClassifier* warm) {
        TRY(train_, make_dataset(train, nullptr, warm));
        BoosterHandle handle{};
        TRY_VOID(check(LGBM_BoosterCreate(train_.get(), plan_.words.c_str(), &handle)));
        booster_.reset(handle);
        if (warm != nullptr) {
            BoosterHandle before{};
            TRY_VOID(check(LGBM_BoosterLoadModelFromString(warm->text().c_str(), &rounds_before_, &before)));
            const Booster owner(before);
            TRY_VOID(check(LGBM_BoosterMerge(handle, before)));
        }
        if (validation != nullptr) {
            TRY(validation_, make_dataset(*validation, train_.get(), warm));
            TRY_VOID(check(LGBM_BoosterAddValidData(handle, validation_.get())));
        }
        return {};
    }

    /// Adds rounds until the limit, the patience, the stop, or no split gains anything.
    Result<void> run() {
        EarlyStopping stopping(plan_.patience);
        for (int round = 1; round <= plan_.rounds; ++round) {
            if (options_.stop.stop_requested())
                return fail(ErrorCode::interrupted,
                            fmt::format("{}: stopped before the fit ended", plan_.learner));
            int finished = 0;
            TRY_VOID(check(LGBM_BoosterUpdateOneIter(booster_.get(), &finished)));
            if (finished != 0) break;
            if (!validation_) continue;
            double loss = 0;
            int count = 0;
            TRY_VOID(check(LGBM_BoosterGetEval(booster_.get(), 1, &count, &loss)));
            if (stopping.update(rounds_before_ + round, loss)) break;
        }
        best_rounds_ = stopping.best_rounds();
        return {};
    }

    /// Model text up to the best round (all rounds without validation).
    Result<std::string> text() {
        std::string bytes(1U << 20, '\0');
        for (int attempt = 0; attempt < 2; ++attempt) {
            std::int64_t size = 0;
            TRY_VOID(check(LGBM_BoosterSaveModelToString(
                booster_.get(), 0, best_rounds_ > 0 ? best_rounds_ : -1, C_API_FEATURE_IMPORTANCE_GAIN,
                static_cast<std::int64_t>(bytes.size()), &size, bytes.data())));
            const auto needed = static_cast<std::size_t>(size);  // with the closing zero
            const bool fits = needed <= bytes.size();
            bytes.resize(fits ? needed - 1 : needed);
            if (fits) break;
        }
        return bytes;
    }

    /// LightGBM gives a tree of its forest that found no split the value 0 where it means the base rate.
    /// Returns whether there was such a tree.
    Result<bool> mend_trees_without_splits(const std::string& bytes, double base_rate) {
        TRY(const auto model, read_lightgbm_text(bytes));
        bool mended = false;
        for (int t = rounds_before_; t < static_cast<int>(model.trees.size()); ++t) {
            if (!model.trees[static_cast<std::size_t>(t)].splits.empty()) continue;
            TRY_VOID(check(LGBM_BoosterSetLeafValue(booster_.get(), t, 0, base_rate)));
            mended = true;
        }
        return mended;
    }

  private:
    Result<void> check(int status) const { return checked(plan_.learner, status); }

    Result<Dataset> make_dataset(const PreparedRows& rows, DatasetHandle reference,
                                 const ForestClassifier* warm) const {
        DatasetHandle handle{};
        TRY_VOID(check(LGBM_DatasetCreateFromMat(
            rows.values, C_API_DTYPE_FLOAT64, static_cast<std::int32_t>(rows.rows),
            static_cast<std::int32_t>(rows.columns), 1, plan_.words.c_str(), reference, &handle)));
        Dataset dataset(handle);
        const int count = static_cast<int>(rows.rows);
        TRY_VOID(check(LGBM_DatasetSetField(handle, "label", rows.label.data(), count, C_API_DTYPE_FLOAT32)));
        TRY_VOID(
            check(LGBM_DatasetSetField(handle, "weight", rows.weight.data(), count, C_API_DTYPE_FLOAT32)));
        if (warm == nullptr || !plan_.boosting) return dataset;
        // New trees fit what the given ones leave; a forest's trees do not depend on each other.
        std::vector<double> margin(rows.rows);
        for (std::size_t i = 0; i < rows.rows; ++i)
            margin[i] = warm->forest().margin({rows.values + i * rows.columns, rows.columns});
        TRY_VOID(
            check(LGBM_DatasetSetField(handle, "init_score", margin.data(), count, C_API_DTYPE_FLOAT64)));
        return dataset;
    }

    const Plan& plan_;
    const FitOptions& options_;
    Dataset train_, validation_;
    Booster booster_;
    int rounds_before_ = 0, best_rounds_ = 0;
};

Result<void> check_rows(const PreparedRows& rows, std::string_view learner) {
    constexpr std::size_t limit = std::numeric_limits<std::int32_t>::max();
    if (rows.rows <= limit && rows.columns <= limit) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("{}: {} rows are more than the library takes ({})", learner, rows.rows, limit));
}

Result<std::unique_ptr<Classifier>> fit_plan(const Plan& plan, const TrainingData& train,
                                             const TrainingData& validation, const FitOptions& options) {
    TRY(const auto rows, prepare_rows(train, plan.learner, "training", true));
    TRY_VOID(check_rows(rows, plan.learner));
    PreparedRows held_out;
    if (plan.boosting && validation.x.rows > 0) {
        TRY(held_out, prepare_validation(validation, plan.learner, rows.columns));
        TRY_VOID(check_rows(held_out, plan.learner));
    }
    TRY(const auto* warm, warm_start_of(options, plan.learner, rows.columns));
    Fit fit(plan, options);
    TRY_VOID(fit.open(rows, held_out.rows > 0 ? &held_out : nullptr, warm));
    TRY_VOID(fit.run());
    TRY(auto text, fit.text());
    if (!plan.boosting) {
        TRY(const bool mended, fit.mend_trees_without_splits(text, rows.base_rate));
        if (mended) {
            TRY(text, fit.text());
        }
    }
    return ForestClassifier::make(plan.learner, std::move(text));
}

/// A continued fit draws other rows and columns than the rounds before it did.
std::uint64_t seed_of(const FitOptions& options) {
    const auto* warm = dynamic_cast<const ForestClassifier*>(options.warm_start);
    return options.seed + (warm == nullptr ? 0 : warm->forest().trees());
}

class LightgbmLearner final : public Learner {
  public:
    explicit LightgbmLearner(const LightgbmParameters& parameters) : parameters_(parameters) {}
    std::string_view name() const override { return "lightgbm"; }
    std::string describe() const override { return models::describe(parameters_); }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        return ForestClassifier::restore(name(), bytes);
    }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation,
                                            const FitOptions& options) const override {
        return fit_plan(
            {name(), words_of(parameters_, seed_of(options), train), parameters_.rounds, parameters_.patience, true},
            train, validation, options);
    }

  private:
    LightgbmParameters parameters_;
};

class RandomForestLearner final : public Learner {
  public:
    explicit RandomForestLearner(const RandomForestParameters& parameters) : parameters_(parameters) {}
    std::string_view name() const override { return "random_forest"; }
    std::string describe() const override { return models::describe(parameters_); }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        return ForestClassifier::restore(name(), bytes);
    }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation,
                                            const FitOptions& options) const override {
        return fit_plan({name(), words_of(parameters_, seed_of(options), train), parameters_.trees, 0, false}, train,
                        validation, options);
    }

  private:
    RandomForestParameters parameters_;
};

}  // namespace

std::unique_ptr<Learner> make_learner(const LightgbmParameters& parameters) {
    return std::make_unique<LightgbmLearner>(parameters);
}
std::unique_ptr<Learner> make_learner(const RandomForestParameters& parameters) {
    return std::make_unique<RandomForestLearner>(parameters);
}

}  // namespace aitrading::models
