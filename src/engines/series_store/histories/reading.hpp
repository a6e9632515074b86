#pragma once

#include <functional>

#include "engines/series_store/histories/part_folder.hpp"
#include "engines/sqlite/database.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::engines::histories {

/// Runs work on the database within one moment of it.
using Look = std::function<Result<void>(const std::function<Result<void>(sqlite::Database&)>& work)>;

/// The reading half of the port: rows of the parts and rows that wait, merged.
class Reading final : public ports::HistoryReader {
  public:
    /// @param database_file named in errors @pre the folder outlives it
    Reading(Look look, PartFolder& parts, std::filesystem::path database_file) : look_(std::move(look)), parts_(parts), database_file_(std::move(database_file)) {}

    Result<std::vector<ports::HistorySchema>> histories() override;
    Result<std::vector<ports::HistorySymbol>> symbols(std::string_view tenant, std::string_view history) override;
    Result<ports::HistoryPage> read(std::string_view tenant, std::string_view history, const ports::HistoryQuery& query) override;
    Result<void> verify() override;

  private:
    struct Source;
    struct Moment;
    Result<bool> see(std::string_view tenant, std::string_view history, const ports::HistoryQuery& query, Moment& moment);
    Result<std::vector<Source>> sources_of(Moment& moment, const ports::HistoryQuery& query);
    Result<bool> verify_once();
    Result<void> verify_database(sqlite::Database& database) const;
    /// An error of the rows that wait, with the file they lie in.
    Error named(Error error) const;

    Look look_;
    PartFolder& parts_;
    std::filesystem::path database_file_;
};

}  // namespace aitrading::engines::histories
