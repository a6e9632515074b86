#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "report/facts.hpp"
#include "report/page.hpp"

namespace aitrading::report {

/// One day of a series: how many rows it holds of those that the market's hours would give.
struct QualityDay {
    UnixNanos day;
    std::int64_t rows = 0, expected = 0, faults = 0;
};

/// A fault at a time or over a span, `from` == `to` for a single row.
struct QualityMark {
    std::string kind;
    UnixNanos from, to;
    bool refused = false;
    double price = NAN;  ///< where it is drawn on the price, NaN: at the edge
};

/// What is wrong or remarkable, one line for each kind, the worst first.
struct QualityFinding {
    std::string kind, text;
    std::int64_t count = 0, row = 0;
    bool refused = false;
};

/// Quartiles of one hour of the day (UTC).
struct QualityHour {
    int hour = 0;
    double low = 0, middle = 0, high = 0;
    std::int64_t n = 0;
};

/// When a week opened and closed, in minutes after Sunday 17:00 and Friday 17:00 New York (NaN: not seen), and how many
/// hours the file's own clock was ahead of New York then (NaN: not known).
struct QualityWeek {
    UnixNanos time;
    double open = NAN, close = NAN, ahead = NAN;
};

/// Extremes of the price, and of ask - bid, in a piece of time; the spread is NaN where there is none.
struct QualityBucket {
    UnixNanos time;
    double low = 0, high = 0, spread_low = NAN, spread_middle = NAN;
};

/// One bar of the close-up; `fault` names what is wrong with it.
struct QualityBar {
    UnixNanos time;
    double open = 0, high = 0, low = 0, close = 0;
    std::string fault;
};

struct QualityReport {
    std::string series, span;            ///< "EURUSD H1", "2015-01-01 to 2015-03-31, 1,446 bars"
    std::string verdict, explanation;
    std::vector<KeyFigure> figures;
    std::vector<QualityFinding> findings;
    std::vector<QualityDay> days;
    std::vector<QualityMark> marks;
    std::vector<QualityHour> spread, volume;
    std::string spread_unit, no_spread, no_volume;  ///< why a picture is not there
    std::vector<QualityWeek> weeks;
    std::string clock_title, no_clock;
    std::vector<std::string> clock_evidence;
    std::vector<QualityBucket> buckets;
    double crossed_share = 0;
    int digits = 5;
    std::vector<QualityBar> close_up;
    std::string close_up_title, close_up_subtitle;
    DataTable gaps, quarantine, origins;
    Provenance provenance;
};

/// One self-contained HTML page on the quality of a stored series, the faults first.
std::string render_quality_report(const QualityReport& report);

}  // namespace aitrading::report
