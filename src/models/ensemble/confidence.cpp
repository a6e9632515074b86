#include "models/ensemble/confidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::models {

FrozenThresholds confidence_before_folds(std::span<const int> fold, std::span<const double> p,
                                         std::span<const double> held_out) {
    CHECK(fold.size() == p.size());
    FrozenThresholds out;
    out.fold.assign(fold.begin(), fold.end());
    std::vector<double> known;
    for (const double v : held_out) known.push_back(std::abs(v - 0.5));
    for (std::size_t i = 0; i < fold.size();) {
        std::ranges::sort(known);
        std::array<double, panel_coverages.size()> at;
        for (std::size_t k = 0; k < at.size(); ++k) {
            const double rank = (1 - panel_coverages[k]) * static_cast<double>(known.size());
            const auto index = std::min(static_cast<std::size_t>(rank), known.empty() ? 0 : known.size() - 1);
            at[k] = known.empty() ? std::numeric_limits<double>::quiet_NaN() : known[index];
        }
        at[0] = 0;  // full coverage has no threshold
        out.by_fold.push_back(at);
        if (i == 0) known.clear();  // the held-out rows speak for the first fold only
        for (const int now = fold[i]; i < fold.size() && fold[i] == now; ++i) known.push_back(std::abs(p[i] - 0.5));
    }
    return out;
}

}  // namespace aitrading::models
