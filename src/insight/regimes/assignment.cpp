#include "insight/regimes/assignment.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"

namespace aitrading::insight {

std::vector<std::size_t> assign(std::span<const double> cost, std::size_t n) {
    CHECK(cost.size() == n * n);
    constexpr double infinite = std::numeric_limits<double>::infinity();
    // Row and column 0 are the free end of each augmenting path.
    std::vector<double> row_price(n + 1, 0.0), column_price(n + 1, 0.0);
    std::vector<std::size_t> row_of(n + 1, 0), before(n + 1, 0);
    for (std::size_t i = 1; i <= n; ++i) {
        row_of[0] = i;
        std::size_t column = 0;
        std::vector<double> slack(n + 1, infinite);
        std::vector<bool> used(n + 1, false);
        do {
            used[column] = true;
            const std::size_t row = row_of[column];
            double step = infinite;
            std::size_t next = 0;
            for (std::size_t j = 1; j <= n; ++j) {
                if (used[j]) continue;
                const double reduced = cost[(row - 1) * n + j - 1] - row_price[row] - column_price[j];
                if (reduced < slack[j]) slack[j] = reduced, before[j] = column;
                if (slack[j] < step) step = slack[j], next = j;
            }
            for (std::size_t j = 0; j <= n; ++j) {
                if (used[j])
                    row_price[row_of[j]] += step, column_price[j] -= step;
                else
                    slack[j] -= step;
            }
            column = next;
        } while (row_of[column] != 0);
        for (; column != 0; column = before[column]) row_of[column] = row_of[before[column]];
    }
    std::vector<std::size_t> out(n);
    for (std::size_t j = 1; j <= n; ++j) out[row_of[j] - 1] = j - 1;
    return out;
}

RegimeScore score_regimes(std::span<const int> truth, std::span<const int> states, std::size_t n) {
    CHECK(truth.size() == states.size() && !truth.empty());
    std::vector<double> agreed(n * n, 0.0), of_truth(n, 0.0), of_state(n, 0.0);
    std::size_t true_changes = 0, changes = 0;
    for (std::size_t t = 0; t < truth.size(); ++t) {
        const auto k = static_cast<std::size_t>(states[t]), g = static_cast<std::size_t>(truth[t]);
        CHECK(k < n && g < n);
        agreed[k * n + g] += 1;
        of_truth[g] += 1;
        of_state[k] += 1;
        if (t == 0) continue;
        true_changes += truth[t] != truth[t - 1] ? 1 : 0;
        changes += states[t] != states[t - 1] ? 1 : 0;
    }
    std::vector<double> cost(agreed.size());
    std::ranges::transform(agreed, cost.begin(), [](double count) { return -count; });
    RegimeScore out;
    out.regime_of = assign(cost, n);
    double right = 0, present = 0;
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t g = out.regime_of[k];
        const double hits = agreed[k * n + g];
        right += hits;
        if (of_truth[g] == 0) continue;
        present += 1;
        out.balanced_accuracy += hits / of_truth[g];
        out.macro_f1 += 2 * hits / (of_truth[g] + of_state[k]);
    }
    out.accuracy = right / static_cast<double>(truth.size());
    out.balanced_accuracy /= present;
    out.macro_f1 /= present;
    out.transitions_ratio = true_changes > 0 ? static_cast<double>(changes) / static_cast<double>(true_changes) : 0;
    return out;
}

}  // namespace aitrading::insight
