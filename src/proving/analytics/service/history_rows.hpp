#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/event.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::proving {

/// How the events of a topic become rows of a history.
struct RecordedTopic {
    std::string topic;
    ports::HistorySchema history;
    /// @errors bad_input (no event of this topic's contract)
    std::function<Result<ports::HistoryRow>(const Event& event)> row_of;
};

/// models.predictions, regimes.states, correlation.matrices, market.bars.
std::vector<RecordedTopic> recorded_topics();

}  // namespace aitrading::proving
