#include <CLI/CLI.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"

namespace aitrading::apps {

void add_data_tools(CLI::App&, Context&) {}

}  // namespace aitrading::apps
