#include "models/ensemble/followed_mix.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t experts_max = 64;
constexpr std::uint32_t least_delay = 512, most_delay = 1'000'000;

}  // namespace

CalibratedScore::Value silent_value() { return {std::nan(""), std::nan(""), std::nan("")}; }

CalibratedScore::Value mixed_value(std::span<const CalibratedScore::Value> said, std::span<const double> weight, double p) {
    CalibratedScore::Value out{p, 0, 0};
    double sum = 0;
    for (std::size_t k = 0; k < said.size(); ++k) {
        if (weight[k] == 0) continue;
        out.low += weight[k] * said[k].low;
        out.high += weight[k] * said[k].high;
        sum += weight[k];
    }
    if (sum == 0) return {p, 0, 1};
    // Probabilities are clipped before they are mixed, and the weights' sum is rounded.
    out.low = std::clamp(out.low, 0.0, p);
    out.high = std::clamp(out.high, p, 1.0);
    return out;
}

CalibratedScore::Value follow(OnlineWeights& weights, std::uint32_t row, std::span<const CalibratedScore::Value> said) {
    CHECK(said.size() <= experts_max);
    std::array<double, experts_max> p;
    for (std::size_t k = 0; k < said.size(); ++k) p[k] = said[k].p;
    const double mixed = weights.predict(row, std::span(p).first(said.size()));
    return mixed_value(said, weights.weights(), mixed);
}

OnlineWeights fresh_weights(std::size_t members, const LabelSet& labels) {
    std::uint32_t longest = least_delay;
    for (std::size_t e = 0; e < labels.size(); ++e) longest = std::max(longest, labels.end[e] - labels.row[e]);
    return OnlineWeights(members + 1, {.delay_max = std::min(longest, most_delay)});
}

void follow_known_rows(OnlineWeights& weights, const MetaModel& meta, const MetaRows& rows, std::span<const double> score, std::span<double> out_p) {
    CHECK(score.size() == rows.size() && out_p.size() == rows.size());
    std::vector<CalibratedScore::Value> said(rows.members + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t m = 0; m < rows.members; ++m)
            said[m] = meta.stack.form().keeps(m) ? meta.members[m].apply(rows.logits_of(i)[m]) : silent_value();
        said.back() = meta.answer(score[i], rows.regime.empty() ? -1 : rows.regime[i]);
        out_p[i] = follow(weights, rows.row[i], said).p;
        weights.label(rows.row[i], rows.end[i], rows.y[i]);
    }
}

}  // namespace aitrading::models
