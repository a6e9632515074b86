#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "domain/market.hpp"
#include "insight/correlation/dollar_link.hpp"
#include "insight/correlation/exposure.hpp"
#include "insight/correlation/portfolio_risk.hpp"
#include "insight/correlation/stress.hpp"
#include "insight/correlation/study.hpp"
#include "insight/correlation/tick_study.hpp"

namespace aitrading::apps {

/// `correlation SYMBOL… --timeframe T --out F` as typed.
struct CorrelationCommand {
    std::vector<std::string> symbols, positions;
    std::string timeframe, out, from, to, method = "rolling", report, account = "USD";
    int window = 0;            ///< 0: 240 rows, of ticks 60 minutes
    double lambda = 0;         ///< 0: .94 from days on, .97 below
    double confidence = 0.95;
    double lag_step_s = 0.5, lag_farthest_s = 10;
};

/// Risk of positions; empty where none was named.
struct PositionRisk {
    std::vector<double> value;  ///< [symbols] in the account's currency
    insight::Exposures exposures;
    insight::PortfolioRisk risk;
    double confidence = 0.95;
    std::vector<insight::StressResult> stress;
};

/// What a call found; `study` of bars or `ticks`.
struct CorrelationRun {
    CorrelationCommand command;
    Timeframe timeframe = Timeframe::h1;
    std::optional<insight::CorrelationStudy> study;
    std::optional<insight::TickStudy> ticks;
    insight::DollarLinks dollar;
    std::optional<insight::DollarLink> published;  ///< the index as the user has it stored against the formula
    std::string no_dollar;
    std::optional<PositionRisk> risk;
    std::string no_risk;
    std::vector<std::string> data_lines;
    UnixNanos first, last;                         ///< of the rows
    const std::vector<std::string>& names() const { return study ? study->rows.names : ticks->names; }
};

/// Reads the series and measures. @errors usage, bad_input, not_found (a symbol), failed, interrupted
Result<CorrelationRun> run_correlation(const CorrelationCommand& command, const Context& context);

/// The path as CSV: time (of bars their opening, of ticks the end of the minute), one column a pair.
std::string correlation_csv(const CorrelationRun& run);
/// The JSON document of the command.
std::string correlation_json(const CorrelationRun& run);
/// Aligned tables for a person.
void print_correlation(const CorrelationRun& run);
/// Writes DIR/correlation.html. @errors failed
Result<void> write_correlation_page(const CorrelationRun& run, const Context& context);

}  // namespace aitrading::apps
