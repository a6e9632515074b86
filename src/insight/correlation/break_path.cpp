#include "insight/correlation/break_path.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"
#include "insight/correlation/breaks.hpp"

namespace aitrading::insight {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

BreakRow judge(std::span<const double> x, std::span<const double> y, std::size_t row, const BreakWindows& windows) {
    BreakRow out{row, nan, nan, nan, nan, nan, nan, nan, row};
    const std::size_t end = row + 1, middle = end - windows.after, begin = middle - windows.before;
    const auto cut = [](std::span<const double> all, std::size_t from, std::size_t to) { return all.subspan(from, to - from); };
    const auto fisher = fisher_two_windows(cut(x, begin, middle), cut(y, begin, middle), cut(x, middle, end), cut(y, middle, end));
    if (fisher) {
        out.before = fisher->before, out.after = fisher->after;
        out.p_fisher = fisher->p, out.p_robust = fisher->p_robust;
        const auto storm = contagion(cut(x, begin, middle), cut(y, begin, middle), cut(x, middle, end), cut(y, middle, end));
        if (storm) out.adjusted = storm->adjusted, out.p_adjusted = storm->corrected.p;
    }
    const std::size_t from = end - windows.cusum;
    if (const auto cusum = cusum_of_correlation(cut(x, from, end), cut(y, from, end)); cusum) {
        out.p_cusum = cusum->p;
        out.cusum_row = from + cusum->row;
    }
    return out;
}

}  // namespace

Result<std::vector<BreakRow>> break_path(std::span<const double> x, std::span<const double> y, const BreakWindows& windows) {
    CHECK(x.size() == y.size());
    if (windows.before < 10 || windows.after < 10 || windows.cusum < 30 || windows.every == 0)
        return fail(ErrorCode::usage, fmt::format("windows of {} and {} rows (at least 10) and {} (at least 30), every {} (at least 1)",
                                                  windows.before, windows.after, windows.cusum, windows.every));
    std::vector<BreakRow> out;
    const std::size_t first = std::max(windows.before + windows.after, windows.cusum) - 1;
    for (std::size_t row = first; row < x.size(); row += windows.every) out.push_back(judge(x, y, row, windows));
    return out;
}

}  // namespace aitrading::insight
