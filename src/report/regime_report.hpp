#pragma once

#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/regime_path.hpp"

namespace aitrading::report {

/// All that a page on the regimes of a series shows.
struct RegimeReport {
    RegimePrices series;
    std::vector<std::string> protocol;       ///< sentences in plain words
    std::vector<std::string> not_available;  ///< what the series lacks, and what follows
    Provenance provenance;
};

/// The whole page. Self-contained HTML, deterministic. A series without a known regime says so.
std::string render_regime_report(const RegimeReport& report);

}  // namespace aitrading::report
