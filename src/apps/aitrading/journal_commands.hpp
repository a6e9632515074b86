#pragma once

#include <map>

#include "apps/aitrading/commands.hpp"

namespace aitrading::apps {

/// `journal replay`
void add_replay_command(CLI::App& journal, Context& context);

/// `journal load`
void add_load_command(CLI::App& journal, Context& context);

/// `journal tail | verify`, as the functions of commands.hpp.
void add_journal_commands(CLI::App& app, Context& context);

/// Reads every event of the home's journal and checks its sum, its place and the file; how many each topic holds.
/// @errors not_found (no journal), gate_refused (damaged), interrupted
Result<std::map<std::string, std::int64_t>> verify_journal(const Context& context);

/// What the contracts add to it: `contracts`, `publish`.
void add_contract_commands(CLI::App& journal, Context& context);

}  // namespace aitrading::apps
