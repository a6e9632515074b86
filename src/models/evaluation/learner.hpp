#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Rows to learn from. @pre y and weight are as long as x.rows; y in {0,1}; weight >= 0 with a positive sum
struct TrainingData {
    MatrixView x;
    std::span<const float> y;
    std::span<const double> weight;
    /// Rows that tell the same outcome, on average: labels over n bars repeat each other n times. Limits on leaves and
    /// shrinkage count rows / overlap, else leaves of one single episode would pass them.
    double overlap = 1;
    /// For members that read a series bar by bar (Learner::reads_series): every row of it from the first to the last that may
    /// be known here, with or without a label; empty for others.
    MatrixView series = {};
    std::span<const std::uint32_t> row = {};  ///< where the rows of x stand in it, increasing
    std::span<const double> target = {};      ///< of each row, what its label speaks of (LabelSet::target); may be NaN
    bool directional = false;                 ///< whether that is a return; else a log volatility
};

/// What speaks for a classifier's answer, in the logit of its probability: logit = base + earlier + the sum over the columns.
struct Reasons {
    double base = 0;      ///< of a row that says nothing; the same for every row
    double earlier = 0;   ///< of the bars before those that were looked at, and of what is not known
    double residual = 0;  ///< what integrated gradients missed before it was spread over the columns
};

/// What a classifier remembers of the bars of one stream, where it remembers any.
class ClassifierMemory {
  public:
    virtual ~ClassifierMemory() = default;
    virtual std::unique_ptr<ClassifierMemory> copy() const = 0;
};

/// A fitted binary classifier. Immutable and safe to share between threads.
class Classifier {
  public:
    virtual ~Classifier() = default;
    virtual std::size_t columns() const = 0;
    /// Probability of label 1 for each row, not yet calibrated. @pre out.size() == rows.rows
    virtual void predict(MatrixView rows, std::span<double> out) const = 0;
    /// One row, allocation-free; the same number as `predict` gives.
    virtual double predict_row(std::span<const double> row) const = 0;
    /// Probabilities at some rows of a series that is read from its first row on, each from the rows up to it.
    /// @pre at increases, at.size() == out.size(). A classifier without a memory looks at the rows themselves.
    virtual void predict_series(MatrixView series, std::span<const std::uint32_t> at, std::span<double> out) const {
        for (std::size_t i = 0; i < at.size(); ++i) out[i] = predict_row(series.row(at[i]));
    }
    /// A memory before the first bar of a stream; null for classifiers that need none.
    virtual std::unique_ptr<ClassifierMemory> start() const { return nullptr; }
    /// Takes in one more bar of a stream; the same number as predict_series gives. Allocation-free.
    /// @param memory made by start()
    virtual double predict_next(ClassifierMemory* memory, std::span<const double> row) const {
        static_cast<void>(memory);
        return predict_row(row);
    }
    /// What each column adds to the logit of the answer at the last of some rows that follow each other; nothing where this
    /// classifier cannot be taken apart.
    /// @param before the memory as it was before the first of them, null without one   @param rows at least one
    /// @param out [columns]
    virtual std::optional<Reasons> explain(const ClassifierMemory* before, MatrixView rows, std::span<double> out) const {
        static_cast<void>(before), static_cast<void>(rows), static_cast<void>(out);
        return std::nullopt;
    }
    /// Rows that `explain` tells apart; it sums up what is earlier.
    virtual std::size_t reason_rows() const { return 1; }
    /// Takes in the next bars of a stream; the same numbers as predict_next gives, usually faster. May allocate.
    virtual void predict_more(ClassifierMemory* memory, MatrixView rows, std::span<double> out) const {
        if (memory == nullptr) return predict(rows, out);
        for (std::size_t i = 0; i < rows.rows; ++i) out[i] = predict_next(memory, rows.row(i));
    }
    /// A memory as bytes, from which restore_memory makes an equal one for this very classifier.
    virtual std::string save_memory(const ClassifierMemory& memory) const {
        static_cast<void>(memory);
        return {};
    }
    /// @errors bad_input (damaged, of another classifier, or this kind cannot be restored)
    virtual Result<std::unique_ptr<ClassifierMemory>> restore_memory(std::string_view bytes) const {
        static_cast<void>(bytes);
        return fail(ErrorCode::bad_input, "a member's memory cannot be restored from bytes: replay the bars");
    }
    /// Share of the total gain by feature, sums to 1 (all zero for a constant model). [columns]
    virtual std::vector<double> importance() const = 0;
    /// Bytes from which Learner::restore makes an equal classifier.
    virtual std::string serialise() const = 0;
};

/// Where a long fit stands.
struct FitProgress {
    double share = 0;   ///< of the most that it may take; early stopping ends it before
    std::string text;   ///< loss, rate, time left
};

struct FitOptions {
    std::uint64_t seed = 1;
    std::stop_token stop;
    const Classifier* warm_start = nullptr;  ///< continue from this model of the same learner, where supported
    std::function<void(const FitProgress&)> progress;  ///< from the fitting thread; only long fits call it
};

/// A way to fit a classifier, with its hyper-parameters inside. Immutable; fits may run side by side.
class Learner {
  public:
    virtual ~Learner() = default;
    /// Name in command lines and columns: xgboost, lightgbm, random_forest, …
    virtual std::string_view name() const = 0;
    /// Fits on `train`; stops early on `validation` where that has rows (it lies after `train`, purged).
    /// One thread, deterministic for a seed. @errors bad_input (one class only, no rows), interrupted, failed
    virtual Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation,
                                                    const FitOptions& options) const = 0;
    /// @errors bad_input for damaged bytes
    virtual Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const = 0;
    /// The hyper-parameters as `name=value` words, for cards and hashes.
    virtual std::string describe() const = 0;
    /// Whether it is the field's benchmark for its labels: an ensemble starts from it and must learn that others add to it.
    virtual bool is_benchmark() const { return false; }
    /// Whether its classifiers have a memory: then TrainingData::series is filled.
    virtual bool reads_series() const { return false; }
};

}  // namespace aitrading::models
