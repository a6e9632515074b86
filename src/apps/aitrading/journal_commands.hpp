#pragma once

#include "apps/aitrading/commands.hpp"

namespace aitrading::apps {

/// `journal replay`
void add_replay_command(CLI::App& journal, Context& context);

/// `journal tail | verify | load`, as the functions of commands.hpp.
void add_journal_commands(CLI::App& app, Context& context);

/// What the contracts add to it: `contracts`, `publish`.
void add_contract_commands(CLI::App& journal, Context& context);

}  // namespace aitrading::apps
