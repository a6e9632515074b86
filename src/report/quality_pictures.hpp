#pragma once

#include "report/quality_report.hpp"

namespace aitrading::report {

/// Each day of each year as a cell: complete, thin, missing, or with a fault.
Picture calendar_picture(const QualityReport& report);
/// One line for each kind of fault over time.
Picture faults_picture(const QualityReport& report);
/// The price with its faults; the spread under it.
Picture marked_price_picture(const QualityReport& report);
Picture spread_picture(const QualityReport& report);
/// The bars around the first fault.
Picture fault_close_up(const QualityReport& report);
/// Median and quartiles for each hour of the day.
Picture hours_picture(const std::vector<QualityHour>& hours, const std::string& what, const std::string& unit);
/// How far the file's clock was ahead of New York, week by week; and when the weeks opened and closed.
Picture file_clock_picture(const QualityReport& report);
Picture week_edges_picture(const QualityReport& report);

}  // namespace aitrading::report
