#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "domain/search_space.hpp"

namespace aitrading::models {

// Defaults are for financial data, where almost everything is noise: slow learning, shallow trees, hundreds
// of rows in a leaf, rows and columns sampled, leaves shrunk. Allowed and searched ranges of every field
// stand in `fields<P>()`.

/// Gradient boosting with XGBoost's histogram trees.
struct XgboostParameters {
    int rounds = 400;
    double learning_rate = 0.03;
    int max_depth = 4;
    double min_child_weight = 30.0;
    double min_split_gain = 0.0;
    double lambda_l2 = 10.0;
    double lambda_l1 = 0.0;
    double row_fraction = 0.7;
    double column_fraction = 0.5;
    int max_bin = 128;
    int patience = 50;
};

/// Gradient boosting with LightGBM's leaf-wise trees.
struct LightgbmParameters {
    int rounds = 400;
    double learning_rate = 0.03;
    int max_depth = 5;
    int leaves = 15;
    int min_rows_in_leaf = 120;
    double min_split_gain = 0.0;
    double lambda_l2 = 10.0;
    double lambda_l1 = 0.0;
    double row_fraction = 0.7;
    double column_fraction = 0.5;
    int max_bin = 127;
    int patience = 50;
};

/// Random forest: deep trees on row and column samples, averaged. Leaves hold the share of label 1, shrunk
/// towards the base rate by `lambda_l2` pseudo-rows.
struct RandomForestParameters {
    int trees = 200;
    int max_depth = 16;
    int leaves = 128;
    int min_rows_in_leaf = 50;
    double lambda_l2 = 5.0;
    double row_fraction = 0.632;
    double column_fraction = 0.25;  ///< of the columns, drawn anew at every split
    int max_bin = 63;               ///< the cost of a small leaf is its bins
};

/// One field of a parameter struct: its name, what it may be, and where a search looks.
template <class P>
struct ParameterField {
    std::string_view name;
    std::variant<int P::*, double P::*> member;
    double low, high;                ///< allowed, both included
    double search_low, search_high;  ///< searched; equal when the search leaves the field alone
    bool logarithmic;
    std::string_view meaning;
};

/// Every field of P, in the order of the struct. P is one of the three structs above.
template <class P>
std::span<const ParameterField<P>> fields();

/// The fields that a search varies.
template <class P>
SearchSpace search_space();

/// `name=value` words, blanks between them, over the defaults of P. @errors usage (unknown name, value out of
/// range)
template <class P>
Result<P> parse_parameters(std::string_view words);

/// Every field as `name=value` words in order; parse_parameters(describe(p)) == p.
template <class P>
std::string describe(const P& parameters);

/// Search space of a learner by its name. @errors usage (no such learner)
Result<SearchSpace> search_space_of(std::string_view learner);

}  // namespace aitrading::models
