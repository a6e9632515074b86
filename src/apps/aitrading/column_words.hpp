#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/aitrading/stored_model.hpp"

namespace aitrading::apps {

/// What a column is, in words: `RSI(14)` where an indicator alone defines it, else its name with its meaning.
std::string column_label(const ModelRows& rows, std::string_view column);

/// A column's value at one row and where that stands among its values of the year before: "RSI(14) 78.2, high for the last
/// year". Reads rows up to `row` only. @pre the column exists
std::string column_words(const ModelRows& rows, std::string_view column, std::size_t row);

/// Where a value stands among some: the share of known ones below it, ties half. NaN below 100 known ones.
double rank_share(const FeatureMatrix& features, std::size_t column, std::size_t from, std::size_t row);

}  // namespace aitrading::apps
