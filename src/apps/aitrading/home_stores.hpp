#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/home_histories.hpp"
#include "kit/lifecycle/service.hpp"
#include "ports/table_store/table_engine.hpp"

namespace aitrading::apps {

/// The engine of the home's tables: PostgreSQL where POSTGRES_URL is set, else SQLite in the home.
/// @errors bad_input, failed: name the setting, never the password in it
Result<std::unique_ptr<ports::TableEngine>> open_table_engine(const Context& context, const kit::Settings& settings);

/// An error's text without the password of an address that it may repeat.
std::string without_password(std::string text, std::string_view url);

/// Makes the service `database-service` over the stores of the home, with the engines that the settings choose: tables (POSTGRES_URL, else
/// SQLite), values (DRAGONFLYDB_URL, else memory with a snapshot), archive (files), series (Parquet), histories (Parquet). New tables get all migrations;
/// tables that lack some are refused: `aitrading db migrate`. @pre context outlives it
kit::ServiceFactory database_factory(const Context& context, const std::shared_ptr<HomeHistories>& histories);

}  // namespace aitrading::apps
