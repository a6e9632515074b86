#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "models/ensemble/calibration.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

std::vector<double> losses(const Calibrator& calibrator, ScoredLabels data) {
    std::vector<double> out(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
        const double p =
            std::clamp(calibrator.apply(data.score[i]), probability_floor, 1 - probability_floor);
        out[i] = -std::log(data.y[i] > 0.5F ? p : 1 - p);
    }
    return out;
}

/// By how much a richer candidate must win: half a standard error of the paired differences.
bool clearly_better(const std::vector<double>& tried, const std::vector<double>& best, int overlap) {
    const auto n = static_cast<double>(tried.size());
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < tried.size(); ++i) {
        const double d = best[i] - tried[i];
        sum += d;
        squares += d * d;
    }
    const double gain = sum / n, variance = std::max(0.0, squares / n - gain * gain);
    return gain > 0.5 * std::sqrt(variance * overlap / n);
}

std::vector<Calibrator::Kind> candidates(double independent) {
    using Kind = Calibrator::Kind;
    std::vector<Kind> kinds{Kind::identity};
    if (independent >= 50) kinds.insert(kinds.end(), {Kind::temperature, Kind::platt});
    if (independent >= 300) kinds.push_back(Kind::beta);
    if (independent >= 3000) kinds.push_back(Kind::isotonic);
    return kinds;
}

bool one_class(ScoredLabels data) {
    return std::ranges::all_of(data.y, [&](float y) { return y == data.y.front(); });
}

}  // namespace

CalibratorChoice choose_calibrator(ScoredLabels data, const ChoiceOptions& options) {
    CHECK(data.y.size() == data.size() && options.overlap >= 1);
    CHECK(options.validation_share > 0 && options.validation_share < 1);
    CalibratorChoice choice;
    const auto judged = static_cast<std::size_t>(options.validation_share * static_cast<double>(data.size()));
    const std::size_t from = data.size() - judged;
    const std::size_t fitted = from > options.purge_rows ? from - options.purge_rows : 0;
    const double independent = static_cast<double>(fitted) / options.overlap;
    if (judged < 1 || fitted < 2 || independent < 50 || one_class(data.slice(0, fitted))) return choice;
    const ScoredLabels earlier = data.slice(0, fitted), later = data.slice(from, data.size());
    auto best_kind = Calibrator::Kind::identity;
    std::vector<double> best;
    for (const Calibrator::Kind kind : candidates(independent)) {
        const Calibrator tried = Calibrator::fit(kind, earlier);
        std::vector<double> tried_losses = losses(tried, later);
        double sum = 0;
        for (const double l : tried_losses) sum += l;
        choice.validation_log_loss.emplace_back(tried.name(), sum / static_cast<double>(later.size()));
        if (!best.empty() && !clearly_better(tried_losses, best, options.overlap)) continue;
        best = std::move(tried_losses);
        best_kind = kind;
    }
    choice.calibrator = Calibrator::fit(best_kind, data);
    return choice;
}

}  // namespace aitrading::models
