#include "models/evaluation/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"
#include "models/evaluation/logistic.hpp"
#include "models/evaluation/trailing_median.hpp"
#include "models/evaluation/volatility.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t har_columns = 3;
constexpr int har_days[har_columns] = {1, 5, 20};

double training_rate(const LabelSet& labels, const Split& split) {
    double ones = 1;
    for (std::uint32_t i : split.train) ones += labels.y[i];
    return ones / (static_cast<double>(split.train.size()) + 2);
}

MatrixView rows_of(const std::vector<double>& gathered) {
    return {gathered.data(), gathered.size() / har_columns, har_columns, har_columns};
}

bool known(std::span<const double> row) {
    return std::all_of(row.begin(), row.end(), [](double v) { return std::isfinite(v); });
}

/// Fitted on the training rows that are past the warm-up; a fold without enough of them falls back on its
/// base rate.
Result<void> predict_har_fold(const std::vector<double>& features, const LabelSet& labels, const Split& split,
                              std::vector<double>& out) {
    std::vector<double> x, weight;
    std::vector<float> y;
    auto row_of = [&](std::uint32_t i) {
        return std::span<const double>(&features[labels.row[i] * har_columns], har_columns);
    };
    for (std::uint32_t i : split.train) {
        if (!known(row_of(i))) continue;
        x.insert(x.end(), row_of(i).begin(), row_of(i).end());
        y.push_back(labels.y[i]);
        weight.push_back(labels.weight.empty() ? 1.0 : labels.weight[i]);
    }
    const double base = training_rate(labels, split);
    const bool one_class = std::adjacent_find(y.begin(), y.end(), std::not_equal_to<>()) == y.end();
    if (one_class) {
        out.insert(out.end(), split.test.size(), base);
        return {};
    }
    TRY(const LogisticModel model, fit_logistic(rows_of(x), y, weight));
    for (std::uint32_t i : split.test) out.push_back(known(row_of(i)) ? model.predict(row_of(i)) : base);
    return {};
}

}  // namespace

BaselinePredictions majority_baseline(const LabelSet& labels, std::span<const Split> splits) {
    BaselinePredictions out{"majority", {}};
    for (const Split& split : splits)
        out.p.insert(out.p.end(), split.test.size(), training_rate(labels, split));
    return out;
}

BaselinePredictions reverse_last_bar_baseline(const LabelSet& labels, std::span<const Split> splits,
                                              std::span<const double> returns) {
    BaselinePredictions out{"reverse_last_bar", {}};
    constexpr double least_trust = 0.5 + 1e-6;
    for (const Split& split : splits) {
        double right = 1, called = 2;
        for (std::uint32_t i : split.train) {
            const double last = returns[labels.row[i]];
            if (last == 0) continue;
            called += 1;
            right += (labels.y[i] > 0.5F) == (last < 0) ? 1 : 0;
        }
        const double trust = std::max(right / called, least_trust), base = training_rate(labels, split);
        for (std::uint32_t i : split.test) {
            const double last = returns[labels.row[i]];
            out.p.push_back(last == 0 ? base : last < 0 ? trust : 1 - trust);
        }
    }
    return out;
}

std::vector<double> har_features(const BarColumns& bars) {
    const std::int64_t bar = duration_nanos(bars.key.timeframe);
    const double bars_per_day = bar > 0 ? static_cast<double>(nanos_per_day) / static_cast<double>(bar) : 1;
    const auto returns = log_returns(bars);
    std::vector<double> out(bars.size() * har_columns, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t c = 0; c < har_columns; ++c) {
        const int window = std::max(1, static_cast<int>(std::lround(har_days[c] * bars_per_day)));
        const auto volatility = realised_volatility(returns, window);
        const auto median = trailing_median(volatility, bars.time, 365, 100);
        for (std::size_t i = 0; i < bars.size(); ++i)
            if (std::isfinite(median[i]) && std::isfinite(volatility[i]))
                out[i * har_columns + c] =
                    log_volatility(volatility[i], bars, i) - log_volatility(median[i], bars, i);
    }
    return out;
}

Result<BaselinePredictions> har_baseline(const BarColumns& bars, const LabelSet& labels,
                                         std::span<const Split> splits) {
    BaselinePredictions out{"har", {}};
    const auto features = har_features(bars);
    for (const Split& split : splits) TRY_VOID(predict_har_fold(features, labels, split, out.p));
    return out;
}

Result<std::vector<BaselinePredictions>> run_baselines(const BarColumns& bars, const LabelSet& labels,
                                                       std::span<const Split> splits) {
    CHECK(labels.size() == 0 || labels.row.back() < bars.size());
    for (const Split& split : splits)
        if (split.train.empty())
            return fail(ErrorCode::bad_input, fmt::format("fold {} has no label to train on", split.fold));
    std::vector<BaselinePredictions> out;
    out.push_back(majority_baseline(labels, splits));
    if (labels.directional) out.push_back(reverse_last_bar_baseline(labels, splits, log_returns(bars)));
    if (labels.volatility) {
        TRY(auto har, har_baseline(bars, labels, splits));
        out.push_back(std::move(har));
    }
    return out;
}

}  // namespace aitrading::models
