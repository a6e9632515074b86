#pragma once

#include <vector>

#include "ports/checking.hpp"
#include "ports/series_store/conformance/history_ground.hpp"

/// The suite that every engine of HistoryStore must pass.
namespace aitrading::ports::conformance {

using HistoryCheck = CheckOn<MakeHistoryGround>;

/// All checks, in reading order.
std::vector<HistoryCheck> history_checks();

/// The parts of the list.
std::vector<HistoryCheck> history_reading_checks();
std::vector<HistoryCheck> history_keeping_checks();

}  // namespace aitrading::ports::conformance
