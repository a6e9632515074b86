#include "report/regime_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aitrading::report {

bool RegimePrices::known() const {
    return prices.size() == regime.size() && std::ranges::any_of(regime, [](int r) { return r > 0; });
}

std::int64_t RegimeFigures::leaving(std::size_t from) const {
    return std::accumulate(moves[from].begin(), moves[from].end(), std::int64_t{0}) - moves[from][from];
}

std::vector<RegimeStay> regime_stays(std::span<const int> regime) {
    std::vector<RegimeStay> out;
    for (std::size_t i = 0; i < regime.size();) {
        std::size_t end = i;
        while (end < regime.size() && regime[end] == regime[i]) ++end;
        if (regime[i] > 0) {
            const bool begun = i > 0 && regime[i - 1] > 0, ended = end < regime.size() && regime[end] > 0;
            out.push_back({regime[i], i, end, begun && ended});
        }
        i = end;
    }
    return out;
}

MedianStay median_stay(std::span<const double> sorted) {
    MedianStay out;
    out.stays = static_cast<std::int64_t>(sorted.size());
    if (sorted.empty()) return out;
    const std::size_t n = sorted.size();
    out.middle = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    // The greatest k for which at most 2.5 % of the binomial(n, 1/2) lies below it: ranks k and n + 1 - k.
    const auto count = static_cast<double>(n);
    double below = 0, log_choose = 0;
    std::size_t k = 0;
    for (; k < n / 2; ++k) {
        below += std::exp(log_choose - count * std::log(2.0));
        if (below > 0.025) break;
        log_choose += std::log((count - static_cast<double>(k)) / (static_cast<double>(k) + 1));
    }
    if (k == 0) {
        out.low = out.high = NAN;
        return out;
    }
    out.low = sorted[k - 1];
    out.high = sorted[n - k];
    return out;
}

RegimeFigures regime_figures(std::span<const int> regime) {
    RegimeFigures out;
    for (std::size_t i = 0; i < regime.size(); ++i) {
        if (regime[i] <= 0) continue;
        const auto at = static_cast<std::size_t>(regime[i] - 1);
        ++out.known;
        ++out.bars[at];
        if (i == 0 || regime[i - 1] <= 0) continue;
        ++out.moves[static_cast<std::size_t>(regime[i - 1] - 1)][at];
        out.changes += regime[i] != regime[i - 1] ? 1 : 0;
    }
    std::array<std::vector<double>, regime_count> lengths;
    for (const RegimeStay& stay : regime_stays(regime))
        if (stay.whole) lengths[static_cast<std::size_t>(stay.regime - 1)].push_back(static_cast<double>(stay.bars()));
    for (std::size_t k = 0; k < regime_count; ++k) {
        std::ranges::sort(lengths[k]);
        out.stay[k] = median_stay(lengths[k]);
    }
    return out;
}

}  // namespace aitrading::report
