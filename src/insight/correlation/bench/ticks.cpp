#include <cmath>
#include <string>

#include <fmt/format.h>

#include "insight/correlation/hayashi_yoshida.hpp"
#include "insight/correlation/lead_lag.hpp"
#include "insight/correlation/tests/brownian_pair.hpp"
#include "speed.hpp"

namespace aitrading::insight {
namespace {

constexpr std::uint64_t hours = 60;
const std::string no_peer = "none: the peers have no estimator of asynchronous ticks";

void add_gates(std::vector<kit::BenchRow>& rows) {
    double hy = 0, squares = 0, previous = 0;
    int near = 0, exact = 0;
    for (std::uint64_t seed = 1; seed <= hours; ++seed) {
        const auto pair = testing_brownian::brownian_pair({.seed = seed});
        const double r = hayashi_yoshida(pair.first, pair.second).correlation();
        hy += r / hours;
        squares += r * r / hours;
        previous += testing_brownian::previous_tick_correlation(pair, 1) / hours;
        const auto lagged = testing_brownian::brownian_pair({.seed = seed, .lag = 2});
        const auto found = lead_lag(lagged.first, lagged.second, {}).value().best_lag();
        near += std::abs(found - 2 * nanos_per_second) <= nanos_per_second / 2;
        exact += found == 2 * nanos_per_second;
    }
    rows.push_back({.name = "Hayashi-Yoshida, distance of the mean from the true .7", .value = std::abs(hy - 0.7), .unit = "", .target = 0.02, .peer = no_peer,
                    .note = fmt::format("mean {:.4f}, deviation of an hour {:.3f}; previous tick each second: {:.3f}", hy, std::sqrt(squares - hy * hy), previous)});
    rows.push_back({.name = "lag of 2 s found within half a second", .value = 100.0 * near / static_cast<double>(hours), .unit = "%", .target = 95, .higher_is_better = true,
                    .peer = no_peer, .note = fmt::format("exactly on the grid in {:.0f} %", 100.0 * exact / static_cast<double>(hours))});
}

}  // namespace

std::vector<kit::BenchRow> measure_ticks() {
    std::vector<kit::BenchRow> rows;
    add_gates(rows);
    // A busy day of gold and euro: 160,000 and 45,000 ticks.
    const auto day = testing_brownian::brownian_pair({.seed = 9, .seconds = 86400, .rate_first = 1.85, .rate_second = 0.52});
    const double ticks = static_cast<double>(day.first.size() + day.second.size());
    volatile double kept = 0;
    const double once = best_of(5, [&] { kept = hayashi_yoshida(day.first, day.second).covariance; });
    rows.push_back({.name = "Hayashi-Yoshida over a day", .value = once * 1e9 / ticks, .unit = "ns a tick", .peer = no_peer, .note = fmt::format("{:.0f} ticks", ticks)});
    const double contrast = best_of(3, [&] { kept = lead_lag(day.first, day.second, {}).value().ratio; });
    rows.push_back({.name = "lead-lag of a day, 41 shifts with intervals", .value = contrast * 1e3, .unit = "ms", .peer = no_peer, .note = fmt::format("{:.0f} ticks", ticks)});
    const double streamed = best_of(3, [&] {
        HayashiYoshidaStream stream;
        for (std::size_t i = 0, j = 0; i < day.first.size() || j < day.second.size();) {
            const bool first = j == day.second.size() || (i < day.first.size() && day.first.time[i] <= day.second.time[j]);
            stream.update(first ? 0 : 1, first ? day.first.time[i] : day.second.time[j], first ? day.first.log_price[i] : day.second.log_price[j]);
            ++(first ? i : j);
        }
        kept = stream.estimate().covariance;
    });
    rows.push_back({.name = "Hayashi-Yoshida streamed", .value = streamed * 1e9 / ticks, .unit = "ns a tick", .peer = no_peer, .note = "one pair of markets"});
    return rows;
}

}  // namespace aitrading::insight
