#include "engines/series_store/histories/catalog.hpp"

#include <fmt/format.h>

#include <bit>

namespace aitrading::engines::histories {

using sqlite::Database;
using sqlite::Statement;

const char* const catalog_schema = R"(
CREATE TABLE IF NOT EXISTS histories(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, columns TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS marks(history INTEGER NOT NULL, origin TEXT NOT NULL, part INTEGER NOT NULL, up_to INTEGER NOT NULL,
  PRIMARY KEY(history, origin, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting(number INTEGER PRIMARY KEY AUTOINCREMENT, history INTEGER NOT NULL, tenant TEXT NOT NULL, symbol TEXT NOT NULL,
  known_at INTEGER NOT NULL, cells BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS waiting_order ON waiting(history, tenant, symbol, known_at, number);
CREATE TABLE IF NOT EXISTS parts(id INTEGER PRIMARY KEY AUTOINCREMENT, history INTEGER NOT NULL, tenant TEXT NOT NULL, file TEXT NOT NULL, level INTEGER NOT NULL,
  row_count INTEGER NOT NULL, bytes INTEGER NOT NULL, raw_bytes INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, columns INTEGER NOT NULL,
  sum INTEGER NOT NULL, UNIQUE(history, tenant, file));
CREATE TABLE IF NOT EXISTS symbols(history INTEGER NOT NULL, tenant TEXT NOT NULL, symbol TEXT NOT NULL, row_count INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, PRIMARY KEY(history, tenant, symbol)) WITHOUT ROWID;
)";

namespace {

std::string text_of(const std::vector<ports::HistoryColumn>& columns) {
    std::string out;
    for (const ports::HistoryColumn& column : columns) out += fmt::format("{}{} {}", out.empty() ? "" : ",", column.name, ports::name(column.type));
    return out;
}

Result<std::vector<ports::HistoryColumn>> columns_of(std::string_view text) {
    std::vector<ports::HistoryColumn> out;
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const std::size_t space = one.find(' ');
        if (space == std::string_view::npos) return fail(ErrorCode::bad_input, "columns '" + std::string(one) + "'");
        TRY(const ports::HistoryType type, ports::parse_history_type(one.substr(space + 1)));
        out.push_back({std::string(one.substr(0, space)), type});
    }
    return out;
}

std::string whose(std::int64_t history, std::string_view tenant, std::string_view symbol, std::int64_t known_at) { return fmt::format("{}/{}/{}/{}", history, tenant, known_at, symbol); }

std::vector<Pile> piles(Database& database, std::string_view sql) {
    std::vector<Pile> out;
    Statement rows(database, sql);
    while (rows.step()) out.push_back({rows.number(0), rows.text(1)});
    return out;
}

}  // namespace

Result<std::vector<History>> all_histories(Database& database) {
    std::vector<History> out;
    Statement rows(database, "SELECT id, name, columns FROM histories ORDER BY name");
    while (rows.step()) {
        History one{rows.number(0), {rows.text(1), {}}};
        TRY(one.schema.columns, columns_of(rows.text(2)));
        out.push_back(std::move(one));
    }
    return out;
}

Result<History> find_history(Database& database, std::string_view name) {
    TRY(auto all, all_histories(database));
    std::string names;
    for (History& one : all) {
        if (one.schema.name == name) return std::move(one);
        names += (names.empty() ? "" : ", ") + one.schema.name;
    }
    return fail(ErrorCode::not_found, fmt::format("no history '{}'; there are: {}", name, names.empty() ? "none" : names));
}

void put_history(Database& database, const History& history) {
    const std::string columns = text_of(history.schema.columns);
    Statement put(database, "INSERT INTO histories(name, columns) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET columns = ?2");
    put.bind(1, history.schema.name).bind(2, columns).run();
}

std::vector<ports::HistoryMark> marks_of(Database& database, std::int64_t history, std::string_view origin) {
    std::vector<ports::HistoryMark> out;
    Statement rows(database, "SELECT part, up_to FROM marks WHERE history = ?1 AND origin = ?2 ORDER BY part");
    rows.bind(1, history).bind(2, origin);
    while (rows.step()) out.push_back({static_cast<int>(rows.number(0)), rows.number(1)});
    return out;
}

void put_mark(Database& database, std::int64_t history, std::string_view origin, const ports::HistoryMark& mark) {
    Statement put(database, "INSERT INTO marks VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET up_to = max(up_to, ?4)");
    put.bind(1, history).bind(2, origin).bind(3, std::int64_t{mark.partition}).bind(4, mark.offset).run();
}

std::vector<ports::HistorySymbol> symbols_of(Database& database, const Pile& pile) {
    std::vector<ports::HistorySymbol> out;
    Statement rows(database, "SELECT symbol, row_count, first, last FROM symbols WHERE history = ?1 AND tenant = ?2 ORDER BY symbol");
    rows.bind(1, pile.history).bind(2, pile.tenant);
    while (rows.step()) out.push_back({rows.text(0), rows.number(1), {rows.number(2)}, {rows.number(3)}});
    return out;
}

void add_to_symbol(Database& database, const Pile& pile, const ports::HistorySymbol& more) {
    Statement put(database, "INSERT INTO symbols VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET row_count = row_count + ?4, first = min(first, ?5), last = max(last, ?6)");
    put.bind(1, pile.history).bind(2, pile.tenant).bind(3, more.symbol).bind(4, more.rows).bind(5, more.first.value).bind(6, more.last.value).run();
}

std::vector<std::string> tenants_of(Database& database, std::int64_t history) {
    std::vector<std::string> out;
    Statement rows(database, "SELECT DISTINCT tenant FROM symbols WHERE history = ?1 ORDER BY tenant");
    rows.bind(1, history);
    while (rows.step()) out.push_back(rows.text(0));
    return out;
}

std::vector<Pile> piles_of_waiting(Database& database) { return piles(database, "SELECT DISTINCT history, tenant FROM waiting ORDER BY history, tenant"); }
std::vector<Pile> piles_of_parts(Database& database) { return piles(database, "SELECT DISTINCT history, tenant FROM parts ORDER BY history, tenant"); }

Waiting waiting_in(Database& database, const Pile& pile) {
    Statement row(database,
                  "SELECT count(*), coalesce(sum(length(cells)), 0), coalesce(max(number), 0), coalesce(min(known_at), 0), coalesce(max(known_at), 0) FROM waiting "
                  "WHERE history = ?1 AND tenant = ?2");
    row.bind(1, pile.history).bind(2, pile.tenant);
    Waiting out;
    if (row.step()) out = {row.number(0), row.number(1), row.number(2), {row.number(3)}, {row.number(4)}};
    return out;
}

std::vector<Part> parts_of(Database& database, const Pile& pile) {
    std::vector<Part> out;
    Statement rows(database, "SELECT id, file, level, row_count, bytes, raw_bytes, first, last, columns, sum FROM parts WHERE history = ?1 AND tenant = ?2 ORDER BY id");
    rows.bind(1, pile.history).bind(2, pile.tenant);
    while (rows.step())
        out.push_back({.id = rows.number(0),
                       .file = rows.text(1),
                       .level = static_cast<int>(rows.number(2)),
                       .rows = rows.number(3),
                       .bytes = rows.number(4),
                       .raw_bytes = rows.number(5),
                       .first = {rows.number(6)},
                       .last = {rows.number(7)},
                       .columns = static_cast<std::size_t>(rows.number(8)),
                       .sum = std::bit_cast<std::uint64_t>(rows.number(9))});
    return out;
}

void add_part(Database& database, const Pile& pile, const Part& part) {
    Statement put(database, "INSERT INTO parts(history, tenant, file, level, row_count, bytes, raw_bytes, first, last, columns, sum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    put.bind(1, pile.history).bind(2, pile.tenant).bind(3, part.file).bind(4, std::int64_t{part.level}).bind(5, part.rows).bind(6, part.bytes);
    put.bind(7, part.raw_bytes).bind(8, part.first.value).bind(9, part.last.value).bind(10, static_cast<std::int64_t>(part.columns));
    put.bind(11, std::bit_cast<std::int64_t>(part.sum)).run();
}

void remove_part(Database& database, std::int64_t id) { Statement(database, "DELETE FROM parts WHERE id = ?1").bind(1, id).run(); }

void remove_waiting(Database& database, const Pile& pile, std::int64_t up_to_number) {
    Statement(database, "DELETE FROM waiting WHERE history = ?1 AND tenant = ?2 AND number <= ?3").bind(1, pile.history).bind(2, pile.tenant).bind(3, up_to_number).run();
}

WaitingRows WaitingRows::of_pile(Database& database, const Pile& pile, std::int64_t up_to_number) {
    WaitingRows out;
    out.bound_ = std::make_unique<Bound>(pile, std::string());
    out.statement_ = Statement(database,
                               "SELECT symbol, known_at, number, cells FROM waiting INDEXED BY waiting_order WHERE history = ?1 AND tenant = ?2 AND number <= ?3 "
                               "ORDER BY symbol, known_at, number");
    out.statement_.bind(1, pile.history).bind(2, out.bound_->pile.tenant).bind(3, up_to_number);
    return out;
}

WaitingRows WaitingRows::of_symbol(Database& database, const Pile& pile, std::string symbol, TimeRange range, const ports::HistoryPlace& after) {
    WaitingRows out;
    out.bound_ = std::make_unique<Bound>(pile, std::move(symbol));
    out.statement_ = Statement(database,
                               "SELECT symbol, known_at, number, cells FROM waiting INDEXED BY waiting_order WHERE history = ?1 AND tenant = ?2 AND symbol = ?3 "
                               "AND known_at >= ?4 AND known_at < ?5 AND (known_at, number) > (?6, ?7) ORDER BY known_at, number");
    out.statement_.bind(1, pile.history).bind(2, out.bound_->pile.tenant).bind(3, out.bound_->symbol);
    out.statement_.bind(4, range.from.value).bind(5, range.to.value).bind(6, after.known_at.value).bind(7, after.number);
    return out;
}

Result<bool> WaitingRows::next(StoredRow& row) {
    ended_ = ended_ || !statement_.step();
    if (ended_) return false;
    row.symbol = statement_.text(0);
    row.known_at = statement_.number(1);
    row.number = statement_.number(2);
    TRY(row.values, unpacked(statement_.text(3), whose(bound_->pile.history, bound_->pile.tenant, row.symbol, row.known_at)));
    return true;
}

WaitingWriter::WaitingWriter(Database& database) : statement_(database, "INSERT INTO waiting(history, tenant, symbol, known_at, cells) VALUES(?1, ?2, ?3, ?4, ?5)") {}

std::int64_t WaitingWriter::add(std::int64_t history, const std::string& tenant, const ports::HistoryRow& row) {
    const std::string cells = packed(row.values, whose(history, tenant, row.symbol, row.known_at.value));
    statement_.bind(1, history).bind(2, tenant).bind(3, row.symbol).bind(4, row.known_at.value).bind_bytes(5, cells).run();
    return static_cast<std::int64_t>(cells.size());
}

}  // namespace aitrading::engines::histories
