#pragma once

#include <string>

#include "domain/model.hpp"

namespace aitrading::models {

/// The panel as one JSON object with the keys of the command line's contract and the additional figures of
/// Panel. A figure that is not known is null with "<key>_reason" beside it. Numbers round-trip.
std::string panel_json(const Panel& panel);

}  // namespace aitrading::models
