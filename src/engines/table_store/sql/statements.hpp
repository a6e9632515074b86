#pragma once

#include <string>
#include <vector>

#include "ports/table_store/table_engine.hpp"

/// The statements that SQLite and PostgreSQL have in common. Tables carry two columns of the engine's own, `_tenant` first in
/// each key and index and `_version` at the end; their names begin as no column's name may.
namespace aitrading::engines::sql {

enum class Dialect { sqlite, postgres };

/// Text, and the values of its parameters in order; the tenant is always the first parameter and not among them.
struct Query {
    std::string text;
    std::vector<ports::Value> values;
};

/// `"name"`: names of tables and columns hold no quote.
std::string quoted(std::string_view name);

/// Tenant and key to all columns and the version, at most one row.
std::string get_row(const ports::Table& table, Dialect dialect);
/// Tenant, then all columns of the row, in PostgreSQL nothing more: the version comes of its sequence and is returned; in
/// SQLite the version last.
std::string put_row(const ports::Table& table, Dialect dialect);
std::string erase_row(const ports::Table& table, Dialect dialect);
/// Tenant, the index's values, the key: a row of another key that is alike in a unique index.
std::string find_alike(const ports::Table& table, const ports::Table::Order& index, Dialect dialect);
/// One row more than the page may have, so that it is known whether more follow.
Query scan(const ports::ScanPlan& plan, Dialect dialect);
/// Fills a page of `plan` row by row, up to its bounds in rows and bytes.
struct PageFill {
    explicit PageFill(const ports::ScanPlan& plan) : plan_(&plan) {}
    /// False where the row belongs to the next page; `page.more` is set then.
    bool take(ports::StoredPage& page, ports::StoredRow row);

  private:
    const ports::ScanPlan* plan_;
    std::size_t bytes_ = 0;
};

/// The statements of one change, in order.
/// @param after the tables after the whole migration
std::vector<Query> change(const ports::Change& change, const ports::Catalog& after, Dialect dialect);
/// Names of a table's columns as stored, in order, and of all indexes in order of their names.
std::vector<std::string> stored_columns(const ports::Table& table);
std::vector<std::string> stored_indexes(const ports::Catalog& catalog);

/// Whether what was found is what a write expects. @param version of the row; none: there is no row @errors gate_refused
Result<void> meets(const ports::Table& table, const ports::Key& key, ports::Expect expect, const std::optional<std::int64_t>& version);
Error alike(const ports::Table& table, const ports::Table::Order& index);

}  // namespace aitrading::engines::sql
