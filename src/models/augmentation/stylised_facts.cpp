#include "models/augmentation/stylised_facts.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/check.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t fewest_sums = 100;
constexpr double passage_deviations = 5;
constexpr std::size_t passage_starts = 4'000, passage_bars_max = 2'000;

std::vector<double> mapped(std::span<const double> x, double (*f)(double)) {
    std::vector<double> out(x.size());
    std::ranges::transform(x, out.begin(), f);
    return out;
}

double kurtosis_of_sums(std::span<const double> r, std::size_t bars) {
    std::vector<double> sums;
    for (std::size_t i = 0; i + bars <= r.size(); i += bars) {
        double sum = 0;
        for (std::size_t j = 0; j < bars; ++j) sum += r[i + j];
        sums.push_back(sum);
    }
    return sums.size() < fewest_sums ? nan : kurtosis(sums) - 3;
}

/// Bars from `start` until the sum of returns passes `level`; the bound where it does not in time.
std::size_t passage(std::span<const double> r, std::size_t start, double level) {
    double sum = 0;
    for (std::size_t i = start; i < r.size() && i - start < passage_bars_max; ++i) {
        sum += r[i];
        if (level > 0 ? sum >= level : sum <= level) return i - start + 1;
    }
    return passage_bars_max;
}

Figure gain_loss_ratio(std::span<const double> r, double deviation) {
    if (!(deviation > 0) || r.size() < 2 * passage_bars_max) return Figure::unknown("needs 4,000 returns that move");
    const double level = passage_deviations * deviation;
    const std::size_t usable = r.size() - passage_bars_max, stride = std::max<std::size_t>(1, usable / passage_starts);
    std::vector<double> gain, loss;
    for (std::size_t i = 0; i < usable; i += stride) {
        gain.push_back(static_cast<double>(passage(r, i, level)));
        loss.push_back(static_cast<double>(passage(r, i, -level)));
    }
    return quantile(loss, 0.5) / quantile(gain, 0.5);
}

}  // namespace

std::vector<double> autocorrelations(std::span<const double> x, std::size_t lags) {
    lags = std::min(lags, x.size() > 1 ? x.size() - 1 : 0);
    std::vector<double> centred(x.begin(), x.end()), out(lags, 0.0);
    const double middle = mean(x);
    double total = 0;
    for (double& v : centred) v -= middle, total += v * v;
    for (std::size_t k = 1; k <= lags && total > 0; ++k) {
        double sum = 0;
        for (std::size_t i = k; i < centred.size(); ++i) sum += centred[i] * centred[i - k];
        out[k - 1] = sum / total;
    }
    return out;
}

double hill_index(std::span<const double> r, std::size_t k) {
    CHECK(k >= 1 && k < r.size());
    std::vector<double> sizes = mapped(r, [](double v) { return std::abs(v); });
    std::ranges::partial_sort(sizes, sizes.begin() + static_cast<std::ptrdiff_t>(k) + 1, std::greater{});
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i) sum += std::log(sizes[i] / sizes[k]);
    return sizes[k] > 0 && sum > 0 ? static_cast<double>(k) / sum : nan;
}

double correlation(std::span<const double> a, std::span<const double> b) {
    CHECK(a.size() == b.size());
    const double ma = mean(a), mb = mean(b);
    double aa = 0, bb = 0, ab = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
        ab += (a[i] - ma) * (b[i] - mb);
    }
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

double ljung_box(std::span<const double> acf, std::size_t n) {
    double sum = 0;
    const auto size = static_cast<double>(n);
    for (std::size_t k = 1; k <= acf.size(); ++k) sum += acf[k - 1] * acf[k - 1] / (size - static_cast<double>(k));
    return size * (size + 2) * sum;
}

bool StylisedFacts::aggregates_to_normal() const {
    double last = kurtosis_at.front();
    for (const double k : kurtosis_at)
        if (std::isfinite(k)) last = k;
    return std::abs(last) < std::abs(kurtosis_at.front());
}

StylisedFacts stylised_facts(std::span<const double> r, std::span<const double> log_volume) {
    CHECK(r.size() >= 20 && (log_volume.empty() || log_volume.size() == r.size()));
    StylisedFacts out;
    out.n = r.size();
    out.standard_deviation = standard_deviation(r);
    out.skewness = skewness(r);
    out.excess_kurtosis = kurtosis(r) - 3;
    for (std::size_t i = 0; i < aggregations.size(); ++i) out.kurtosis_at[i] = kurtosis_of_sums(r, aggregations[i]);
    out.hill = hill_index(r, std::max<std::size_t>(1, r.size() / 20));
    const std::vector<double> sizes = mapped(r, [](double v) { return std::abs(v); }), squares = mapped(r, [](double v) { return v * v; });
    out.acf = autocorrelations(r, fact_lags);
    out.acf_abs = autocorrelations(sizes, fact_lags);
    for (std::size_t j = 1; j <= leverage_lags && j + 2 < r.size(); ++j) out.leverage.push_back(correlation(r.first(r.size() - j), std::span(squares).subspan(j)));
    out.ljung_box = ljung_box(autocorrelations(squares, 10), r.size());
    out.volume_volatility = log_volume.empty() ? Figure::unknown("the series has no volume") : Figure(correlation(log_volume, sizes));
    out.gain_loss = gain_loss_ratio(r, out.standard_deviation);
    return out;
}

}  // namespace aitrading::models
