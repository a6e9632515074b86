#include "models/boosting/training.hpp"

#include <cmath>

#include <fmt/format.h>

#include "base/random.hpp"

namespace aitrading::models {

Result<PreparedRows> prepare_rows(const TrainingData& data, std::string_view learner, std::string_view what,
                                  bool both_classes) {
    const auto bad = [&](std::string_view why) {
        return fail(ErrorCode::bad_input, fmt::format("{}: {} rows: {}", learner, what, why));
    };
    const std::size_t rows = data.x.rows, columns = data.x.columns;
    if (rows == 0) return bad("there are none; take a longer span or fewer folds");
    if (columns == 0) return bad("they have no columns; select at least one feature");
    if (data.y.size() != rows || data.weight.size() != rows)
        return bad(fmt::format("{} rows, {} labels and {} weights do not match", rows, data.y.size(),
                               data.weight.size()));
    double total = 0, ones = 0;
    std::size_t count_ones = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        if (data.y[i] != 0.0F && data.y[i] != 1.0F)
            return bad(fmt::format("row {}: label {} is not 0 or 1", i, data.y[i]));
        if (!(data.weight[i] >= 0) || !std::isfinite(data.weight[i]))
            return bad(fmt::format("row {}: weight {} is not a number >= 0", i, data.weight[i]));
        total += data.weight[i];
        ones += data.y[i] * data.weight[i];
        count_ones += data.y[i] == 1.0F;
    }
    if (!(total > 0) || !std::isfinite(total)) return bad("the weights do not have a positive, finite sum");
    if (both_classes && (count_ones == 0 || count_ones == rows || !(ones > 0) || !(ones < total)))
        return bad(fmt::format("all {} labels with a weight are {}; take a longer span or another label",
                               rows, ones > 0 ? 1 : 0));
    PreparedRows out{data.x.data, rows, columns, {}, {}, {data.y.begin(), data.y.end()}, ones / total};
    if (data.x.stride != columns) {
        out.copy.reserve(rows * columns);
        for (std::size_t i = 0; i < rows; ++i)
            out.copy.insert(out.copy.end(), data.x.row(i).begin(), data.x.row(i).end());
        out.values = out.copy.data();
    }
    out.weight.reserve(rows);
    const double scale = static_cast<double>(rows) / total;
    for (const double w : data.weight) out.weight.push_back(static_cast<float>(w * scale / data.overlap));
    return out;
}

Result<PreparedRows> prepare_validation(const TrainingData& data, std::string_view learner,
                                        std::size_t columns) {
    if (data.x.columns != columns)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: validation rows have {} columns and training rows {}", learner,
                                data.x.columns, columns));
    return prepare_rows(data, learner, "validation", false);
}

Result<const ForestClassifier*> warm_start_of(const FitOptions& options, std::string_view learner,
                                              std::size_t columns) {
    if (options.warm_start == nullptr) return nullptr;
    const auto* model = dynamic_cast<const ForestClassifier*>(options.warm_start);
    if (model == nullptr || model->learner() != learner)
        return fail(
            ErrorCode::bad_input,
            fmt::format("{}: the model to continue from is of another learner; fit from scratch", learner));
    if (model->columns() != columns)
        return fail(
            ErrorCode::bad_input,
            fmt::format(
                "{}: the model to continue from has {} columns and the rows have {}; fit from scratch",
                learner, model->columns(), columns));
    return model;
}

int library_seed(std::uint64_t seed) {
    return static_cast<int>(derive_seed(seed, 0) >> 33);
}

}  // namespace aitrading::models
