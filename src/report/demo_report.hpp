#pragma once

#include <string>
#include <vector>

#include "report/run_report.hpp"

namespace aitrading::report {

/// One of the results that the demo shows side by side.
struct DemoCard {
    std::string title;      ///< "EURUSD, next hour"
    std::string subtitle;   ///< what is predicted, from which data
    std::string model;      ///< name of the model
    Panel panel;
    Figure optimum;         ///< the best accuracy possible, where the market is synthetic
    std::string rival;      ///< name of the baseline to beat, e.g. "har"
    Figure rival_accuracy, rival_log_loss;
    std::string advice;     ///< what to do with it, one sentence; empty: computed from the numbers
};

struct DemoReport {
    std::vector<DemoCard> cards;
    RunReport run;
    std::vector<std::pair<std::string, std::string>> next;  ///< what to type next: command, what it does
    Provenance provenance;
};

/// The whole page: the cards, then the costed back-test. Self-contained HTML, deterministic.
std::string render_demo_report(const DemoReport& report);

}  // namespace aitrading::report
