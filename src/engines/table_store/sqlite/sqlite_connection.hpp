#pragma once

#include <map>
#include <memory>
#include <string>

#include "engines/sqlite/database.hpp"
#include "ports/table_store/table_engine.hpp"

namespace aitrading::engines::sqlite_tables {

/// One connection with the statements that it has prepared.
class Connection {
  public:
    explicit Connection(std::unique_ptr<sqlite::Database> database) : database_(std::move(database)) {}
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Ready for its parameters.
    sqlite::Statement& prepared(const std::string& text);
    sqlite::Database& database() { return *database_; }
    /// Closed without another step on the disk.
    void abandon() { abandoned_ = true; }

  private:
    std::unique_ptr<sqlite::Database> database_;
    std::map<std::string, sqlite::Statement> statements_;
    bool abandoned_ = false;
};

/// The value must stay where it is until the statement's next step.
void bind(sqlite::Statement& statement, int at, const ports::Value& value);
/// A cell of a row. @param column secret ones are bytes
ports::Value cell(const sqlite::Statement& statement, int at, const ports::Column& column);
/// All columns of a table, then the version.
ports::StoredRow stored_row(const sqlite::Statement& statement, const ports::Table& table);

}  // namespace aitrading::engines::sqlite_tables
