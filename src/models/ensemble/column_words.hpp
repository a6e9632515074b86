#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/model.hpp"
#include "insight/features/feature_manifest.hpp"

namespace aitrading::models {

/// The rows that a model reads, and what their columns mean.
struct ReasonRows {
    FeatureMatrix features;             ///< learnt columns behind the others
    insight::FeatureManifest manifest;  ///< of the features; learnt columns are not in it
    /// Where rows of earlier bars were left out, the first that is there: no value is told by its rank in a year that began before.
    UnixNanos since{INT64_MIN};
};

/// What a column is, in words: `RSI(14)` where an indicator alone defines it, else its name with its meaning.
std::string column_label(const ReasonRows& rows, std::string_view column);

/// A column's value at one row and where that stands among its values of the year before: "RSI(14) 78.2, high for the last
/// year". Where that year is not all there (ReasonRows::since), without the rank. Reads rows up to `row` only. @pre the column exists
std::string column_words(const ReasonRows& rows, std::string_view column, std::size_t row);

/// Where a value stands among some: the share of known ones below it, ties half. NaN below 100 known ones.
double rank_share(const FeatureMatrix& features, std::size_t column, std::size_t from, std::size_t row);

}  // namespace aitrading::models
