#pragma once

#include "apps/aitrading/commands.hpp"

namespace aitrading::apps {

/// `db backup | restore | verify | migrate`, as the functions of commands.hpp.
void add_db_commands(CLI::App& app, Context& context);

}  // namespace aitrading::apps
