#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "domain/trade.hpp"

namespace aitrading::apps {

/// The keys of `backtest --json`: amounts as numbers, what could not be computed as null with its reason in `reasons`.
nlohmann::json run_result_json(const RunResult& result);

/// What a person reads: aligned lines, notes, and a last line that says what came out and what to type next.
std::string run_result_text(const RunResult& result);

}  // namespace aitrading::apps
