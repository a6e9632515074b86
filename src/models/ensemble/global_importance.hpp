#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "models/ensemble/fitted_ensemble.hpp"

namespace aitrading::models {

/// What one column is worth: how much log loss a tested row costs more when that column is dealt anew among the tested rows.
struct ColumnWorth {
    std::string name;
    double loss = 0;           ///< mean over rows and deals, in nats a row
    double low = 0, high = 0;  ///< 95 % band: what another stretch of tested bars would have shown
    bool told = false;         ///< the band lies above zero
};

struct ImportanceOptions {
    std::size_t columns = 12;  ///< tried, those of the greatest share of the gain (learnt from training rows alone) first
    std::size_t deals = 3;     ///< times that each is dealt
    std::size_t block = 24;    ///< rows that stay together when dealt, so that a series stays one; at least the labels' span
    std::uint64_t seed = 1;
    int threads = 1;           ///< the result does not depend on it
    std::stop_token stop;
};

/// Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019) on rows that the ensemble has not learnt from.
///
/// Whole blocks of rows change places. The paired difference of the log loss, mean over the deals, has its band from the means
/// of blocks of rows in time: 1.96 standard errors. Columns that say the same share their worth: each stands in for the other.
/// @param series the rows as with_learnt makes them, from the first on   @param regime by rule, [rows] or empty
/// @param test entries of `labels` behind the ensemble's training, increasing   @return the greatest loss first
/// @errors bad_input (fewer than 10 blocks of tested rows), interrupted
Result<std::vector<ColumnWorth>> permutation_importance(const FittedEnsemble& ensemble, const FeatureMatrix& series, const LabelSet& labels,
                                                        std::span<const std::uint32_t> test, std::span<const int> regime,
                                                        const ImportanceOptions& options);

/// How the answer follows one column when everything else stays.
struct PartialDependence {
    std::string name;
    std::vector<double> at;           ///< values: quantiles of the column, increasing
    std::vector<double> p_up;         ///< [at] mean answer over some rows, the column set to that value at the row
    std::vector<double> low, high;    ///< [at] where the answers of nine tenths of the rows lie
    double usual_low = 0, usual_high = 0;  ///< 10 % and 90 % quantile of the column
};

/// Partial dependence (Friedman 2001) of the columns given, over rows spread evenly over `series`. In a member with a memory
/// only the row itself is changed, not what is remembered. @complexity O(rows x columns x points) answers
std::vector<PartialDependence> partial_dependence(const FittedEnsemble& ensemble, const FeatureMatrix& series, std::span<const std::size_t> columns,
                                                  std::size_t rows = 200, std::size_t points = 17);

/// Columns by their share of the gain, the greatest first.
std::vector<std::size_t> strongest_columns(std::span<const double> gain, std::size_t count);

}  // namespace aitrading::models
