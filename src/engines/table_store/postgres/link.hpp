#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/table_store/postgres/postgres_tables.hpp"

namespace aitrading::engines::postgres {

/// What a statement gave, as PostgreSQL writes it.
class Answer {
  public:
    struct Inside;
    explicit Answer(std::shared_ptr<const Inside> inside);
    std::size_t rows() const;
    std::size_t changed() const;  ///< rows of an INSERT, UPDATE or DELETE
    bool is_null(std::size_t row, std::size_t column) const;
    std::string_view text(std::size_t row, std::size_t column) const;

  private:
    std::shared_ptr<const Inside> inside_;
};

/// A parameter as PostgreSQL reads it; none: null.
using Parameter = std::optional<std::string>;

/// One connection, for one thread at a time. It never opens itself anew.
class Link {
  public:
    /// @errors failed (with retry_helps)
    static Result<std::unique_ptr<Link>> open(const PostgresTablesOptions& options);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// One or more statements without parameters; the answer of the last.
    /// @errors failed: with retry_helps a conflict, a lost connection, a wait in vain
    Result<Answer> run(const std::string& text);
    /// One statement that is prepared once.
    Result<Answer> ask(const std::string& text, const std::vector<Parameter>& parameters);
    /// Names this connection for ever, and the server's process behind it as it is written in SQL.
    const std::string& token() const { return token_; }
    const std::string& process() const { return process_; }
    /// Counts what this connection commits.
    std::int64_t next_commit() { return ++commits_; }
    /// The connection is gone.
    bool lost() const { return lost_; }
    /// SQLSTATE of the last error; empty: none was told.
    const std::string& state() const { return state_; }

  private:
    struct Inside;
    Link(std::string where, std::unique_ptr<Inside> inside);
    template <class Work>
    Result<Answer> guarded(Work work);
    Error error_of(const std::string& what);

    std::string where_;
    std::unique_ptr<Inside> inside_;
    bool lost_ = false;
    std::string state_, token_, process_;
    std::int64_t commits_ = 0;
};

Parameter parameter(const ports::Value& value);
/// A cell of an answer. @errors gate_refused (not of the column's type)
Result<ports::Value> cell(const Answer& answer, std::size_t row, std::size_t column, const ports::Column& of);
/// All columns of a table, then the version. @errors gate_refused
Result<ports::StoredRow> stored_row(const Answer& answer, std::size_t row, const ports::Table& table);
std::int64_t number(std::string_view text);

}  // namespace aitrading::engines::postgres
