#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/interval.hpp"
#include "report/page.hpp"

namespace aitrading::report {

/// A correlation with its 95 % interval; NaN: not known.
struct CorrelationValue {
    double value = NAN;
    Interval band{NAN, NAN};
    std::int64_t n = 0;
};

/// One pair: its whole span, its path in time with a band, and its correlations at shifted clocks.
struct CorrelationPair {
    std::size_t first = 0, second = 0;  ///< places in CorrelationReport::names
    CorrelationValue whole;
    std::vector<double> path;           ///< [times], NaN: not known yet
    double path_rows = 0;               ///< rows that a value of the path is worth; 0: no band
    UnixNanos broke{};                  ///< likeliest break …
    double break_p = NAN;               ///< … and how likely chance alone shows as much; NaN: not tested
    std::vector<double> lag;            ///< in `lag_unit`; above zero: the second follows
    std::vector<CorrelationValue> at_lag;
    double best_lag = 0, ratio = NAN, lag_p = NAN;
};

/// One instrument beside the dollar index, and beside the index without the legs that it is part of.
struct DollarRow {
    std::string name, own_legs;         ///< empty: none
    double own_weight = 0;
    CorrelationValue with, without, next_with, next_without;
};

struct TreeLink {
    std::size_t first = 0, second = 0;
    double distance = 0, correlation = 0;
};

/// Loadings of the series on one factor.
struct FactorColumn {
    std::string name;
    double variance = 0, share = 0;
    std::vector<double> loading;        ///< [names]
};

/// One risk measure in the account's currency; losses above zero.
struct RiskLine {
    std::string name;
    double total = 0;
    Interval band{NAN, NAN};
    std::vector<double> component;      ///< [names]
};

struct StressRow {
    std::string name, span, missing;    ///< missing: why it is not available
    double profit = 0;
    std::vector<double> component;
};

struct CorrelationReport {
    std::vector<std::string> names;
    std::string span, timeframe, method;
    std::string verdict, explanation;
    std::vector<KeyFigure> figures;
    std::vector<std::size_t> order;     ///< alike ones beside each other; empty: as named
    std::vector<std::size_t> groups;    ///< [names] cluster of each
    std::vector<UnixNanos> time;        ///< of the paths
    std::vector<CorrelationPair> pairs;
    std::string lag_unit = "rows", no_breaks;
    std::vector<TreeLink> tree;
    std::vector<FactorColumn> factors;
    double noise_edge = 0;
    std::string no_structure;
    std::vector<DollarRow> dollar;
    std::string dollar_index, no_dollar;  ///< which index; why there is none
    std::string account;
    std::vector<RiskLine> risk;
    DataTable exposures;
    std::vector<StressRow> stress;
    std::string no_risk;
    DataTable alignment;
    std::vector<std::string> warnings, protocol;
    Provenance provenance;
};

/// One self-contained HTML page on how markets move together.
std::string render_correlation_report(const CorrelationReport& report);

}  // namespace aitrading::report
