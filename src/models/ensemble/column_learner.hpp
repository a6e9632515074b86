#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// A member that says what a column of the matrix says: a probability that was learnt elsewhere (LearntColumns). A value
/// that is not finite counts as 1/2. Nothing is fitted here; calibration follows as for every member.
std::unique_ptr<Learner> make_column_learner(std::string name, std::size_t column);

}  // namespace aitrading::models
