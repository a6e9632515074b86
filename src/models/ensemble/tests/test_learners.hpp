#pragma once

#include <atomic>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models::testing_learners {

/// z = intercept + slope * one column, fitted by logistic regression; `boldness` multiplies its logit, so
/// that it needs calibration.
class ColumnClassifier final : public Classifier {
  public:
    ColumnClassifier(std::size_t columns, std::size_t column, double intercept, double slope)
        : columns_(columns), column_(column), intercept_(intercept), slope_(slope) {}
    std::size_t columns() const override { return columns_; }
    void predict(MatrixView rows, std::span<double> out) const override {
        for (std::size_t i = 0; i < rows.rows; ++i) out[i] = predict_row(rows.row(i));
    }
    double predict_row(std::span<const double> row) const override {
        return sigmoid(intercept_ + slope_ * row[column_]);
    }
    std::vector<double> importance() const override {
        std::vector<double> out(columns_, 0.0);
        out[column_] = 1;
        return out;
    }
    std::string serialise() const override {
        std::string bytes(4 * sizeof(double), '\0');
        const double values[4] = {static_cast<double>(columns_), static_cast<double>(column_), intercept_,
                                  slope_};
        std::memcpy(bytes.data(), values, bytes.size());
        return bytes;
    }

  private:
    std::size_t columns_, column_;
    double intercept_, slope_;
};

class ColumnLearner final : public Learner {
  public:
    ColumnLearner(std::string name, std::size_t column, double boldness)
        : name_(std::move(name)), column_(column), boldness_(boldness) {}
    std::string_view name() const override { return name_; }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData&,
                                            const FitOptions& options) const override {
        ++fits;
        if (options.stop.stop_requested() || fits > stop_after)
            return fail(ErrorCode::interrupted, "stopped");
        std::vector<double> x, y(train.y.begin(), train.y.end());
        for (std::size_t i = 0; i < train.x.rows; ++i) x.push_back(train.x.row(i)[column_]);
        const LogitFit fit = fit_logit_regression(
            {.columns = 1, .x = x, .target = y, .weight = train.weight, .ridge = 1e-3, .centre = {}});
        // A whiff of the seed shows whether seeds depend on threads or on the company of other members.
        const double whiff = 1e-6 * SplitMix64(options.seed).next_uniform();
        return std::make_unique<ColumnClassifier>(train.x.columns, column_, boldness_ * fit.intercept + whiff,
                                                  boldness_ * fit.coefficient[0]);
    }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        double v[4];
        if (bytes.size() != sizeof v) return fail(ErrorCode::bad_input, "damaged");
        std::memcpy(v, bytes.data(), sizeof v);
        return std::make_unique<ColumnClassifier>(static_cast<std::size_t>(v[0]),
                                                  static_cast<std::size_t>(v[1]), v[2], v[3]);
    }
    std::string describe() const override { return "column=" + std::to_string(column_); }

    mutable std::atomic<int> fits{0};
    int stop_after = 1'000'000;

  private:
    std::string name_;
    std::size_t column_;
    double boldness_;
};

/// Two informative columns and one of noise; labels of `horizon` bars.
struct Toy {
    FeatureMatrix features;
    LabelSet labels;
};
inline Toy make_toy(std::size_t rows, std::uint64_t seed, double edge = 1.0, int horizon = 1) {
    SplitMix64 random(seed);
    Toy toy;
    toy.features.names = {"a", "b", "noise"};
    toy.features.manifest_hash = "toy-1";
    toy.labels.spec = "toy";
    toy.labels.directional = true;
    toy.labels.horizon_bars = horizon;
    for (std::size_t t = 0; t < rows; ++t) {
        const double a = random.next_normal(), b = random.next_normal();
        toy.features.time.push_back({static_cast<std::int64_t>(t) * nanos_per_hour});
        toy.features.known.push_back({static_cast<std::int64_t>(t + 1) * nanos_per_hour});
        toy.features.values.insert(toy.features.values.end(), {a, b, random.next_normal()});
        if (t + static_cast<std::size_t>(horizon) >= rows) continue;
        const double target = 10 * (edge * (0.5 * a + 0.3 * b) + random.next_normal());
        toy.labels.row.push_back(static_cast<std::uint32_t>(t));
        toy.labels.end.push_back(static_cast<std::uint32_t>(t + static_cast<std::size_t>(horizon)));
        toy.labels.y.push_back(target > 0 ? 1.0F : 0.0F);
        toy.labels.target.push_back(target);
        toy.labels.weight.push_back(1.0);
    }
    return toy;
}

/// The entries from, from + 1 … to - 1 of a label set.
inline std::vector<std::uint32_t> entries(std::uint32_t from, std::uint32_t to) {
    std::vector<std::uint32_t> out(to - from);
    std::iota(out.begin(), out.end(), from);
    return out;
}

}  // namespace aitrading::models::testing_learners
