#pragma once

#include <string>
#include <vector>

#include "domain/market.hpp"
#include "domain/model.hpp"
#include "domain/trade.hpp"
#include "report/facts.hpp"
#include "report/page.hpp"
#include "report/regime_path.hpp"

namespace aitrading::report {

/// All that a report on a back-test, paper or live run may show. Only `result` is needed: every other part may be
/// empty, and its section then says "not available" and why.
struct RunReport {
    RunResult result;
    std::string currency;               ///< of the account; empty: the quote currency of a six-letter symbol
    BarColumns prices;                  ///< the bars that were traded; may be empty
    RegimePrices regimes;               ///< of the same bars; may be empty
    std::vector<ModelPanel> panels;     ///< the traded model first, then others and baselines
    ScoredBars predictions;             ///< of the traded model
    std::vector<FeatureShare> importance;
    std::vector<std::string> protocol;  ///< sentences in plain words; the result's own notes follow them
    std::string trials_text;            ///< what was tried before this run was shown
    std::vector<SensitivityRow> sensitivity;
    std::vector<PlaceboRow> placebos;
    Figure pbo = Figure::unknown("it needs several parameter sets tried side by side; this is a single run");
    std::string reason_without_model;   ///< why there are no panels; empty: the strategy is a rule, not a model
    Provenance provenance;
};

/// The whole page, from the verdict to the command that makes it again. Self-contained HTML, deterministic.
std::string render_run_report(const RunReport& report);

/// All sections below the verdict and its figures, for a page that shows a run among other things.
void add_run_sections(Page& page, const RunReport& report);
std::vector<KeyFigure> run_figures(const RunReport& report);
/// "EURUSD" gives "USD"; anything that is not six capital letters gives "".
std::string quote_currency(const std::string& symbol);

}  // namespace aitrading::report
