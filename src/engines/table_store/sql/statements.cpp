#include "engines/table_store/sql/statements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aitrading::engines::sql {
namespace {

using ports::ColumnType;
using ports::Table;
using Columns = std::vector<std::size_t>;

std::string parameter(Dialect dialect, std::size_t number) { return (dialect == Dialect::sqlite ? "?" : "$") + std::to_string(number); }

std::string type_of(ColumnType type, Dialect dialect) {
    const bool lite = dialect == Dialect::sqlite;
    switch (type) {
        case ColumnType::text: return lite ? "TEXT" : "text COLLATE \"C\"";
        case ColumnType::integer:
        case ColumnType::time: return lite ? "INTEGER" : "bigint";
        case ColumnType::real: return lite ? "REAL" : "double precision";
        case ColumnType::bytes: return lite ? "BLOB" : "bytea";
        case ColumnType::boolean: return lite ? "INTEGER" : "boolean";
    }
    return {};
}

std::string definition(const ports::Column& column, Dialect dialect) {
    return quoted(column.name) + " " + type_of(column.secret ? ColumnType::bytes : column.type, dialect) + (column.nullable ? "" : " NOT NULL");
}

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ") {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : std::string(between)) + part;
    return out;
}

std::vector<std::string> names_of(const Table& table, const Columns& columns) {
    std::vector<std::string> out;
    out.reserve(columns.size());
    for (const std::size_t at : columns) out.push_back(quoted(table.columns[at].name));
    return out;
}

Columns all_of(const Table& table) {
    Columns out(table.columns.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
    return out;
}

std::vector<std::string> parameters(Dialect dialect, std::size_t first, std::size_t count) {
    std::vector<std::string> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) out.push_back(parameter(dialect, first + i));
    return out;
}

/// `"_tenant" = ?1 AND "a" = ?2 AND …`, parameters from `first` on.
std::string equals(const Table& table, const Columns& columns, Dialect dialect, std::size_t first) {
    std::string out = "\"_tenant\" = " + parameter(dialect, 1);
    for (const std::string& one : names_of(table, columns)) out += " AND " + one + " = " + parameter(dialect, first++);
    return out;
}

std::string index_name(std::string_view table, std::string_view index) { return std::string(table) + "." + std::string(index); }

Query create_index(const std::string& table, const ports::Index& index, const std::vector<std::string>& key, Dialect dialect) {
    std::vector<std::string> columns{"\"_tenant\""};
    for (const std::string& column : index.columns) columns.push_back(quoted(column));
    // What SQLite does by itself: the key orders rows that are alike in the index.
    if (!index.unique && dialect == Dialect::postgres)
        for (const std::string& column : key)
            if (std::ranges::find(index.columns, column) == index.columns.end()) columns.push_back(quoted(column));
    return {std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + quoted(index_name(table, index.name)) + " ON " + quoted(table) + " (" + joined(columns) + ")", {}};
}

std::vector<Query> create_table(const ports::TableSchema& schema, Dialect dialect) {
    const bool lite = dialect == Dialect::sqlite;
    std::vector<std::string> lines{"\"_tenant\" " + type_of(ColumnType::text, dialect) + " NOT NULL"};
    for (const ports::Column& column : schema.columns) lines.push_back(definition(column, dialect));
    lines.push_back(std::string("\"_version\" ") + type_of(ColumnType::integer, dialect) + " NOT NULL");
    std::vector<std::string> key{"\"_tenant\""};
    for (const std::string& column : schema.key) key.push_back(quoted(column));
    lines.push_back("PRIMARY KEY (" + joined(key) + ")");
    // In SQLite the rows themselves lie in the order of the key.
    std::vector<Query> out{{"CREATE TABLE " + quoted(schema.name) + " (" + joined(lines) + ")" + (lite ? " WITHOUT ROWID, STRICT" : ""), {}}};
    for (const ports::Index& index : schema.indexes) out.push_back(create_index(schema.name, index, schema.key, dialect));
    return out;
}

std::string doubled(const std::string& text, char what) {
    std::string out;
    for (const char c : text) out += c == what ? std::string(2, c) : std::string(1, c);
    return out;
}

