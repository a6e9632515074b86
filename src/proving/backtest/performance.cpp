#include "proving/backtest/performance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "models/evaluation/bootstrap.hpp"
#include "models/evaluation/statistics.hpp"

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

/// Of the whole and of every resample, per period, by Politis and Romano's stationary bootstrap; sorted.
std::vector<double> resampled_sharpes(std::span<const double> returns, std::uint64_t seed) {
    std::vector<double> sample(returns.size()), out;
    out.reserve(resamples);
    models::stationary_bootstrap(returns.size(), block_mean, resamples, seed, [&](std::span<const std::uint32_t> rows) {
        for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = returns[rows[i]];
        const double deviation = models::standard_deviation(sample);
        out.push_back(deviation > 0 ? models::mean(sample) / deviation : 0);
    });
    std::ranges::sort(out);
    return out;
}

/// PSR, DSR and the shortest track record that would prove the Sharpe ratio.
void judge_sharpe(RunResult& result, const models::ReturnMoments& m) {
    result.psr = models::probabilistic_sharpe(m);
    // The other trials' ratios are not at hand: under the null they scatter as this one's own error does.
    if (result.trials > 1)
        result.notes.push_back("DSR takes the scatter of the other trials' Sharpe ratios to be that of chance");
    result.dsr = models::deflated_sharpe(m, result.trials, models::sharpe_error(m));
    if (m.sharpe > 0)
        result.min_track_record_years = models::minimum_track_record(m) / days_per_year;
    else
        result.min_track_record_years = Figure::unknown("no track record proves a Sharpe ratio that is not above 0");
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
    net_days.reserve(result.daily.size());
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
    const models::ReturnMoments moments = models::moments_of(returns);
    if (!(models::standard_deviation(returns) > 0)) return set_all("the equity never moved");
    result.sharpe = moments.sharpe * year;
    judge_sharpe(result, moments);
    result.gross_sharpe = gross.empty() ? Figure::unknown("the equity before costs fell to zero or below")
                                        : Figure(models::moments_of(gross).sharpe * year);
    const std::vector<double> sharpes = resampled_sharpes(returns, seed);
    const auto at = [&](double q) { return sharpes[static_cast<std::size_t>(q * static_cast<double>(sharpes.size() - 1))]; };
    result.sharpe_low = at(0.025) * year;
    result.sharpe_high = at(0.975) * year;
}

}  // namespace aitrading::backtest
