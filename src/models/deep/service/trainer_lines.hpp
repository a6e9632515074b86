#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/deep/net_training.hpp"

namespace aitrading::models {

/// `progress epoch=3 epochs=24 step=120 steps=960 loss=0.61 validation=nan rows_per_second=85000 seconds_left=12.5`
std::string to_line(const TrainerProgress& progress);
/// `done epochs=12 best_epoch=6 validation=0.61 base=0.69`
std::string to_line(const TrainerSummary& summary);

/// Nothing where the line is of another kind.
std::optional<TrainerProgress> parse_progress(std::string_view line);
std::optional<TrainerSummary> parse_summary(std::string_view line);

}  // namespace aitrading::models