std::string hex(const std::string& bytes) {
    std::string out;
    for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

/// A value as SQL of its own, where no parameters are possible.
std::string literal(const ports::Value& value, Dialect dialect) {
    const bool lite = dialect == Dialect::sqlite;
    if (const auto* text = std::get_if<std::string>(&value))
        return lite ? "'" + doubled(*text, '\'') + "'" : "E'" + doubled(doubled(*text, '\\'), '\'') + "'";
    if (const auto* bytes = std::get_if<ports::Bytes>(&value)) return lite ? "X'" + hex(bytes->value) + "'" : "'\\x" + hex(bytes->value) + "'::bytea";
    if (const auto* truth = std::get_if<bool>(&value)) return lite ? (*truth ? "1" : "0") : (*truth ? "true" : "false");
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* time = std::get_if<UnixNanos>(&value)) return std::to_string(time->value);
    if (const auto* real = std::get_if<double>(&value)) {
        if (std::isinf(*real)) return std::string(*real < 0 ? "-" : "") + (lite ? "9e999" : "'Infinity'::float8");
        return fmt::format("{:.17g}", *real);
    }
    return "NULL";
}

}  // namespace

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string get_row(const Table& table, Dialect dialect) {
    return "SELECT " + joined(names_of(table, all_of(table))) + ", \"_version\" FROM " + quoted(table.name) + " WHERE " + equals(table, table.key, dialect, 2);
}

std::string put_row(const Table& table, Dialect dialect) {
    const bool lite = dialect == Dialect::sqlite;
    const std::size_t count = table.columns.size();
    const std::string version = lite ? parameter(dialect, count + 2) : "nextval('\"aitrading.versions\"')";
    std::vector<std::string> changes;
    for (std::size_t i = 0; i < count; ++i)
        if (std::ranges::find(table.key, i) == table.key.end()) changes.push_back(quoted(table.columns[i].name) + " = excluded." + quoted(table.columns[i].name));
    changes.emplace_back("\"_version\" = excluded.\"_version\"");
    std::vector<std::string> key{"\"_tenant\""};
    std::ranges::copy(names_of(table, table.key), std::back_inserter(key));
    return "INSERT INTO " + quoted(table.name) + " (\"_tenant\", " + joined(names_of(table, all_of(table))) + ", \"_version\") VALUES (" +
           joined(parameters(dialect, 1, count + 1)) + ", " + version + ") ON CONFLICT (" + joined(key) + ") DO UPDATE SET " + joined(changes) +
           (lite ? "" : " RETURNING \"_version\"");
}

std::string erase_row(const Table& table, Dialect dialect) {
    return "DELETE FROM " + quoted(table.name) + " WHERE " + equals(table, table.key, dialect, 2);
}

std::string find_alike(const Table& table, const Table::Order& index, Dialect dialect) {
    const std::size_t key_first = 2 + index.columns.size();
    return "SELECT 1 FROM " + quoted(table.name) + " WHERE " + equals(table, index.columns, dialect, 2) + " AND (" + joined(names_of(table, table.key)) +
           ") <> (" + joined(parameters(dialect, key_first, table.key.size())) + ") LIMIT 1";
}

