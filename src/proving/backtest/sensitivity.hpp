#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// The options with every cost of the venue (spread, commission, fixed or random slippage, paid swap) times `percent` / 100.
/// Swap that is received stays; slippage as a share of the spread follows the spread.
RunOptions with_costs(RunOptions options, std::int64_t percent);
/// The bars with the spread that they carry themselves (ask or spread columns) times `percent` / 100.
BarColumns with_spreads(BarColumns bars, std::int64_t percent);

/// One run under a changed assumption.
struct SensitivityRun {
    std::string what;  ///< "costs 1.5×"
    RunResult result;
};

/// The same strategy on the same bars without costs, with 1, 1.5 and 2 times the costs, and filled at the other price (the
/// close that decided, or the next open). The strategy is not told: it decides as before. Inside a bar the worse order of
/// high and low is assumed, as in run_bars.
/// @param make a fresh strategy for each run   @errors as run_bars, those of `make`   @complexity five runs
Result<std::vector<SensitivityRun>> run_sensitivity(const BarColumns& bars,
                                                    const std::function<Result<std::unique_ptr<trading::Strategy>>()>& make,
                                                    const RunOptions& options, std::stop_token stop);

}  // namespace aitrading::backtest
