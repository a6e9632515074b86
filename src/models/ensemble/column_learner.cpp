#include "models/ensemble/column_learner.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view magic = "AITCOL01";

class ColumnClassifier final : public Classifier {
  public:
    ColumnClassifier(std::size_t width, std::size_t column) : width_(width), column_(column) {}
    std::size_t columns() const override { return width_; }
    void predict(MatrixView rows, std::span<double> out) const override {
        for (std::size_t i = 0; i < rows.rows; ++i) out[i] = predict_row(rows.row(i));
    }
    double predict_row(std::span<const double> row) const override {
        constexpr double least = 1e-6;
        const double p = row[column_];
        return std::isfinite(p) ? std::clamp(p, least, 1 - least) : 0.5;
    }
    /// All of it is the column's: against even odds.
    std::optional<Reasons> explain(const ClassifierMemory*, MatrixView rows, std::span<double> out) const override {
        std::ranges::fill(out, 0.0);
        out[column_] = logit(predict_row(rows.row(rows.rows - 1)));
        return Reasons{};
    }
    std::vector<double> importance() const override {
        std::vector<double> out(width_, 0.0);
        out[column_] = 1;
        return out;
    }
    std::string serialise() const override {
        ByteWriter out;
        out.put(static_cast<std::uint64_t>(width_));
        out.put(static_cast<std::uint64_t>(column_));
        return out.sealed(magic);
    }

  private:
    std::size_t width_, column_;
};

class ColumnLearner final : public Learner {
  public:
    ColumnLearner(std::string name, std::size_t column) : name_(std::move(name)), column_(column) {}
    std::string_view name() const override { return name_; }
    std::string describe() const override { return fmt::format("column={}", column_); }

    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData&,
                                            const FitOptions&) const override {
        if (column_ >= train.x.columns)
            return fail(ErrorCode::bad_input, fmt::format("{}: the features have {} columns and none of number {}", name_,
                                                          train.x.columns, column_));
        return std::make_unique<ColumnClassifier>(train.x.columns, column_);
    }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        TRY(ByteReader in, ByteReader::unseal(bytes, magic, name_));
        const auto width = in.get<std::uint64_t>(), column = in.get<std::uint64_t>();
        if (column >= width || !in.at_end())
            return fail(ErrorCode::bad_input, name_ + ": the stored model is damaged; train it again");
        return std::make_unique<ColumnClassifier>(width, column);
    }

  private:
    std::string name_;
    std::size_t column_;
};

}  // namespace

std::unique_ptr<Learner> make_column_learner(std::string name, std::size_t column) {
    return std::make_unique<ColumnLearner>(std::move(name), column);
}

}  // namespace aitrading::models
