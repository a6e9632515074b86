#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "insight/correlation/aligned_returns.hpp"
#include "insight/correlation/estimate.hpp"
#include "insight/features/dollar_index.hpp"

namespace aitrading::insight {

/// How one instrument moves with the dollar index, and what of it is arithmetic: a pair that is itself a leg makes up part
/// of the index, so it is also shown beside the index without the legs it shares a currency with.
struct DollarLink {
    std::string instrument;
    std::vector<std::string> own_legs;      ///< left out of `without`; empty: none is its own
    double own_weight = 0;                  ///< share of the index that the own legs are
    CorrelationEstimate with, without;      ///< same row
    CorrelationEstimate next_with, next_without;  ///< the index now and the instrument's NEXT return
};

struct DollarLinks {
    std::vector<DollarLink> links;
    std::vector<std::string> missing;  ///< legs that are not there; not empty: the index as published is not available
    std::string index;                 ///< which index this is, in words
    bool available() const { return missing.empty(); }
};

/// Measures every instrument against the index made of the legs' returns, sum of weight x log return, over the rows in which
/// the instrument and every leg have a close. Without the krona alone the index of the other five is measured and `index` and
/// `missing` say so; with any other leg missing nothing is measured.
/// @param legs series named by their pairs; others are passed over   @errors those of aligned_returns
Result<DollarLinks> dollar_links(std::span<const CrossSeries> instruments, std::span<const CrossSeries> legs, const AlignOptions& align);

/// The index's log return of each row from those of its legs with the given weights, NaN where one that counts is missing.
/// @param columns of each leg in `rows`; npos: it has none and must not count
std::vector<double> dollar_index_returns(const AlignedReturns& rows, std::span<const std::size_t, 6> columns,
                                         std::span<const double, 6> weights);

}  // namespace aitrading::insight
