#include "insight/regimes/bocpd.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace aitrading::insight {
namespace {

constexpr std::size_t table_size = 4096;  ///< longer runs take the asymptotic series, exact there to the last digit
constexpr std::uint64_t short_run = 5;

}  // namespace

Result<Bocpd> Bocpd::of(const BocpdOptions& o) {
    if (!(o.expected_duration > 1) || !(o.kappa > 0) || !(o.alpha > 0) || !(o.beta > 0) || !std::isfinite(o.mu) || o.runs_max < 10)
        return fail(ErrorCode::usage, "change-point detection takes an expected duration above 1, kappa, alpha and beta above 0, "
                                      "and at least 10 run lengths");
    return Bocpd(o);
}

Bocpd::Bocpd(const BocpdOptions& options) : options_(options), hazard_(1 / options.expected_duration) {
    for (std::size_t n = 0; n < table_size; ++n) {
        const double alpha = options_.alpha + 0.5 * static_cast<double>(n), kappa = options_.kappa + static_cast<double>(n);
        table_.push_back({std::lgamma(alpha + 0.5) - std::lgamma(alpha) - 0.5 * std::log(std::numbers::pi),
                          std::log(2 * (kappa + 1) / kappa)});
    }
    runs_.reserve(options_.runs_max + 1);
    log_density_.reserve(options_.runs_max + 1);
    runs_.push_back({1, options_.mu, options_.beta, std::log(options_.beta), 0});
}

Bocpd::OfLength Bocpd::of_length(double values) const {
    if (values < static_cast<double>(table_size)) return table_[static_cast<std::size_t>(values)];
    const double alpha = options_.alpha + 0.5 * values, kappa = options_.kappa + values;
    return {0.5 * std::log(alpha / std::numbers::pi) - 1 / (8 * alpha) + 1 / (192 * alpha * alpha * alpha),
            std::log(2 * (kappa + 1) / kappa)};
}

void Bocpd::update(double value) {
    if (!std::isfinite(value)) return;
    log_density_.resize(runs_.size());
    double greatest = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        Run& run = runs_[i];
        const auto n = static_cast<double>(values_ - run.born);
        const OfLength table = of_length(n);
        const double alpha = options_.alpha + 0.5 * n, kappa = options_.kappa + n, off = value - run.mean;
        // Student t of 2 alpha degrees: one logarithm a run, since the next beta is kappa / (2 (kappa + 1)) of `wide`.
        const double wide = 2 * run.beta * (kappa + 1) / kappa + off * off, log_wide = std::log(wide);
        log_density_[i] = table.gamma_term + alpha * (run.log_beta + table.log_spread) - (alpha + 0.5) * log_wide;
        greatest = std::max(greatest, log_density_[i]);
        run.beta = wide * kappa / (2 * (kappa + 1));
        run.log_beta = log_wide - table.log_spread;
        run.mean += off / (kappa + 1);
    }
    double sum = 0;
    for (std::size_t i = 0; i < runs_.size(); ++i)
        sum += runs_[i].probability *= std::exp(log_density_[i] - greatest);
    log_evidence_ += greatest + std::log(sum);
    for (Run& run : runs_) run.probability *= (1 - hazard_) / sum;
    ++values_;
    runs_.push_back({hazard_, options_.mu, options_.beta, std::log(options_.beta), values_});
    if (runs_.size() > options_.runs_max) drop_least_likely();
    tell();
}

/// Never one of the newest: all runs begin unlikely.
void Bocpd::drop_least_likely() {
    const auto old = runs_.end() - static_cast<std::ptrdiff_t>(2 * short_run > runs_.size() / 2 ? runs_.size() / 2 : 2 * short_run);
    runs_.erase(std::min_element(runs_.begin(), old, [](const Run& a, const Run& b) { return a.probability < b.probability; }));
    double sum = 0;
    for (const Run& run : runs_) sum += run.probability;
    for (Run& run : runs_) run.probability /= sum;
}

void Bocpd::tell() {
    const Run* best = &runs_.back();
    short_run_ = 0;
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        if (values_ - run->born < short_run) short_run_ += run->probability;
        if (run->probability > best->probability) best = &*run;
    }
    run_length_ = static_cast<std::size_t>(values_ - best->born);
}

}  // namespace aitrading::insight
