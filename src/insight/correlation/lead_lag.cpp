#include "insight/correlation/lead_lag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stop_token>

#include "base/parallel.hpp"

namespace aitrading::insight {
namespace {

constexpr std::int64_t lags_max = 100'001;  // half a day of milliseconds; more is a slip of the units
constexpr double z95 = 1.959963984540054;

/// Times are cut into equal blocks; each increment belongs to the block in which it ends.
struct Blocks {
    std::int64_t begin, length;
    int count;
    int of(UnixNanos time) const { return static_cast<int>(std::clamp<std::int64_t>((time.value - begin) / length, 0, count - 1)); }
};

struct Moves {
    std::vector<std::int64_t> begin, end;
    std::vector<double> change;
    std::vector<int> block;
};

/// Increments that are not zero: the others add nothing to any product.
Moves moves_of(const TickPath& path, const Blocks& blocks) {
    Moves out;
    for (std::size_t i = 1; i < path.size(); ++i) {
        const double change = path.log_price[i] - path.log_price[i - 1];
        if (change == 0) continue;
        out.begin.push_back(path.time[i - 1].value);
        out.end.push_back(path.time[i].value);
        out.change.push_back(change);
        out.block.push_back(blocks.of(path.time[i]));
    }
    return out;
}

std::vector<double> variance_by_block(const TickPath& path, const Blocks& blocks) {
    std::vector<double> out(static_cast<std::size_t>(blocks.count));
    for (std::size_t i = 1; i < path.size(); ++i) {
        const double change = path.log_price[i] - path.log_price[i - 1];
        out[static_cast<std::size_t>(blocks.of(path.time[i]))] += change * change;
    }
    return out;
}

/// As hayashi_yoshida, the sum kept apart for each block of the first market's increments.
void covariance_by_block(const Moves& first, const TickPath& second, std::int64_t shift, double* out) {
    const std::size_t last = second.size() - 1;
    std::size_t low = 0, high = 0;
    for (std::size_t i = 0; i < first.change.size(); ++i) {
        const std::int64_t begin = first.begin[i] - shift, end = first.end[i] - shift;
        while (low < last && second.time[low + 1].value <= begin) ++low;
        high = std::max(high, low);
        while (high < last && second.time[high].value < end) ++high;
        out[first.block[i]] += first.change[i] * (second.log_price[high] - second.log_price[low]);
    }
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// 1.96 standard errors of a correlation, leaving out one block at a time.
double jackknife(const double* covariance, const std::vector<double>& first, const std::vector<double>& second) {
    const std::size_t count = first.size();
    const double all = std::accumulate(covariance, covariance + count, 0.0), all_first = sum(first), all_second = sum(second);
    std::vector<double> without;
    for (std::size_t b = 0; b < count; ++b) {
        if (first[b] == 0 && second[b] == 0) continue;
        const double scale = std::sqrt((all_first - first[b]) * (all_second - second[b]));
        if (scale > 0) without.push_back((all - covariance[b]) / scale);
    }
    const auto n = static_cast<double>(without.size());
    if (n < 2) return NAN;
    const double mean = sum(without) / n;
    double squares = 0;
    for (const double value : without) squares += (value - mean) * (value - mean);
    return z95 * std::sqrt(squares * (n - 1) / n);
}

/// Counts the blocks of both kinds by their own sums of squares at positive and negative lags.
void judge_blocks(LeadLag& out, const std::vector<double>& covariance, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b) {
        double ahead = 0, behind = 0;
        for (std::size_t k = 0; k < out.lag.size(); ++k) {
            const double value = covariance[k * count + b];
            (out.lag[k] > 0 ? ahead : behind) += out.lag[k] == 0 ? 0 : value * value;
        }
        if (ahead + behind <= 0) continue;
        ++out.blocks;
        out.blocks_first_leads += ahead > behind;
    }
}

}  // namespace

double LeadLag::p_value() const {
    // Exact binomial of the rarer side, doubled.
    const int rarer = std::min(blocks_first_leads, blocks - blocks_first_leads);
    double term = std::pow(0.5, blocks), tail = 0;
    for (int k = 0; k <= rarer; ++k) {
        tail += term;
        term *= static_cast<double>(blocks - k) / (k + 1);
    }
    return std::min(1.0, 2 * tail);
}

Result<LeadLag> lead_lag(const TickPath& first, const TickPath& second, const LeadLagOptions& options, int threads) {
    if (options.step_nanos <= 0 || options.farthest_nanos < options.step_nanos || options.blocks < 2)
        return fail(ErrorCode::usage, "a lead-lag grid needs a step above zero, a farthest lag of at least one step and two blocks");
    const std::int64_t half = options.farthest_nanos / options.step_nanos;
    if (2 * half + 1 > lags_max)
        return fail(ErrorCode::usage, fmt::format("{} lags are more than {}: take a longer step or a nearer farthest lag", 2 * half + 1, lags_max));
    const UnixNanos begin = std::max(first.time.front(), second.time.front()), end = std::min(first.time.back(), second.time.back());
    if (begin >= end) return fail(ErrorCode::bad_input, "the two markets were never open at the same time");
    const Blocks blocks{begin.value, std::max<std::int64_t>(1, (end.value - begin.value) / options.blocks), options.blocks};
    const auto count = static_cast<std::size_t>(options.blocks);
    const std::vector<double> variance_first = variance_by_block(first, blocks), variance_second = variance_by_block(second, blocks);
    const double scale = std::sqrt(sum(variance_first) * sum(variance_second));
    if (!(scale > 0)) return fail(ErrorCode::bad_input, "a market whose price never moves has no correlation");
    const Moves moves = moves_of(first, blocks);
    LeadLag out;
    for (std::int64_t k = -half; k <= half; ++k) out.lag.push_back(k * options.step_nanos);
    out.correlation.resize(out.lag.size());
    out.half_width.resize(out.lag.size());
    std::vector<double> covariance(out.lag.size() * count);
    parallel_for(out.lag.size(), threads, {}, [&](std::size_t k) {
        double* row = covariance.data() + k * count;
        covariance_by_block(moves, second, -out.lag[k], row);
        out.correlation[k] = std::accumulate(row, row + count, 0.0) / scale;
        out.half_width[k] = jackknife(row, variance_first, variance_second);
    });
    double ahead = 0, behind = 0;
    for (std::size_t k = 0; k < out.lag.size(); ++k) {
        if (std::abs(out.correlation[k]) > std::abs(out.correlation[out.best])) out.best = k;
        if (out.lag[k] != 0) (out.lag[k] > 0 ? ahead : behind) += out.correlation[k] * out.correlation[k];
    }
    out.ratio = behind > 0 ? ahead / behind : INFINITY;
    judge_blocks(out, covariance, count);
    return out;
}

}  // namespace aitrading::insight
