#include "ports/table_store/schema.hpp"

#include <algorithm>
#include <set>

#include "base/bytes.hpp"
#include "base/sha256.hpp"

namespace aitrading::ports {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(std::string_view name, std::size_t size_max) {
    return !name.empty() && name.size() <= size_max &&
           std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '-' || c == '_'; });
}

std::unexpected<Error> refuse(const std::string& where, const std::string& why) { return fail(ErrorCode::usage, where + ": " + why); }

/// Tables, columns and indexes are names of SQL's as well.
Result<void> check_name(const std::string& where, std::string_view name) {
    const bool fits = !name.empty() && name.size() <= table_name_bytes_max && is_lower(name[0]) &&
                      std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
    if (fits && !name.starts_with("sqlite_") && !name.starts_with("pg_")) return {};
    return refuse(where, "'" + std::string(name.substr(0, 60)) +
                             "': a name has 1 to 30 lower-case letters, digits or underscores, a letter first, and is none of sqlite_… or pg_…");
}

Result<std::vector<std::size_t>> columns_of(const std::string& where, const Table& table, const std::vector<std::string>& names) {
    if (names.empty() || names.size() > key_columns_max) return refuse(where, "1 to 8 columns");
    std::vector<std::size_t> out;
    for (const std::string& wanted : names) {
        const auto at = table.column(wanted);
        if (!at) return refuse(where, "table " + table.name + " has no column '" + wanted + "'");
        const Column& column = table.columns[*at];
        if (column.nullable || column.secret) return refuse(where, "column '" + wanted + "' may be unknown or is secret: it cannot order rows");
        if (std::ranges::find(out, *at) != out.end()) return refuse(where, "column '" + wanted + "' is named twice");
        out.push_back(*at);
    }
    return out;
}

Result<void> add_index(const std::string& where, Table& table, const Index& index) {
    TRY_VOID(check_name(where, index.name));
    if (table.index(index.name) != nullptr) return refuse(where, "index '" + index.name + "' is there already");
    if (table.indexes.size() >= indexes_max) return refuse(where, "at most 8 indexes a table");
    TRY(auto columns, columns_of(where + ", index " + index.name, table, index.columns));
    table.indexes.push_back({index.name, std::move(columns), index.unique});
    return {};
}

Result<void> add_column(const std::string& where, Table& table, const Column& column) {
    TRY_VOID(check_name(where, column.name));
    if (table.column(column.name)) return refuse(where, "column '" + column.name + "' is there already");
    if (table.columns.size() >= columns_max) return refuse(where, "at most 64 columns a table");
    table.columns.push_back(column);
    return {};
}

class Step {
  public:
    Step(Catalog& catalog, const Migration& migration) : catalog_(catalog), where_("migration " + migration.name) {}

    Result<void> operator()(const CreateTable& change) const {
        const TableSchema& schema = change.table;
        TRY_VOID(check_name(where_, schema.name));
        const std::string where = where_ + ", table " + schema.name;
        if (catalog_.contains(schema.name)) return refuse(where, "is there already");
        if (catalog_.size() >= tables_max) return refuse(where, "at most 256 tables a store");
        Table table{.name = schema.name};
        for (const Column& column : schema.columns) TRY_VOID(add_column(where, table, column));
        TRY(table.key, columns_of(where + ", key", table, schema.key));
        for (const Index& index : schema.indexes) TRY_VOID(add_index(where, table, index));
        catalog_.emplace(schema.name, std::move(table));
        return {};
    }
    Result<void> operator()(const DropTable& change) const {
        TRY([[maybe_unused]] Table* there, find(change.table));
        catalog_.erase(change.table);
        return {};
    }
    Result<void> operator()(const AddColumn& change) const {
        TRY(Table* table, find(change.table));
        const std::string where = where_ + ", column " + change.table + "." + change.column.name;
        if (!fits(change.column.type, change.otherwise)) return refuse(where, "its value in the rows that are there is of another type");
        if (is_null(change.otherwise) && !change.column.nullable) return refuse(where, "needs a value for the rows that are there, or must be nullable");
        if (!is_null(change.otherwise) && change.column.secret) return refuse(where, "a secret column begins unknown");
        Value settled = change.otherwise;
        if (auto sound = settle(settled); !sound) return refuse(where, sound.error().text);
        return add_column(where, *table, change.column);
    }
    Result<void> operator()(const AddIndex& change) const {
        TRY(Table* table, find(change.table));
        return add_index(where_ + ", table " + change.table, *table, change.index);
    }
    Result<void> operator()(const DropIndex& change) const {
        TRY(Table* table, find(change.table));
        if (std::erase_if(table->indexes, [&](const Table::Order& o) { return o.name == change.index; }) == 1) return {};
        return refuse(where_ + ", table " + change.table, "has no index '" + change.index + "'");
    }

