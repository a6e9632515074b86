#pragma once

#include "apps/aitrading/commands.hpp"

namespace aitrading::apps {

/// `up`, `serve`, `status` and `doctor`, as the functions of commands.hpp.
void add_service_commands(CLI::App& app, Context& context);
void add_status_command(CLI::App& app, Context& context);
void add_doctor_command(CLI::App& app, Context& context);

}  // namespace aitrading::apps
