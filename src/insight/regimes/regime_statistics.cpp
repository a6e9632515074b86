#include "insight/regimes/regime_statistics.hpp"

#include <numeric>

namespace aitrading::insight {

double RegimeStatistics::mean_stay(std::size_t regime) const {
    return stays[regime] > 0 ? static_cast<double>(bars[regime]) / static_cast<double>(stays[regime]) : 0;
}

double RegimeStatistics::transition(std::size_t from, std::size_t to) const {
    const std::int64_t all = std::accumulate(moves[from].begin(), moves[from].end(), std::int64_t{0});
    return all > 0 ? static_cast<double>(moves[from][to]) / static_cast<double>(all) : 0;
}

RegimeStatistics regime_statistics(std::span<const Regime> regimes) {
    RegimeStatistics out;
    Regime last = Regime::unknown;
    for (const Regime regime : regimes) {
        if (regime != Regime::unknown) {
            const auto at = static_cast<std::size_t>(regime) - 1;
            ++out.known;
            ++out.bars[at];
            out.stays[at] += regime != last ? 1 : 0;
            if (last != Regime::unknown) ++out.moves[static_cast<std::size_t>(last) - 1][at];
        }
        last = regime;
    }
    return out;
}

}  // namespace aitrading::insight
