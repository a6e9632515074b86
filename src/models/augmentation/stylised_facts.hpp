#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "domain/model.hpp"

namespace aitrading::models {

inline constexpr std::size_t fact_lags = 100;      ///< of the autocorrelations
inline constexpr std::size_t leverage_lags = 20;
inline constexpr std::array<std::size_t, 4> aggregations{1, 4, 24, 96};  ///< bars summed up

/// What is known of financial returns since Cont (2001), measured on one series. Population moments throughout.
struct StylisedFacts {
    std::size_t n = 0;
    double standard_deviation = 0, skewness = 0, excess_kurtosis = 0;
    std::array<double, aggregations.size()> kurtosis_at{};  ///< excess, of sums over so many bars; NaN below 100 sums
    double hill = 0;                        ///< tail index of |r| over its largest 5 %
    std::vector<double> acf, acf_abs;       ///< of r and |r| at lags 1 … fact_lags (fewer in short series)
    std::vector<double> leverage;           ///< corr(r_t, r^2_{t+j}), j = 1 … leverage_lags
    double ljung_box = 0;                   ///< Q(10) of r^2
    Figure volume_volatility;               ///< corr(log volume, |r|)
    Figure gain_loss;                       ///< median bars until a loss of five deviations, over those until such a gain

    /// Kurtosis nearer to a normal's at the longest sums than at single bars.
    bool aggregates_to_normal() const;
};

/// @param log_volume as long as r, or empty   @pre r.size() >= 20   @complexity O(n lags)
StylisedFacts stylised_facts(std::span<const double> r, std::span<const double> log_volume = {});

/// Biased autocorrelations about the full mean at lags 1 … `lags`; zeros for a constant.
std::vector<double> autocorrelations(std::span<const double> x, std::size_t lags);
/// Hill's estimator: 1 / mean of ln(x_i / x_{k+1}) over the k largest |r|; NaN where the next one is 0. @pre 1 <= k < n
double hill_index(std::span<const double> r, std::size_t k);
/// Pearson's; 0 where one does not vary.
double correlation(std::span<const double> a, std::span<const double> b);
/// Ljung & Box (1978) over autocorrelations of a series of n.
double ljung_box(std::span<const double> acf, std::size_t n);

}  // namespace aitrading::models
