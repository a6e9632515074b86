#include "models/evaluation/panel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"
#include "models/evaluation/bootstrap.hpp"
#include "models/evaluation/scores.hpp"
#include "models/evaluation/trading_figures.hpp"

namespace aitrading::models {
namespace {

/// Below this many confidences a quantile at 5 % coverage says nothing.
constexpr std::size_t fewest_for_thresholds = 50;

Result<void> check_input(const PanelInput& in) {
    const std::size_t n = in.y.size();
    if (n == 0) return fail(ErrorCode::bad_input, "there is no tested bar: no panel can be made");
    for (std::size_t size : {in.p.size(), in.base_rate.size(), in.row.size(), in.end.size(), in.time.size()})
        if (size != n)
            return fail(ErrorCode::bad_input, fmt::format("{} labels but a column of {}: a panel needs one "
                                                          "prediction, base rate, span and time per label",
                                                          n, size));
    for (std::size_t i = 0; i < n; ++i) {
        if (!(in.p[i] >= 0 && in.p[i] <= 1) || !(in.base_rate[i] >= 0 && in.base_rate[i] <= 1))
            return fail(ErrorCode::bad_input,
                        fmt::format("bar {}: probability {} or base rate {} is outside 0..1",
                                    to_iso8601(in.time[i]), in.p[i], in.base_rate[i]));
        if (i > 0 && in.row[i] <= in.row[i - 1])
            return fail(ErrorCode::bad_input,
                        fmt::format("bar {} comes after a later one: entries must be in time order",
                                    to_iso8601(in.time[i])));
    }
    return {};
}

bool spans_overlap(const PanelInput& in) {
    for (std::size_t i = 0; i + 1 < in.row.size(); ++i)
        if (in.end[i] > in.row[i + 1]) return true;
    return false;
}

/// Interval of the accuracy and chance that the majority class alone is as good.
void judge_accuracy(const PanelInput& in, const PanelOptions& o, const Confusion& c, bool overlap,
                    Panel& panel) {
    panel.accuracy = c.accuracy();
    panel.majority_rate = c.majority_rate();
    if (!overlap || c.n() < 8) {
        const Interval w = wilson(c.correct(), c.n());
        panel.accuracy_low = w.low;
        panel.accuracy_high = w.high;
        panel.interval = overlap ? "wilson; too few bars for a block bootstrap" : "wilson";
        panel.p_value_vs_majority = binomial_upper_tail(c.correct(), c.n(), panel.majority_rate);
        panel.pesaran_timmermann =
            !in.directional ? Figure::unknown("the label has no direction") : pesaran_timmermann(c);
        return;
    }
    std::vector<double> correct(in.y.size());
    for (std::size_t i = 0; i < correct.size(); ++i) correct[i] = (in.y[i] > 0.5F) == (in.p[i] > 0.5) ? 1 : 0;
    const double longest = std::max(1.0, static_cast<double>(correct.size()) / 3);
    const double block =
        std::min(std::max(optimal_block_length(correct).stationary, double(in.horizon)), longest);
    auto means = stationary_bootstrap_means(correct, block, o.resamples, o.seed);
    double as_good = 1;  // resamples around the null: shifted so that their centre is the majority rate
    for (double m : means) as_good += m - panel.accuracy >= panel.accuracy - panel.majority_rate ? 1 : 0;
    panel.p_value_vs_majority = as_good / (o.resamples + 1.0);
    panel.accuracy_low = quantile(means, 0.025);
    panel.accuracy_high = quantile(std::move(means), 0.975);
    panel.interval = fmt::format("stationary block bootstrap, mean block {:.0f}", block);
    panel.pesaran_timmermann = Figure::unknown("labels overlap, so signs are not independent");
}

void judge_probabilities(const PanelInput& in, const PanelOptions& o, bool overlap, Panel& panel) {
    panel.roc_auc = roc_auc(in.y, in.p);
    panel.brier = brier_score(in.y, in.p);
    panel.log_loss = log_loss(in.y, in.p);
    // A base rate that was never wrong (one class only, known for sure) leaves nothing to be better at.
    const double base_brier = brier_score(in.y, in.base_rate), base_loss = log_loss(in.y, in.base_rate);
    panel.brier_skill = base_brier > 0 ? 1 - panel.brier / base_brier : 0;
    panel.log_loss_skill = base_loss > 0 ? 1 - panel.log_loss / base_loss : 0;
    panel.reliability = reliability_bins(in.y, in.p, o.bins);
    panel.ece = calibration_error(panel.reliability);
    const auto none = std::span<const std::uint32_t>{};
    panel.ece_noise_p95 = calibration_noise_p95(in.p, overlap ? in.row : none, overlap ? in.end : none,
                                                o.bins, o.ece_simulations, o.seed);
    const Murphy parts = murphy(panel.reliability);
    panel.murphy_reliability = parts.reliability;
    panel.murphy_resolution = parts.resolution;
    panel.murphy_uncertainty = parts.uncertainty;
    const RiskCoverage risk = risk_coverage(in.y, in.p);
    panel.aurc = risk.aurc;
    panel.e_aurc = risk.e_aurc;
}

/// Accuracy over the bars whose confidence reaches the threshold that was frozen before their fold.
CoveragePoint at_coverage(const PanelInput& in, std::size_t k) {
    CoveragePoint point;
    point.coverage = panel_coverages[k];
    std::int64_t correct = 0;
    for (std::size_t i = 0; i < in.y.size(); ++i) {
        const double threshold =
            point.coverage >= 1 ? 0
                                : in.thresholds->by_fold[static_cast<std::size_t>(in.thresholds->fold[i])][k];
        if (!(std::abs(in.p[i] - 0.5) >= threshold)) continue;  // also where the threshold is NaN
        point.threshold = threshold;
        ++point.count;
        correct += (in.y[i] > 0.5F) == (in.p[i] > 0.5) ? 1 : 0;
    }
    if (point.count == 0) return point;
    const Interval w = wilson(correct, point.count);
    point.accuracy = static_cast<double>(correct) / static_cast<double>(point.count);
    point.low = w.low;
    point.high = w.high;
    return point;
}

std::array<double, panel_coverages.size()> thresholds_of(const std::vector<double>& sorted) {
    std::array<double, panel_coverages.size()> out{};
    for (std::size_t k = 1; k < out.size(); ++k) {
        if (sorted.size() < fewest_for_thresholds) {
            out[k] = std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        const double place = (1 - panel_coverages[k]) * static_cast<double>(sorted.size() - 1);
        out[k] = sorted[static_cast<std::size_t>(std::ceil(place))];
    }
    return out;
}

void merge_confidence(std::vector<double>& sorted, std::span<const double> p) {
    const auto old = static_cast<std::ptrdiff_t>(sorted.size());
    for (double v : p) sorted.push_back(std::abs(v - 0.5));
    std::sort(sorted.begin() + old, sorted.end());
    std::inplace_merge(sorted.begin(), sorted.begin() + old, sorted.end());
}

}  // namespace

FrozenThresholds freeze_thresholds(std::span<const int> fold, std::span<const double> p,
                                   std::span<const double> validation) {
    CHECK(fold.size() == p.size());
    FrozenThresholds out{{fold.begin(), fold.end()}, {}};
    std::vector<double> held, earlier;
    merge_confidence(held, validation);
    for (std::size_t from = 0; from < fold.size();) {
        CHECK(fold[from] >= static_cast<int>(out.by_fold.size()));
        std::size_t to = from;
        while (to < fold.size() && fold[to] == fold[from]) ++to;
        const auto frozen = thresholds_of(earlier.size() >= fewest_for_thresholds ? earlier : held);
        out.by_fold.resize(static_cast<std::size_t>(fold[from]) + 1, frozen);
        merge_confidence(earlier, p.subspan(from, to - from));
        from = to;
    }
    return out;
}

Result<Panel> compute_panel(const PanelInput& in, const PanelOptions& o) {
    TRY_VOID(check_input(in));
    CHECK(in.thresholds == nullptr || in.thresholds->fold.size() == in.y.size());
    Panel panel;
    panel.n = static_cast<std::int64_t>(in.y.size());
    panel.from = in.time.front();
    panel.to = in.time.back();
    panel.horizon = in.horizon;
    panel.coverage = in.coverage;
    const bool overlap = spans_overlap(in);
    const Confusion c = confusion(in.y, in.p);
    judge_accuracy(in, o, c, overlap, panel);
    panel.balanced_accuracy = c.balanced_accuracy();
    panel.mcc = c.mcc();
    judge_probabilities(in, o, overlap, panel);
    for (std::size_t k = 0; k < panel_coverages.size(); ++k)
        if (k == 0 || in.thresholds != nullptr) panel.accuracy_at.push_back(at_coverage(in, k));
    judge_trading(in, panel);
    panel.pbo = in.pbo;
    return panel;
}

}  // namespace aitrading::models