  private:
    Result<Table*> find(const std::string& name) const {
        const auto found = catalog_.find(name);
        if (found == catalog_.end()) return refuse(where_, "no table is called '" + name + "'");
        return &found->second;
    }
    Catalog& catalog_;
    std::string where_;
};

/// Everything that a change says, each part with its length before it, so that no two changes give the same bytes.
class Spelling {
  public:
    void operator()(const CreateTable& change) {
        out_.put_text("create_table");
        out_.put_text(change.table.name);
        out_.put(change.table.columns.size());
        for (const Column& column : change.table.columns) spell(column);
        spell(change.table.key);
        out_.put(change.table.indexes.size());
        for (const Index& index : change.table.indexes) spell(index);
    }
    void operator()(const DropTable& change) {
        out_.put_text("drop_table");
        out_.put_text(change.table);
    }
    void operator()(const AddColumn& change) {
        out_.put_text("add_column");
        out_.put_text(change.table);
        spell(change.column);
        out_.put_text(pack({change.otherwise}));
    }
    void operator()(const AddIndex& change) {
        out_.put_text("add_index");
        out_.put_text(change.table);
        spell(change.index);
    }
    void operator()(const DropIndex& change) {
        out_.put_text("drop_index");
        out_.put_text(change.table);
        out_.put_text(change.index);
    }
    void put(std::string_view text) { out_.put_text(text); }
    const std::string& bytes() const { return out_.bytes(); }

  private:
    void spell(const Column& column) {
        out_.put_text(column.name);
        out_.put_text(name(column.type));
        out_.put(column.nullable);
        out_.put(column.secret);
    }
    void spell(const Index& index) {
        out_.put_text(index.name);
        spell(index.columns);
        out_.put(index.unique);
    }
    void spell(const std::vector<std::string>& names) {
        out_.put(names.size());
        for (const std::string& one : names) out_.put_text(one);
    }
    ByteWriter out_;
};

}  // namespace

std::string checksum(const Migration& migration) {
    Spelling spelling;
    spelling.put(migration.name);
    for (const Change& change : migration.changes) std::visit(spelling, change);
    return sha256_hex(spelling.bytes());
}

std::optional<std::size_t> Table::column(std::string_view column_name) const {
    const auto found = std::ranges::find(columns, column_name, &Column::name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

const Table::Order* Table::index(std::string_view index_name) const {
    const auto found = std::ranges::find(indexes, index_name, &Order::name);
    return found == indexes.end() ? nullptr : &*found;
}

Key Table::key_of(const Row& row) const { return pick(row, key); }

std::vector<Value> Table::pick(const Row& row, const std::vector<std::size_t>& of) const {
    std::vector<Value> out;
    out.reserve(of.size());
    for (const std::size_t at : of) out.push_back(row[at]);
    return out;
}

bool Table::has_secrets() const { return std::ranges::any_of(columns, &Column::secret); }

Result<void> advance(Catalog& catalog, const Migration& migration) {
    if (!is_word(migration.name, 100))
        return refuse("migration '" + migration.name.substr(0, 100) + "'", "a name has 1 to 100 lower-case letters, digits, dots, dashes or underscores");
    if (migration.changes.empty()) return refuse("migration " + migration.name, "changes nothing");
    const Step step(catalog, migration);
    for (const Change& change : migration.changes) TRY_VOID(std::visit(step, change));
    return {};
}

Result<Catalog> catalog_of(std::span<const Migration> migrations) {
    Catalog catalog;
    std::set<std::string_view> names;
    for (const Migration& migration : migrations) {
        if (!names.insert(migration.name).second) return refuse("migration " + migration.name, "its name is used twice");
        TRY_VOID(advance(catalog, migration));
    }
    return catalog;
}

}  // namespace aitrading::ports
