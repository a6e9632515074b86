#include "models/augmentation/distances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t window_bars = 24, fewest_windows = 80;

std::vector<double> sorted_standard(std::span<const double> x, double middle, double deviation) {
    std::vector<double> out(x.begin(), x.end());
    for (double& v : out) v = (v - middle) / deviation;
    std::ranges::sort(out);
    return out;
}

/// Windows in rows, each standardised by itself; those that do not move are left out.
struct Windows {
    std::size_t bars = 0;
    std::vector<double> values;
    std::size_t size() const { return values.size() / bars; }
    std::span<const double> row(std::size_t i) const { return std::span(values).subspan(i * bars, bars); }
};

Windows shapes(std::span<const double> r, std::size_t bars, std::size_t most) {
    Windows out{bars, {}};
    if (r.size() < bars) return out;
    const std::size_t all = r.size() - bars + 1, count = std::min(all, most);
    for (std::size_t k = 0; k < count; ++k) {
        const auto part = r.subspan(k * all / count, bars);
        const double middle = mean(part), deviation = standard_deviation(part);
        if (!(deviation > 0)) continue;
        for (const double v : part) out.values.push_back((v - middle) / deviation);
    }
    return out;
}

std::vector<double> nearest(const Windows& from, const Windows& to) {
    std::vector<double> out;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto a = from.row(i);
        double best = std::numeric_limits<double>::infinity();
        for (std::size_t j = 0; j < to.size(); ++j) {
            const auto b = to.row(j);
            double sum = 0;
            for (std::size_t k = 0; k < from.bars && sum < best; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
            best = std::min(best, sum);
        }
        out.push_back(std::sqrt(best));
    }
    return out;
}

/// The last 24 returns before `t`, and their sizes.
void put_window(std::span<const double> r, std::size_t t, std::vector<double>& out) {
    for (std::size_t k = window_bars; k > 0; --k) out.push_back(r[t - k]);
    for (std::size_t k = window_bars; k > 0; --k) out.push_back(std::abs(r[t - k]));
}

/// Non-overlapping windows of both, by turns, so that either half of them holds both alike.
struct Mixed {
    std::vector<double> values, weight;
    std::vector<float> y;
};
Mixed mix(std::span<const double> real, std::span<const double> drawn, double unit) {
    Mixed out;
    const std::size_t each = std::min(real.size(), drawn.size()) / window_bars;
    for (std::size_t k = 0; k < each; ++k)
        for (const bool of_drawn : {false, true}) {
            put_window(of_drawn ? drawn : real, (k + 1) * window_bars, out.values);
            out.y.push_back(of_drawn ? 1.0F : 0.0F);
            out.weight.push_back(1);
        }
    for (double& v : out.values) v /= unit;
    return out;
}

/// Solves a x = b for a symmetric positive definite matrix (Cholesky), in place.
void solve(std::vector<double>& a, std::vector<double>& b) {
    const std::size_t n = b.size();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
        }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
}

}  // namespace

double standardised_wasserstein(std::span<const double> real, std::span<const double> drawn) {
    CHECK(!real.empty() && !drawn.empty());
    const double middle = mean(real), deviation = standard_deviation(real);
    const double unit = deviation > 0 ? deviation : 1;
    const auto a = sorted_standard(real, middle, unit), b = sorted_standard(drawn, middle, unit);
    // Both quantile functions are steps; walk over the union of their jumps.
    double total = 0, at = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const double end_a = static_cast<double>(i + 1) / static_cast<double>(a.size()), end_b = static_cast<double>(j + 1) / static_cast<double>(b.size());
        const double next = std::min(end_a, end_b);
        total += (next - at) * std::abs(a[i] - b[j]);
        at = next;
        if (end_a <= next) ++i;
        if (end_b <= next) ++j;
    }
    return total;
}

double mean_gap(std::span<const double> a, std::span<const double> b, std::size_t lags) {
    CHECK(lags >= 1 && a.size() >= lags && b.size() >= lags);
    double sum = 0;
    for (std::size_t k = 0; k < lags; ++k) sum += std::abs(a[k] - b[k]);
    return sum / static_cast<double>(lags);
}

