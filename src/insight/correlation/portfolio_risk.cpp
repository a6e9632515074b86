#include "insight/correlation/portfolio_risk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr double z95 = 1.959963984540054;
constexpr std::size_t rows_min = 20;

double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }

/// z with P(normal <= z) = p, by Newton's steps from 0. @pre 0.5 <= p < 1: each step falls short, none leaps over
double normal_point(double p) {
    double z = 0;
    for (int i = 0; i < 100; ++i) {
        const double step = (p - std::erfc(-z / std::numbers::sqrt2) / 2) / density(z);
        z += std::min(step, 1.0);
        if (std::abs(step) < 1e-14) break;
    }
    return z;
}

/// Profits of each position in each complete row, row-major.
struct Profits {
    std::vector<double> each, total;
    std::size_t columns = 0;
    std::size_t rows() const { return total.size(); }
};

Profits complete_profits(std::span<const double> value, MatrixView log_returns) {
    Profits out;
    out.columns = value.size();
    for (std::size_t i = 0; i < log_returns.rows; ++i) {
        const auto row = log_returns.row(i);
        if (!std::ranges::all_of(row, [](double r) { return std::isfinite(r); })) continue;
        double sum = 0;
        for (std::size_t j = 0; j < value.size(); ++j) {
            out.each.push_back(value[j] * std::expm1(row[j]));
            sum += out.each.back();
        }
        out.total.push_back(sum);
    }
    return out;
}

/// Covariance of each position's profits with the portfolio's; their sum is its variance.
std::vector<double> covariance_with_total(const Profits& p) {
    const auto n = static_cast<double>(p.rows());
    std::vector<double> mean(p.columns), out(p.columns);
    for (std::size_t i = 0; i < p.rows(); ++i)
        for (std::size_t j = 0; j < p.columns; ++j) mean[j] += p.each[i * p.columns + j] / n;
    const double mean_total = std::accumulate(mean.begin(), mean.end(), 0.0);
    for (std::size_t i = 0; i < p.rows(); ++i)
        for (std::size_t j = 0; j < p.columns; ++j)
            out[j] += (p.each[i * p.columns + j] - mean[j]) * (p.total[i] - mean_total) / (n - 1);
    return out;
}

double deviation_of(const Profits& p, std::size_t column) {
    const auto n = static_cast<double>(p.rows());
    double mean = 0, squares = 0;
    for (std::size_t i = 0; i < p.rows(); ++i) mean += p.each[i * p.columns + column] / n;
    for (std::size_t i = 0; i < p.rows(); ++i) squares += std::pow(p.each[i * p.columns + column] - mean, 2);
    return std::sqrt(squares / (n - 1));
}

RiskMeasure normal_measure(double multiple, double sigma, std::span<const double> with_total, std::size_t rows) {
    RiskMeasure out;
    out.total = multiple * sigma;
    for (const double covariance : with_total) out.component.push_back(multiple * covariance / sigma);
    const double error = z95 / std::sqrt(2 * static_cast<double>(rows));
    out.low = out.total * (1 - error);
    out.high = out.total * (1 + error);
    return out;
}

/// Rows by rising profit: the worst first.
std::vector<std::size_t> worst_first(const Profits& p) {
    std::vector<std::size_t> order(p.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p.total[i]; });
    return order;
}

void add_historical(PortfolioRisk& out, const Profits& p, double tail) {
    const std::vector<std::size_t> order = worst_first(p);
    const auto n = static_cast<double>(p.rows());
    const std::size_t k = out.tail_rows;
    const auto loss = [&](std::size_t rank) { return -p.total[order[std::min(rank, p.rows() - 1)]]; };
    RiskMeasure &var = out.historical_var, &cvar = out.historical_cvar;
    var.total = loss(k - 1);
    var.component.resize(p.columns);
    cvar.component.resize(p.columns);
    double excess = 0, squares = 0;
    for (std::size_t j = 0; j < p.columns; ++j) var.component[j] = -p.each[order[k - 1] * p.columns + j];
    for (std::size_t rank = 0; rank < k; ++rank) {
        cvar.total += loss(rank) / static_cast<double>(k);
        for (std::size_t j = 0; j < p.columns; ++j) cvar.component[j] -= p.each[order[rank] * p.columns + j] / static_cast<double>(k);
        const double beyond = loss(rank) - var.total;
        excess += beyond / n;
        squares += beyond * beyond / n;
    }
    // Ranks between which the true quantile lies: the count of rows beyond it is binomial.
    const double middle = n * tail, half = z95 * std::sqrt(n * tail * (1 - tail));
    var.high = loss(static_cast<std::size_t>(std::max(0.0, std::floor(middle - half))));
    var.low = loss(static_cast<std::size_t>(std::ceil(middle + half)));
    const double width = z95 * std::sqrt(std::max(0.0, squares - excess * excess) / n) / tail;
    cvar.low = cvar.total - width;
    cvar.high = cvar.total + width;
}

}  // namespace

std::vector<double> portfolio_profits(std::span<const double> value, MatrixView log_returns) {
    CHECK(value.size() == log_returns.columns);
    std::vector<double> out(log_returns.rows, 0.0);
    for (std::size_t i = 0; i < log_returns.rows; ++i)
        for (std::size_t j = 0; j < value.size(); ++j)
            if (value[j] != 0) out[i] += value[j] * std::expm1(log_returns.row(i)[j]);
    return out;
}

Result<PortfolioRisk> portfolio_risk(std::span<const double> value, MatrixView log_returns, const RiskOptions& options) {
    CHECK(value.size() == log_returns.columns);
    if (!(options.confidence >= 0.5 && options.confidence < 1))
        return fail(ErrorCode::usage, fmt::format("a confidence of {} is not between 0.5 and 1", options.confidence));
    const Profits profits = complete_profits(value, log_returns);
    PortfolioRisk out;
    out.rows = profits.rows();
    if (out.rows < rows_min)
        return fail(ErrorCode::bad_input, fmt::format("{} rows in which every position has a return; risk needs {}", out.rows, rows_min));
    const std::vector<double> with_total = covariance_with_total(profits);
    out.volatility = std::sqrt(std::max(0.0, std::accumulate(with_total.begin(), with_total.end(), 0.0)));
    if (!(out.volatility > 0)) return fail(ErrorCode::bad_input, "a portfolio that never moves has no risk to share out");
    const double tail = 1 - options.confidence, z = normal_point(options.confidence);
    out.tail_rows = std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(static_cast<double>(out.rows) * tail + 1e-9)));
    out.normal_var = normal_measure(z, out.volatility, with_total, out.rows);
    out.normal_cvar = normal_measure(density(z) / tail, out.volatility, with_total, out.rows);
    add_historical(out, profits, tail);
    double alone = 0;
    for (std::size_t j = 0; j < value.size(); ++j) alone += deviation_of(profits, j);
    out.diversification = alone / out.volatility;
    return out;
}

}  // namespace aitrading::insight
