#include "proving/backtest/performance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "base/random.hpp"

namespace aitrading::backtest {
namespace {

/// Fewer days than this say nothing about a yearly figure.
constexpr std::size_t days_min = 20;
constexpr int resamples = 2'000;
/// Mean length of a resampled block, in days: two trading weeks.
constexpr double block_mean = 10;
constexpr double days_per_year = 252;

/// @return empty where an equity is not positive: a return on it has no meaning
std::vector<double> returns_of(std::span<const double> equity) {
    std::vector<double> out;
    for (std::size_t i = 1; i < equity.size(); ++i) {
        if (equity[i - 1] <= 0) return {};
        out.push_back(equity[i] / equity[i - 1] - 1);
    }
    return out;
}

/// Per period; NaN without variance.
double sharpe_of(std::span<const double> returns) {
    double sum = 0, squares = 0;
    for (const double r : returns) sum += r;
    const double mean = sum / static_cast<double>(returns.size());
    for (const double r : returns) squares += (r - mean) * (r - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(returns.size() - 1));
    return deviation > 0 ? mean / deviation : std::nan("");
}

/// Politis and Romano's stationary bootstrap: blocks of geometric length from random places, wrapped around.
std::vector<double> resampled_sharpes(std::span<const double> returns, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<double> sample(returns.size()), out;
    const auto n = static_cast<std::uint64_t>(returns.size());
    for (int r = 0; r < resamples; ++r) {
        std::uint64_t at = 0;
        for (std::size_t i = 0; i < sample.size(); ++i) {
            at = i == 0 || random.next_uniform() < 1 / block_mean ? random.next_below(n) : (at + 1) % n;
            sample[i] = returns[at];
        }
        if (const double s = sharpe_of(sample); !std::isnan(s)) out.push_back(s);
    }
    std::ranges::sort(out);
    return out;
}

std::vector<double> with_start(Money cash, auto days) {
    std::vector<double> out{cash.to_double()};
    for (const Money m : days) out.push_back(m.to_double());
    return out;
}

}  // namespace

void judge(RunResult& result, std::span<const Money> gross_days, std::uint64_t seed) {
    CHECK(gross_days.size() == result.daily.size());
    std::vector<Money> net_days;
    for (const EquityPoint& p : result.daily) net_days.push_back(p.equity);
    const std::vector<double> returns = returns_of(with_start(result.cash, net_days));
    const std::vector<double> gross = returns_of(with_start(result.cash, gross_days));
    const double year = std::sqrt(days_per_year);
    const auto set_all = [&](const std::string& why) {
        for (Figure* f : {&result.sharpe, &result.gross_sharpe, &result.psr, &result.dsr,
                          &result.min_track_record_years, &result.sharpe_low, &result.sharpe_high})
            *f = Figure::unknown(why);
    };
    if (result.daily.size() < days_min) return set_all("fewer than 20 days");
    if (returns.empty()) return set_all("the equity fell to zero or below");
    const double sharpe = sharpe_of(returns);
    if (std::isnan(sharpe)) return set_all("the equity never moved");
    set_all("not available in this build");
    result.sharpe = sharpe * year;
    if (!gross.empty()) result.gross_sharpe = sharpe_of(gross) * year;
    const std::vector<double> sharpes = resampled_sharpes(returns, seed);
    const auto at = [&](double q) { return sharpes[static_cast<std::size_t>(q * static_cast<double>(sharpes.size() - 1))]; };
    result.sharpe_low = at(0.025) * year;
    result.sharpe_high = at(0.975) * year;
}

}  // namespace aitrading::backtest
