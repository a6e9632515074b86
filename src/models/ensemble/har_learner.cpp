#include "models/ensemble/har_learner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/bytes.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

constexpr std::array<std::string_view, 3> har_columns{"har_1d_year", "har_5d_year", "har_20d_year"};
constexpr std::string_view magic = "AITHAR01";
using Picked = std::array<std::uint32_t, har_columns.size()>;
using Terms = std::array<double, har_columns.size()>;

/// The HAR columns of a row; false where one is not known.
bool pick(std::span<const double> row, const Picked& columns, Terms& out) {
    for (std::size_t i = 0; i < columns.size(); ++i) out[i] = row[columns[i]];
    return std::ranges::all_of(out, [](double v) { return std::isfinite(v); });
}

class HarClassifier final : public Classifier {
  public:
    HarClassifier(std::size_t width, Picked columns, LogitFit fit, double base_rate)
        : width_(width), columns_(columns), fit_(std::move(fit)), base_rate_(base_rate) {}

    std::size_t columns() const override { return width_; }
    void predict(MatrixView rows, std::span<double> out) const override {
        for (std::size_t i = 0; i < rows.rows; ++i) out[i] = predict_row(rows.row(i));
    }
    double predict_row(std::span<const double> row) const override {
        Terms terms;
        return pick(row, columns_, terms) ? sigmoid(fit_.apply(terms)) : base_rate_;
    }
    /// Against columns of 0, a volatility as in the trailing year. Where one is not known nothing is told apart.
    std::optional<Reasons> explain(const ClassifierMemory*, MatrixView rows, std::span<double> out) const override {
        std::ranges::fill(out, 0.0);
        Terms terms;
        if (!pick(rows.row(rows.rows - 1), columns_, terms)) return Reasons{.base = fit_.intercept, .earlier = logit(base_rate_) - fit_.intercept};
        for (std::size_t i = 0; i < terms.size(); ++i) out[columns_[i]] += fit_.coefficient[i] * terms[i];
        return Reasons{.base = fit_.intercept};
    }
    /// No gain in a regression: the size of a coefficient on columns of one unit.
    std::vector<double> importance() const override {
        std::vector<double> out(width_, 0.0);
        double total = 0;
        for (const double c : fit_.coefficient) total += std::abs(c);
        for (std::size_t i = 0; total > 0 && i < columns_.size(); ++i)
            out[columns_[i]] = std::abs(fit_.coefficient[i]) / total;
        return out;
    }
    std::string serialise() const override {
        ByteWriter out;
        out.put(static_cast<std::uint64_t>(width_));
        for (const std::uint32_t c : columns_) out.put(c);
        out.put(fit_.intercept);
        for (const double c : fit_.coefficient) out.put(c);
        out.put(base_rate_);
        return out.sealed(magic);
    }

  private:
    std::size_t width_;
    Picked columns_;
    LogitFit fit_;
    double base_rate_;
};

class HarLearner final : public Learner {
  public:
    HarLearner(std::size_t width, Picked columns) : width_(width), columns_(columns) {}

    std::string_view name() const override { return "logistic_har"; }
    std::string describe() const override { return "ridge=1"; }
    bool is_benchmark() const override { return true; }

    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData&,
                                            const FitOptions&) const override {
        std::vector<double> x, target, weight;
        double ups = 0, total = 0;
        for (std::size_t i = 0; i < train.x.rows; ++i) {
            Terms terms;
            if (!pick(train.x.row(i), columns_, terms)) continue;
            x.insert(x.end(), terms.begin(), terms.end());
            target.push_back(train.y[i]);
            weight.push_back(train.weight[i]);
            ups += train.weight[i] * train.y[i];
            total += train.weight[i];
        }
        if (total <= 0 || ups <= 0 || ups >= total)
            return fail(ErrorCode::bad_input,
                        "logistic_har: the training rows hold one class only; take a longer span or fewer folds");
        LogitProblem problem;
        problem.columns = har_columns.size();
        problem.x = x;
        problem.target = target;
        problem.weight = weight;
        problem.ridge = 1;
        return std::make_unique<HarClassifier>(width_, columns_, fit_logit_regression(problem), ups / total);
    }

    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        TRY(ByteReader in, ByteReader::unseal(bytes, magic, "logistic_har"));
        const auto width = in.get<std::uint64_t>();
        Picked columns;
        for (std::uint32_t& c : columns) c = in.get<std::uint32_t>();
        LogitFit fit;
        fit.intercept = in.get<double>();
        for (std::size_t i = 0; i < columns.size(); ++i) fit.coefficient.push_back(in.get<double>());
        const auto base_rate = in.get<double>();
        const bool inside = std::ranges::all_of(columns, [&](std::uint32_t c) { return c < width; });
        if (!inside || !in.at_end())
            return fail(ErrorCode::bad_input, "logistic_har: the stored model is damaged; train it again");
        return std::make_unique<HarClassifier>(width, columns, std::move(fit), base_rate);
    }

  private:
    std::size_t width_;
    Picked columns_;
};

}  // namespace

Result<std::unique_ptr<Learner>> make_har_learner(std::span<const std::string> names) {
    Picked columns{};
    for (std::size_t i = 0; i < har_columns.size(); ++i) {
        const auto found = std::ranges::find(names, har_columns[i]);
        if (found == names.end())
            return fail(ErrorCode::not_found, fmt::format("the features have no column {}", har_columns[i]));
        columns[i] = static_cast<std::uint32_t>(found - names.begin());
    }
    return std::make_unique<HarLearner>(names.size(), columns);
}

std::unique_ptr<Learner> har_learner_for_restore() { return std::make_unique<HarLearner>(0, Picked{}); }

}  // namespace aitrading::models
