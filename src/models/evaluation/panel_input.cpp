#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "models/evaluation/panel.hpp"

namespace aitrading::models {

std::vector<double> trailing_base_rate(const LabelSet& labels, std::span<const std::uint32_t> entries) {
    std::vector<std::uint32_t> by_end(labels.size());
    std::iota(by_end.begin(), by_end.end(), 0U);
    std::stable_sort(by_end.begin(), by_end.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return labels.end[a] < labels.end[b]; });
    std::vector<double> out;
    out.reserve(entries.size());
    std::size_t known = 0;
    double ones = 1;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        CHECK(i == 0 || entries[i] > entries[i - 1]);
        for (; known < by_end.size() && labels.end[by_end[known]] <= labels.row[entries[i]]; ++known)
            ones += labels.y[by_end[known]];
        out.push_back(ones / (static_cast<double>(known) + 2));
    }
    return out;
}

EdgeShare edge_share(std::span<const double> p_model, std::span<const double> p_exact) {
    CHECK(p_model.size() == p_exact.size() && !p_model.empty());
    EdgeShare out{0, 0, 0};
    double whole = 0;
    for (std::size_t i = 0; i < p_model.size(); ++i) {
        const bool agree = (p_model[i] > 0.5) == (p_exact[i] > 0.5);
        const double edge = std::abs(2 * p_exact[i] - 1);
        whole += edge;
        out.share += agree ? edge : -edge;
        out.agreement += agree ? 1 : 0;
    }
    const auto n = static_cast<double>(p_model.size());
    out.bayes_accuracy = 0.5 + 0.5 * whole / n;
    out.share = whole > 0 ? out.share / whole : 0;
    out.agreement /= n;
    return out;
}

}  // namespace aitrading::models
