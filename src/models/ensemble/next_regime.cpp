#include "models/ensemble/next_regime.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/parallel.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t rows_needed = 200;

/// Rows that have a target, in order, as one matrix.
struct Known {
    std::vector<double> values;
    std::vector<int> target;
    std::size_t columns = 0;
    MatrixView view(std::size_t from, std::size_t to) const { return {values.data() + from * columns, to - from, columns, columns}; }
};

TrainingData rows_of(const Known& known, std::size_t from, std::size_t to, std::span<const float> y, std::span<const double> weight,
                     double overlap) {
    return {known.view(from, to), y.subspan(from, to - from), weight.subspan(from, to - from), overlap};
}

/// Rows of one stay tell the same: as many a stay as there are on average, so that no leaf stands for a single episode.
double rows_a_stay(std::span<const int> target) {
    double stays = 1;
    for (std::size_t t = 1; t < target.size(); ++t) stays += target[t] != target[t - 1] ? 1 : 0;
    return static_cast<double>(target.size()) / stays;
}

}  // namespace

NextRegimeTargets::NextRegimeTargets(const insight::SmoothedPath& path, std::size_t horizon)
    : kinds_(path.states()), target_(path.size(), -1) {
    for (std::size_t t = 0; t + horizon < path.size(); ++t) target_[t] = static_cast<int>(path.hindsight_state(t + horizon));
}

NextRegimeTargets::NextRegimeTargets(const insight::HindsightLabels& labels, std::size_t horizon)
    : kinds_(insight::regime_kinds), target_(labels.size(), -1) {
    for (std::size_t t = 0; t + horizon < labels.size(); ++t) target_[t] = static_cast<int>(labels.hindsight_regime(t + horizon)) - 1;
}

Result<NextRegime> NextRegime::fit(const Learner& learner, MatrixView features, const NextRegimeTargets& targets,
                                   const NextRegimeOptions& options) {
    if (features.rows != targets.rows())
        return fail(ErrorCode::bad_input, fmt::format("{} rows of features have {} targets of the next regime", features.rows, targets.rows()));
    Known known{.values = {}, .target = {}, .columns = features.columns};
    for (std::size_t t = 0; t < features.rows; ++t) {
        if (targets.target_[t] < 0) continue;
        const auto row = features.row(t);
        known.values.insert(known.values.end(), row.begin(), row.end());
        known.target.push_back(targets.target_[t]);
    }
    const std::size_t rows = known.target.size();
    if (rows < rows_needed)
        return fail(ErrorCode::bad_input, fmt::format("{} rows with a next regime are too few to learn from; give at least {}", rows, rows_needed));
    const std::size_t first_validation = rows - static_cast<std::size_t>(options.validation_share * static_cast<double>(rows));
    const std::size_t train = first_validation > options.purge ? first_validation - options.purge : first_validation;
    NextRegime out;
    out.members_.resize(targets.kinds());
    for (std::size_t k = 0; k < targets.kinds(); ++k) {
        const auto of_all = std::ranges::count(known.target, static_cast<int>(k));
        const auto in_train = std::count(known.target.begin(), known.target.begin() + static_cast<std::ptrdiff_t>(train), static_cast<int>(k));
        out.share_.push_back(static_cast<double>(of_all) / static_cast<double>(rows));
        if (static_cast<std::size_t>(of_all) == rows)
            return fail(ErrorCode::bad_input, fmt::format("all {} targets are regime {}; there is nothing to tell apart", rows, k + 1));
        if (static_cast<std::size_t>(in_train) < options.rows_least || static_cast<std::size_t>(in_train) == train) out.not_learnt_.push_back(k);
    }
    const std::vector<double> weight(rows, 1.0);
    const double overlap = options.overlap ? rows_a_stay(std::span(known.target).first(train)) : 1;
    std::vector<std::optional<Error>> failures(targets.kinds());
    parallel_for(targets.kinds(), options.threads, options.stop, [&](std::size_t k) {
        if (std::ranges::binary_search(out.not_learnt_, k)) return;
        std::vector<float> y(rows);
        std::ranges::transform(known.target, y.begin(), [k](int v) { return v == static_cast<int>(k) ? 1.0F : 0.0F; });
        auto fitted = learner.fit(rows_of(known, 0, train, y, weight, overlap), rows_of(known, first_validation, rows, y, weight, overlap),
                                  {.seed = options.seed + k, .stop = options.stop});
        if (fitted)
            out.members_[k] = *std::move(fitted);
        else
            failures[k] = std::move(fitted).error();
    });
    if (options.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while learning the next regime");
    for (auto& failure : failures)
        if (failure) return std::unexpected(*std::move(failure));
    return out;
}

void NextRegime::predict_row(std::span<const double> row, std::span<double> out) const {
    CHECK(out.size() == members_.size());
    double sum = 0;
    for (std::size_t k = 0; k < members_.size(); ++k) {
        out[k] = members_[k] != nullptr ? std::max(members_[k]->predict_row(row), 0.0) : share_[k];
        sum += out[k];
    }
    for (std::size_t k = 0; k < members_.size(); ++k) out[k] = sum > 0 ? out[k] / sum : share_[k];
}

}  // namespace aitrading::models