Result<Memorisation> memorisation(std::span<const double> learnt, std::span<const double> held_out, std::span<const double> drawn, std::size_t bars,
                                  std::size_t windows) {
    const Windows known = shapes(learnt, bars, learnt.size()), later = shapes(held_out, bars, windows), made = shapes(drawn, bars, windows);
    if (known.size() < 10 || later.size() < 10 || made.size() < 10)
        return fail(ErrorCode::bad_input, fmt::format("memorisation: {} learnt, {} held-out and {} drawn windows of {} bars that move; at least 10 of each",
                                                      known.size(), later.size(), made.size(), bars));
    const std::vector<double> of_later = nearest(later, known), of_made = nearest(made, known);
    Memorisation out;
    out.drawn = made.size();
    out.held_out = later.size();
    out.ratio = quantile(of_made, 0.5) / quantile(of_later, 0.5);
    const double close = quantile(of_later, 0.01);
    out.close_share = static_cast<double>(std::ranges::count_if(of_made, [&](double d) { return d < close; })) / static_cast<double>(of_made.size());
    return out;
}

Result<double> discriminative_score(std::span<const double> real, std::span<const double> drawn, const Learner& learner, std::uint64_t seed) {
    const double unit = standard_deviation(real);
    const Mixed all = mix(real, drawn, unit > 0 ? unit : 1);
    const std::size_t rows = all.y.size(), columns = 2 * window_bars, cut = rows / 3 * 2, early = cut * 4 / 5;
    if (rows < fewest_windows) return fail(ErrorCode::bad_input, fmt::format("discriminative score: {} windows of {} bars; at least {}", rows, window_bars, fewest_windows));
    const MatrixView whole{all.values.data(), rows, columns, columns};
    const std::span y(all.y);
    const std::span weight(all.weight);
    const TrainingData train{whole.slice(0, early), y.first(early), weight.first(early)},
        validation{whole.slice(early, cut), y.subspan(early, cut - early), weight.subspan(early, cut - early)};
    FitOptions options;
    options.seed = seed;
    TRY(const auto fitted, learner.fit(train, validation, options));
    std::vector<double> p(rows - cut);
    fitted->predict(whole.slice(cut, rows), p);
    std::size_t right = 0;
    for (std::size_t i = 0; i < p.size(); ++i) right += (p[i] > 0.5) == (y[cut + i] > 0.5F);
    return std::abs(static_cast<double>(right) / static_cast<double>(p.size()) - 0.5);
}

double predictive_score(std::span<const double> learnt, std::span<const double> held_out) {
    CHECK(learnt.size() >= 200 && held_out.size() >= 200);
    const std::size_t columns = 2 * window_bars + 1;
    const double unit = standard_deviation(learnt);
    std::vector<double> gram(columns * columns, 0.0), target(columns, 0.0), row;
    const auto fill = [&](std::span<const double> r, std::size_t t) {
        row.clear();
        put_window(r, t, row);
        for (double& v : row) v /= unit > 0 ? unit : 1;
        row.push_back(1);
    };
    for (std::size_t t = window_bars; t < learnt.size(); ++t) {
        fill(learnt, t);
        for (std::size_t i = 0; i < columns; ++i) {
            target[i] += row[i] * std::abs(learnt[t]);
            for (std::size_t j = 0; j <= i; ++j) gram[i * columns + j] += row[i] * row[j];
        }
    }
    for (std::size_t i = 0; i < columns; ++i) gram[i * columns + i] += 1;  // ridge
    solve(gram, target);
    double error = 0, size = 0;
    for (std::size_t t = window_bars; t < held_out.size(); ++t) {
        fill(held_out, t);
        error += std::abs(std::inner_product(row.begin(), row.end(), target.begin(), 0.0) - std::abs(held_out[t]));
        size += std::abs(held_out[t]);
    }
    return size > 0 ? error / size : 0;
}

}  // namespace aitrading::models
