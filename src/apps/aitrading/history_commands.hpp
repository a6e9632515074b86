#pragma once

#include "apps/aitrading/commands.hpp"

namespace aitrading::apps {

/// `data history`, as the functions of commands.hpp.
void add_history_command(CLI::App& data_group, Context& context);

}  // namespace aitrading::apps
