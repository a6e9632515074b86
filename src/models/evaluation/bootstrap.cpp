#include "models/evaluation/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "base/random.hpp"

namespace aitrading::models {
namespace {

/// Length of one block: geometric with the given mean.
std::size_t block_length(SplitMix64& random, double mean_length, std::size_t longest) {
    if (mean_length <= 1) return 1;
    const double u = 1.0 - random.next_uniform();  // (0, 1]
    const double length = 1 + std::floor(std::log(u) / std::log1p(-1 / mean_length));
    return static_cast<std::size_t>(std::min(length, static_cast<double>(longest)));
}

/// Autocovariance at lags 0..m_max and the number of lags before the first run of insignificant ones.
struct Correlogram {
    std::vector<double> covariance;
    int m = 0;
};

Correlogram correlogram(const std::vector<double>& eps) {
    const std::size_t n = eps.size();
    const double log_n = std::log10(static_cast<double>(n));
    const int kn = std::max(5, static_cast<int>(log_n));
    const int m_max = std::min(static_cast<int>(std::ceil(std::sqrt(static_cast<double>(n)))) + kn,
                               static_cast<int>(n) - 2);
    const double significant = 2 * std::sqrt(log_n / static_cast<double>(n));
    const double total = std::inner_product(eps.begin(), eps.end(), eps.begin(), 0.0);
    double head = total, tail = total;  // sums of squares without the last, the first, lag + 1 values
    Correlogram out;
    out.m = m_max;
    int run = 0;
    bool found = false;
    for (int lag = 0; lag <= m_max; ++lag) {
        const auto k = static_cast<std::size_t>(lag);
        double cross = 0;
        for (std::size_t i = k; i < n; ++i) cross += eps[i] * eps[i - k];
        out.covariance.push_back(cross / static_cast<double>(n));
        if (lag >= kn && run >= kn && !found) {
            found = true;
            out.m = std::min(2 * std::max(lag - kn, 1), m_max);
        }
        tail -= eps[k] * eps[k];
        head -= eps[n - 1 - k] * eps[n - 1 - k];
        run = std::abs(cross) / std::sqrt(head * tail) < significant ? run + 1 : 0;
    }
    return out;
}

}  // namespace

BlockLength optimal_block_length(std::span<const double> x) {
    CHECK(x.size() >= 8);
    const auto n = static_cast<double>(x.size());
    const double centre = mean(x);
    std::vector<double> eps;
    for (double v : x) eps.push_back(v - centre);
    const bool still = std::all_of(eps.begin(), eps.end(), [&](double e) { return std::abs(e) < 1e-14; });
    if (still) return {};
    const Correlogram c = correlogram(eps);
    double g = 0, long_run = c.covariance[0];
    for (int k = 1; k <= c.m; ++k) {
        const double share = static_cast<double>(k) / c.m, window = share <= 0.5 ? 1 : 2 * (1 - share);
        g += 2 * window * k * c.covariance[static_cast<std::size_t>(k)];
        long_run += 2 * window * c.covariance[static_cast<std::size_t>(k)];
    }
    const double cap = std::ceil(std::min(3 * std::sqrt(n), n / 3));
    const double base = 2 * g * g * n / (long_run * long_run);
    return {std::clamp(std::cbrt(base / 2), 1.0, cap), std::clamp(std::cbrt(base * 3 / 4), 1.0, cap), c.m};
}

std::vector<double> stationary_bootstrap_means(std::span<const double> x, double block, int resamples,
                                               std::uint64_t seed) {
    CHECK(block >= 1 && !x.empty());
    const std::size_t n = x.size();
    std::vector<double> sum(2 * n + 1, 0.0);
    for (std::size_t i = 0; i < 2 * n; ++i) sum[i + 1] = sum[i] + x[i % n];
    std::vector<double> out;
    for (int r = 0; r < resamples; ++r) {
        SplitMix64 random(derive_seed(seed, static_cast<std::uint64_t>(r)));
        double total = 0;
        for (std::size_t done = 0; done < n;) {
            const std::size_t from = random.next_below(n), length = block_length(random, block, n - done);
            total += sum[from + length] - sum[from];
            done += length;
        }
        out.push_back(total / static_cast<double>(n));
    }
    return out;
}

void stationary_bootstrap(std::size_t n, double block, int resamples, std::uint64_t seed,
                          const std::function<void(std::span<const std::uint32_t>)>& visit) {
    CHECK(block >= 1 && n > 0);
    std::vector<std::uint32_t> index(n);
    for (int r = 0; r < resamples; ++r) {
        SplitMix64 random(derive_seed(seed, static_cast<std::uint64_t>(r)));
        for (std::size_t done = 0; done < n;) {
            std::size_t from = random.next_below(n);
            for (std::size_t left = block_length(random, block, n - done); left > 0;
                 --left, from = (from + 1) % n)
                index[done++] = static_cast<std::uint32_t>(from);
        }
        visit(index);
    }
}

SuperiorAbility superior_ability(std::span<const double> d, double restart) {
    CHECK(d.size() >= 3 && restart > 0 && restart < 1);
    const auto n = static_cast<double>(d.size());
    const double centre = mean(d);
    SuperiorAbility out;
    for (std::size_t lag = 0; lag < d.size(); ++lag) {
        double covariance = 0;
        for (std::size_t i = lag; i < d.size(); ++i)
            covariance += (d[i] - centre) * (d[i - lag] - centre) / n;
        const auto i = static_cast<double>(lag);
        const double kernel = (1 - i / n) * std::pow(1 - restart, i) + i / n * std::pow(1 - restart, n - i);
        out.variance += lag == 0 ? covariance : 2 * kernel * covariance;
    }
    out.statistic = std::sqrt(n) * centre / std::sqrt(out.variance);
    out.keep_threshold = -std::sqrt(out.variance / n * 2 * std::log(std::log(n)));
    return out;
}

}  // namespace aitrading::models
