#include "models/boosting/hyper_parameters.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace aitrading::models {
namespace {

using X = XgboostParameters;
using L = LightgbmParameters;
using F = RandomForestParameters;

constexpr ParameterField<X> kXgboost[] = {
    {"rounds", &X::rounds, 1, 10'000, 400, 400, false, "trees at most; early stopping keeps fewer"},
    {"learning_rate", &X::learning_rate, 1e-4, 1, 0.01, 0.15, true, "share of each tree that is kept"},
    {"max_depth", &X::max_depth, 1, 12, 2, 7, false, "splits from root to leaf at most"},
    {"min_child_weight", &X::min_child_weight, 0, 1e6, 5, 200, true, "sum of w p (1-p) in a leaf, at least"},
    {"min_split_gain", &X::min_split_gain, 0, 1e6, 0, 0, false, "loss that a split must save"},
    {"lambda_l2", &X::lambda_l2, 0, 1e6, 0.1, 100, true, "ridge on leaf values"},
    {"lambda_l1", &X::lambda_l1, 0, 1e6, 0, 0, false, "lasso on leaf values"},
    {"row_fraction", &X::row_fraction, 0.05, 1, 0.4, 1, false, "rows drawn for a tree"},
    {"column_fraction", &X::column_fraction, 0.01, 1, 0.2, 1, false, "columns drawn for a tree"},
    {"max_bin", &X::max_bin, 8, 1024, 128, 128, false, "histogram bins of a column"},
    {"patience", &X::patience, 1, 10'000, 50, 50, false, "rounds without a better validation log loss"},
};

constexpr ParameterField<L> kLightgbm[] = {
    {"rounds", &L::rounds, 1, 10'000, 400, 400, false, "trees at most; early stopping keeps fewer"},
    {"learning_rate", &L::learning_rate, 1e-4, 1, 0.01, 0.15, true, "share of each tree that is kept"},
    {"max_depth", &L::max_depth, 1, 64, 2, 8, false, "splits from root to leaf at most"},
    {"leaves", &L::leaves, 2, 4096, 4, 63, true, "leaves of a tree at most"},
    {"min_rows_in_leaf", &L::min_rows_in_leaf, 1, 1'000'000, 20, 500, true, "rows in a leaf, at least"},
    {"min_split_gain", &L::min_split_gain, 0, 1e6, 0, 0, false, "loss that a split must save"},
    {"lambda_l2", &L::lambda_l2, 0, 1e6, 0.1, 100, true, "ridge on leaf values"},
    {"lambda_l1", &L::lambda_l1, 0, 1e6, 0, 0, false, "lasso on leaf values"},
    {"row_fraction", &L::row_fraction, 0.05, 1, 0.4, 1, false, "rows drawn for a tree"},
    {"column_fraction", &L::column_fraction, 0.01, 1, 0.2, 1, false, "columns drawn for a tree"},
    {"max_bin", &L::max_bin, 8, 1024, 127, 127, false, "histogram bins of a column"},
    {"patience", &L::patience, 1, 10'000, 50, 50, false, "rounds without a better validation log loss"},
};

constexpr ParameterField<F> kForest[] = {
    {"trees", &F::trees, 1, 10'000, 200, 200, false, "trees; more never overfit"},
    {"max_depth", &F::max_depth, 1, 64, 6, 24, false, "splits from root to leaf at most"},
    {"leaves", &F::leaves, 2, 4096, 32, 512, true, "leaves of a tree at most"},
    {"min_rows_in_leaf", &F::min_rows_in_leaf, 1, 1'000'000, 10, 300, true, "rows in a leaf, at least"},
    {"lambda_l2", &F::lambda_l2, 0, 1e6, 0.1, 50, true, "pseudo-rows at the base rate in a leaf"},
    {"row_fraction", &F::row_fraction, 0.05, 0.99, 0.4, 0.8, false, "rows drawn for a tree"},
    {"column_fraction", &F::column_fraction, 0.01, 1, 0.1, 0.6, false, "columns drawn at a split"},
    {"max_bin", &F::max_bin, 8, 1024, 63, 63, false, "histogram bins of a column"},
};

template <class P>
constexpr std::string_view owner();
template <>
constexpr std::string_view owner<X>() {
    return "xgboost";
}
template <>
constexpr std::string_view owner<L>() {
    return "lightgbm";
}
template <>
constexpr std::string_view owner<F>() {
    return "random_forest";
}

template <class P>
Result<void> assign(P& parameters, std::string_view name, std::string_view text) {
    for (const auto& field : fields<P>()) {
        if (field.name != name) continue;
        const bool whole = std::holds_alternative<int P::*>(field.member);
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool number = error == std::errc{} && end == text.data() + text.size();
        if (!number || !(value >= field.low && value <= field.high) || (whole && value != std::floor(value)))
            return fail(ErrorCode::usage,
                        fmt::format("{}: {}={} is not a {} from {:g} to {:g}", owner<P>(), name, text,
                                    whole ? "whole number" : "number", field.low, field.high));
        if (whole)
            parameters.*std::get<int P::*>(field.member) = static_cast<int>(value);
        else
            parameters.*std::get<double P::*>(field.member) = value;
        return {};
    }
    std::string known;
    for (const auto& field : fields<P>()) known += fmt::format(" {}", field.name);
    return fail(ErrorCode::usage,
                fmt::format("{}: no parameter '{}'; there are:{}", owner<P>(), name, known));
}

}  // namespace

template <>
std::span<const ParameterField<X>> fields<X>() {
    return kXgboost;
}
template <>
std::span<const ParameterField<L>> fields<L>() {
    return kLightgbm;
}
template <>
std::span<const ParameterField<F>> fields<F>() {
    return kForest;
}

template <class P>
SearchSpace search_space() {
    SearchSpace space;
    for (const auto& field : fields<P>()) {
        if (field.search_low == field.search_high) continue;
        const bool whole = std::holds_alternative<int P::*>(field.member);
        const auto kind = field.logarithmic
                              ? (whole ? ParameterKind::logarithmic_integer : ParameterKind::logarithmic)
                              : (whole ? ParameterKind::integer : ParameterKind::real);
        space.push_back({std::string(field.name), kind, field.search_low, field.search_high, {}});
    }
    return space;
}

template <class P>
Result<P> parse_parameters(std::string_view words) {
    P parameters;
    while (true) {
        const auto begin = words.find_first_not_of(" \t\n");
        if (begin == std::string_view::npos) return parameters;
        words.remove_prefix(begin);
        const auto word = words.substr(0, words.find_first_of(" \t\n"));
        words.remove_prefix(word.size());
        const auto equals = word.find('=');
        if (equals == std::string_view::npos)
            return fail(ErrorCode::usage,
                        fmt::format("{}: '{}' is not of the form name=value", owner<P>(), word));
        TRY_VOID(assign(parameters, word.substr(0, equals), word.substr(equals + 1)));
    }
}

template <class P>
std::string describe(const P& parameters) {
    std::string words;
    for (const auto& field : fields<P>()) {
        if (!words.empty()) words += ' ';
        if (const auto* whole = std::get_if<int P::*>(&field.member))
            words += fmt::format("{}={}", field.name, parameters.**whole);
        else
            words += fmt::format("{}={}", field.name, parameters.*std::get<double P::*>(field.member));
    }
    return words;
}

#define AIT_INSTANTIATE(P)                                    \
    template SearchSpace search_space<P>();                   \
    template Result<P> parse_parameters<P>(std::string_view); \
    template std::string describe<P>(const P&);
AIT_INSTANTIATE(X)
AIT_INSTANTIATE(L)
AIT_INSTANTIATE(F)
#undef AIT_INSTANTIATE

Result<SearchSpace> search_space_of(std::string_view learner) {
    if (learner == owner<X>()) return search_space<X>();
    if (learner == owner<L>()) return search_space<L>();
    if (learner == owner<F>()) return search_space<F>();
    return fail(ErrorCode::usage,
                fmt::format("no tree learner '{}'; there are: xgboost lightgbm random_forest", learner));
}

}  // namespace aitrading::models
