#include "models/evaluation/leak_gate.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/evaluation/scores.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

bool same(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

std::string shown(double v) {
    return std::isnan(v) ? "not known" : fmt::format("{:.17g}", v);
}

Result<void> compare_prefix(const FeatureMatrix& whole, const FeatureMatrix& part, std::size_t cut) {
    if (part.names != whole.names || part.rows() != cut)
        return fail(
            ErrorCode::gate_refused,
            fmt::format("leak: on the first {} bars the features have {} rows and {} columns, on all bars {} "
                        "columns; rows and names may not depend on later bars",
                        cut, part.rows(), part.columns(), whole.columns()));
    for (std::size_t i = 0; i < cut; ++i)
        for (std::size_t c = 0; c < whole.columns(); ++c)
            if (!same(part.row(i)[c], whole.row(i)[c]))
                return fail(
                    ErrorCode::gate_refused,
                    fmt::format(
                        "leak: feature {} at row {} ({}) is {} when the series ends {} bars later and "
                        "{} with {} more bars: it looks ahead; build it from closed bars only",
                        whole.names[c], i, to_iso8601(whole.time[i]), shown(part.row(i)[c]), cut - 1 - i,
                        shown(whole.row(i)[c]), whole.rows() - cut));
    return {};
}

}  // namespace

Result<void> audit_features(const BarColumns& bars, const FeatureMatrix& features,
                            const FeatureBuilder& build, int cuts, std::uint64_t seed) {
    if (features.rows() != bars.size())
        return fail(
            ErrorCode::gate_refused,
            fmt::format("{} feature rows for {} bars: rows cannot be checked", features.rows(), bars.size()));
    if (bars.size() < 2) return {};
    std::vector<std::size_t> ends{bars.size() - 1};
    SplitMix64 random(seed);
    for (int i = 1; i < cuts; ++i) ends.push_back(1 + random.next_below(bars.size() - 1));
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    for (std::size_t end : ends) {
        TRY(const FeatureMatrix part, build(bars.slice(0, end)));
        TRY_VOID(compare_prefix(features, part, end));
    }
    return {};
}

Result<void> plausibility_gate(const Panel& panel, const LabelSet& labels, const PlausibilityBounds& bounds) {
    if (labels.spec != "next_bar" || panel.n < 1) return {};
    const double bound = std::max(bounds.accuracy, panel.majority_rate + bounds.above_majority);
    const double error = std::sqrt(bound * (1 - bound) / static_cast<double>(panel.n));
    const double z = (panel.accuracy - bound) / std::max(error, 1e-12);
    if (z <= bounds.standard_errors) return {};
    return fail(
        ErrorCode::gate_refused,
        fmt::format("leak suspected: {:.2f} % of {} next bars called right lies {:.1f} standard errors above "
                    "{:.1f} %, more than any credible result on real bars (50 to 54 %, at most 56 %); look "
                    "for a feature that knows the next bar, for repeated rows or for a made-up series",
                    100 * panel.accuracy, panel.n, z, 100 * bound));
}

Result<void> bayes_gate(std::span<const float> y, std::span<const double> p_model,
                        std::span<const double> p_exact, double standard_errors) {
    CHECK(y.size() == p_model.size() && y.size() == p_exact.size() && !y.empty());
    std::vector<double> gain(y.size());
    for (std::size_t i = 0; i < y.size(); ++i)
        gain[i] =
            ((p_model[i] > 0.5) == (y[i] > 0.5F) ? 1 : 0) - ((p_exact[i] > 0.5) == (y[i] > 0.5F) ? 1 : 0);
    const double above = mean(gain),
                 error = standard_deviation(gain) / std::sqrt(static_cast<double>(y.size()));
    if (!(above > standard_errors * error)) return {};
    return fail(
        ErrorCode::gate_refused,
        fmt::format("leak: {:.2f} % right where the exact filter has {:.2f} % on the same {} bars, {:.1f} "
                    "paired standard errors above what can be known; the model saw what it was to predict",
                    100 * confusion(y, p_model).accuracy(), 100 * confusion(y, p_exact).accuracy(), y.size(),
                    error > 0 ? above / error : INFINITY));
}

}  // namespace aitrading::models
