#include "engines/table_store/sqlite/sqlite_connection.hpp"

namespace aitrading::engines::sqlite_tables {
namespace {

constexpr std::size_t statements_max = 256;  // a store of many tables asks for a handful of each

}  // namespace

Connection::~Connection() {
    statements_.clear();
    database_->close(!abandoned_);
}

sqlite::Statement& Connection::prepared(const std::string& text) {
    auto found = statements_.find(text);
    if (found == statements_.end()) {
        if (statements_.size() >= statements_max) statements_.clear();
        found = statements_.emplace(text, sqlite::Statement(*database_, text)).first;
    }
    return found->second;
}

void bind(sqlite::Statement& statement, int at, const ports::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) statement.bind(at, *text);
    else if (const auto* number = std::get_if<std::int64_t>(&value)) statement.bind(at, *number);
    else if (const auto* real = std::get_if<double>(&value)) statement.bind_real(at, *real);
    else if (const auto* bytes = std::get_if<ports::Bytes>(&value)) statement.bind_bytes(at, bytes->value);
    else if (const auto* truth = std::get_if<bool>(&value)) statement.bind(at, std::int64_t{*truth});
    else if (const auto* time = std::get_if<UnixNanos>(&value)) statement.bind(at, time->value);
    else statement.bind_null(at);
}

ports::Value cell(const sqlite::Statement& statement, int at, const ports::Column& column) {
    using ports::ColumnType;
    if (statement.is_null(at)) return {};
    if (column.secret) return ports::Bytes{statement.text(at)};
    switch (column.type) {
        case ColumnType::text: return statement.text(at);
        case ColumnType::integer: return statement.number(at);
        case ColumnType::real: return statement.real(at);
        case ColumnType::bytes: return ports::Bytes{statement.text(at)};
        case ColumnType::boolean: return statement.number(at) != 0;
        case ColumnType::time: return UnixNanos{statement.number(at)};
    }
    return {};
}

ports::StoredRow stored_row(const sqlite::Statement& statement, const ports::Table& table) {
    ports::StoredRow out;
    out.row.reserve(table.columns.size());
    for (std::size_t i = 0; i < table.columns.size(); ++i) out.row.push_back(cell(statement, static_cast<int>(i), table.columns[i]));
    out.version = statement.number(static_cast<int>(table.columns.size()));
    return out;
}

}  // namespace aitrading::engines::sqlite_tables
