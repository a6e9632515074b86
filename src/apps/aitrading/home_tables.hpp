#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "ports/table_store/schema.hpp"

namespace aitrading::apps {

/// Where the tables of a home lie.
std::filesystem::path tables_file(const std::filesystem::path& home);

/// All steps of the home's tables that there ever were: users, strategies, metadata, usage. A released one is never edited;
/// what changes is a new step at the end.
std::vector<ports::Migration> home_migrations();

/// Those that their tenant's users change themselves, through the database service; all others are their services' own.
std::set<std::string, std::less<>> open_tables_of_users();

}  // namespace aitrading::apps
