#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ports/table_store/values.hpp"

namespace aitrading::ports {

/// What a store of tables holds at most; each refusal names the limit. Names, keys and indexes are those that PostgreSQL
/// can carry in one index entry.
inline constexpr std::size_t table_name_bytes_max = 30, key_bytes_max = 512, index_bytes_max = 512,
                             row_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t tables_max = 256, columns_max = 64, key_columns_max = 8, indexes_max = 8;

struct Column {
    std::string name;
    ColumnType type = ColumnType::text;
    bool nullable = false;
    bool secret = false;  ///< stored through the store's Cipher; in no key and no index
};

/// A second order of a table's rows, by columns that are never null; rows alike in them are ordered by the primary key.
struct Index {
    std::string name;
    std::vector<std::string> columns;
    bool unique = false;  ///< within a tenant
};

struct TableSchema {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::string> key;  ///< columns of the primary key, within a tenant
    std::vector<Index> indexes;
};

struct CreateTable {
    TableSchema table;
};
struct DropTable {
    std::string table;
};
struct AddColumn {
    std::string table;
    Column column;
    Value otherwise;  ///< in the rows that are there
};
struct AddIndex {
    std::string table;
    Index index;
};
struct DropIndex {
    std::string table, index;
};
using Change = std::variant<CreateTable, DropTable, AddColumn, AddIndex, DropIndex>;

/// One step forward of a store, done as a whole or not at all. Once it has been released it is never edited: stores
/// remember its name and checksum and refuse another one in its place.
struct Migration {
    std::string name;  ///< 1 to 100 lower-case letters, digits, dots, dashes or underscores
    std::vector<Change> changes;
};

/// SHA-256 of the name and of all that the changes say.
std::string checksum(const Migration& migration);

/// A table as all migrations so far leave it, with columns as numbers.
struct Table {
    struct Order {
        std::string name;
        std::vector<std::size_t> columns;
        bool unique = false;
    };
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key;
    std::vector<Order> indexes;

    std::optional<std::size_t> column(std::string_view column_name) const;
    const Order* index(std::string_view index_name) const;
    Key key_of(const Row& row) const;
    std::vector<Value> pick(const Row& row, const std::vector<std::size_t>& of) const;
    bool has_secrets() const;
};

/// All tables by name.
using Catalog = std::map<std::string, Table, std::less<>>;

/// Takes one more step. @errors usage (a name or limit broken, an unknown table or column), naming migration and table
Result<void> advance(Catalog& catalog, const Migration& migration);
/// Where all steps lead. @errors as advance; a name used twice
Result<Catalog> catalog_of(std::span<const Migration> migrations);

}  // namespace aitrading::ports