Query scan(const ports::ScanPlan& plan, Dialect dialect) {
    const Table& table = *plan.table;
    const std::vector<std::string> order = names_of(table, plan.order);
    Query query;
    const Columns equal(plan.order.begin(), plan.order.begin() + static_cast<std::ptrdiff_t>(plan.equal.size()));
    std::string where = equals(table, equal, dialect, 2);
    query.values = plan.equal;
    const auto bound = [&](const std::vector<ports::Value>& values, std::size_t first_column, std::string_view compared) {
        if (values.empty()) return;
        const std::vector<std::string> columns(order.begin() + static_cast<std::ptrdiff_t>(first_column), order.begin() + static_cast<std::ptrdiff_t>(first_column + values.size()));
        where += " AND (" + joined(columns) + ") " + std::string(compared) + " (" + joined(parameters(dialect, query.values.size() + 2, values.size())) + ")";
        query.values.insert(query.values.end(), values.begin(), values.end());
    };
    bound(plan.from, plan.equal.size(), ">=");
    bound(plan.to, plan.equal.size(), "<");
    // Columns that are equal anyway would only hide the range from an index.
    if (!plan.after.empty() && plan.after.size() > plan.equal.size())
        bound({plan.after.begin() + static_cast<std::ptrdiff_t>(plan.equal.size()), plan.after.end()}, plan.equal.size(), plan.descending ? "<" : ">");
    else if (!plan.after.empty()) where += " AND 1 = 0";
    std::vector<std::string> sorted;
    sorted.reserve(order.size());
    for (const std::string& column : order) sorted.push_back(column + (plan.descending ? " DESC" : ""));
    query.text = "SELECT " + joined(names_of(table, all_of(table))) + ", \"_version\" FROM " + quoted(table.name) + " WHERE " + where + " ORDER BY " + joined(sorted) +
                 " LIMIT " + std::to_string(plan.rows_max + 1);
    return query;
}

bool PageFill::take(ports::StoredPage& page, ports::StoredRow row) {
    bytes_ += ports::size_bytes(row.row);
    if (page.rows.size() >= static_cast<std::size_t>(plan_->rows_max) || (bytes_ > plan_->bytes_max && !page.rows.empty())) {
        page.more = true;
        return false;
    }
    page.rows.push_back(std::move(row));
    return true;
}

std::vector<Query> change(const ports::Change& change, const ports::Catalog& after, Dialect dialect) {
    if (const auto* create = std::get_if<ports::CreateTable>(&change)) return create_table(create->table, dialect);
    if (const auto* drop = std::get_if<ports::DropTable>(&change)) return {{"DROP TABLE " + quoted(drop->table), {}}};
    if (const auto* index = std::get_if<ports::AddIndex>(&change)) {
        std::vector<std::string> key;
        if (const auto table = after.find(index->table); table != after.end())
            for (const std::size_t at : table->second.key) key.push_back(table->second.columns[at].name);
        return {create_index(index->table, index->index, key, dialect)};
    }
    if (const auto* gone = std::get_if<ports::DropIndex>(&change)) return {{"DROP INDEX " + quoted(index_name(gone->table, gone->index)), {}}};
    const auto& add = std::get<ports::AddColumn>(change);
    return {{"ALTER TABLE " + quoted(add.table) + " ADD COLUMN " + definition(add.column, dialect) +
                 (ports::is_null(add.otherwise) ? "" : " DEFAULT " + literal(add.otherwise, dialect)),
             {}}};
}

std::vector<std::string> stored_columns(const Table& table) {
    std::vector<std::string> out{"_tenant", "_version"};
    for (const ports::Column& column : table.columns) out.push_back(column.name);
    std::ranges::sort(out);
    return out;
}

std::vector<std::string> stored_indexes(const ports::Catalog& catalog) {
    std::vector<std::string> out;
    for (const auto& [name, table] : catalog)
        for (const Table::Order& index : table.indexes) out.push_back(index_name(name, index.name));
    std::ranges::sort(out);
    return out;
}

Result<void> meets(const Table& table, const ports::Key& key, ports::Expect expect, const std::optional<std::int64_t>& version) {
    using Kind = ports::Expect::Kind;
    const std::string where = "table " + table.name + ", key " + ports::shown(key.front()) + (key.size() > 1 ? " …" : "");
    if (expect.kind == Kind::absent && version) return fail(ErrorCode::gate_refused, where + ": there is a row already");
    if ((expect.kind == Kind::present || expect.kind == Kind::version) && !version) return fail(ErrorCode::gate_refused, where + ": there is no row");
    if (expect.kind == Kind::version && *version != expect.version)
        return fail(ErrorCode::gate_refused, where + ": changed since; it is version " + std::to_string(*version) + ", not " + std::to_string(expect.version) + ": read it again");
    return {};
}

Error alike(const Table& table, const Table::Order& index) {
    return {ErrorCode::gate_refused, "table " + table.name + ": another row has the same values in the unique index " + index.name, false};
}

}  // namespace aitrading::engines::sql
