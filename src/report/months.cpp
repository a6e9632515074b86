#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>

#include "report/format.hpp"
#include "report/interval.hpp"
#include "report/run_pictures.hpp"

namespace aitrading::report {
namespace {

constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Year {
    std::array<double, 12> month{};  ///< return, NaN = none
    double whole = 0;
};

std::map<int, Year> years_of(const RunResult& r) {
    std::map<std::pair<int, int>, double> last;  // equity at the end of each month
    for (const EquityPoint& p : r.daily) {
        const CivilTime c = to_civil(p.time);
        last[{c.year, c.month}] = p.equity.to_double();
    }
    std::map<int, Year> years;
    double before = r.cash.to_double(), year_start = before;
    int year = 0;
    for (const auto& [key, equity] : last) {
        if (!years.contains(key.first)) years[key.first].month.fill(NAN);
        if (key.first != year) year_start = before;
        year = key.first;
        Year& y = years[key.first];
        y.month[static_cast<std::size_t>(key.second - 1)] = before > 0 ? equity / before - 1 : NAN;
        y.whole = year_start > 0 ? equity / year_start - 1 : NAN;
        before = equity;
    }
    return years;
}

Cell cell_of(double value, double usual, bool strong) {
    if (!std::isfinite(value)) return Cell("", "faint");
    const double share = usual > 0 ? value / (2.5 * usual) : 0;
    return Cell(signed_number(value * 100, 1), strong ? "strong" : "", share);
}

}  // namespace

MonthlyReturns monthly_returns(const RunResult& r) {
    const std::map<int, Year> years = years_of(r);
    MeanOf months;
    std::int64_t gains = 0;
    for (const auto& [year, y] : years)
        for (const double value : y.month)
            if (std::isfinite(value)) {
                months.add(value);
                gains += value > 0 ? 1 : 0;
            }
    MonthlyReturns out;
    out.table.columns.push_back({"Year"});
    for (const char* name : month_names) out.table.columns.push_back({name, true});
    out.table.columns.push_back({"Year, %", true});
    const double usual = months.deviation();
    for (const auto& [year, y] : years) {
        std::vector<Cell> row{Cell(fmt::format("{}", year))};
        for (const double value : y.month) row.push_back(cell_of(value, usual, std::abs(value) > z95 * usual));
        row.push_back(cell_of(y.whole, 0, true));
        out.table.rows.push_back(std::move(row));
    }
    if (months.n == 0) {
        out.title = "There is no whole month to show";
        return out;
    }
    const Interval share = wilson(static_cast<double>(gains) / static_cast<double>(months.n), months.n);
    out.title = fmt::format("{} of {} ended with a gain", grouped(gains), counted(months.n, "month", "months"));
    out.subtitle = fmt::format("Return of each month in %, after costs (95 % interval of the share of gains: {} to {}).",
                               percent(share.low, 0), percent(share.high, 0));
    if (std::isfinite(usual))
        out.subtitle += fmt::format(" A usual month moves by {}; bold months lie outside ±1.96 times that.", percent(usual));
    return out;
}

}  // namespace aitrading::report
