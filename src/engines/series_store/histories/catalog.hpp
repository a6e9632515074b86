#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/series_store/histories/row_bytes.hpp"
#include "engines/sqlite/database.hpp"
#include "ports/series_store/history_store.hpp"

/// What the database beside the parts knows: histories, marks, rows that wait for a part, and which parts there are. A failure of a
/// statement is kept by the database; whoever runs the transaction sees it.
namespace aitrading::engines::histories {

inline constexpr int catalog_format = 1;
extern const char* const catalog_schema;

struct History {
    std::int64_t id = 0;
    ports::HistorySchema schema;
};

/// The rows of a tenant in a history.
struct Pile {
    std::int64_t history = 0;
    std::string tenant;
    friend auto operator<=>(const Pile&, const Pile&) = default;
};

/// One immutable file.
struct Part {
    std::int64_t id = 0;
    std::string file;  ///< its name within the folder of its pile
    int level = 0;     ///< how often its rows were merged
    std::int64_t rows = 0, bytes = 0;
    std::int64_t raw_bytes = 0;         ///< of its rows as they waited
    UnixNanos first, last;              ///< of known_at
    std::size_t columns = 0;            ///< how many of the history's it has: the first ones
    std::uint64_t sum = 0;              ///< Fingerprint of the file
};

/// How much waits in a pile.
struct Waiting {
    std::int64_t rows = 0, bytes = 0, last_number = 0;
    UnixNanos first, last;
};

/// @errors bad_input (columns that this program does not know)
Result<std::vector<History>> all_histories(sqlite::Database& database);
/// @errors not_found
Result<History> find_history(sqlite::Database& database, std::string_view name);
void put_history(sqlite::Database& database, const History& history);

std::vector<ports::HistoryMark> marks_of(sqlite::Database& database, std::int64_t history, std::string_view origin);
void put_mark(sqlite::Database& database, std::int64_t history, std::string_view origin, const ports::HistoryMark& mark);

std::vector<ports::HistorySymbol> symbols_of(sqlite::Database& database, const Pile& pile);
void add_to_symbol(sqlite::Database& database, const Pile& pile, const ports::HistorySymbol& more);

std::vector<std::string> tenants_of(sqlite::Database& database, std::int64_t history);

std::vector<Pile> piles_of_waiting(sqlite::Database& database);
std::vector<Pile> piles_of_parts(sqlite::Database& database);
Waiting waiting_in(sqlite::Database& database, const Pile& pile);
/// In the order in which they were made.
std::vector<Part> parts_of(sqlite::Database& database, const Pile& pile);
void add_part(sqlite::Database& database, const Pile& pile, const Part& part);
void remove_part(sqlite::Database& database, std::int64_t id);
void remove_waiting(sqlite::Database& database, const Pile& pile, std::int64_t up_to_number);

/// Rows that wait, one by one.
class WaitingRows {
  public:
    /// Those of a pile up to a number, by symbol, time and number.
    static WaitingRows of_pile(sqlite::Database& database, const Pile& pile, std::int64_t up_to_number);
    /// Those of one symbol behind a place and within a range, by time and number.
    static WaitingRows of_symbol(sqlite::Database& database, const Pile& pile, std::string symbol, TimeRange range, const ports::HistoryPlace& after);
    /// False at the end, also after a failure of the database. @errors gate_refused (damaged)
    Result<bool> next(StoredRow& row);

  private:
    WaitingRows() = default;
    // The statement is bound to the texts: they live as long, at one place.
    struct Bound {
        Pile pile;
        std::string symbol;
    };
    std::unique_ptr<Bound> bound_;
    sqlite::Statement statement_;
    bool ended_ = false;  ///< a statement at its end would begin again
};

/// Appends a row to those that wait. One statement for many rows.
class WaitingWriter {
  public:
    explicit WaitingWriter(sqlite::Database& database);
    /// The bytes that it takes.
    std::int64_t add(std::int64_t history, const std::string& tenant, const ports::HistoryRow& row);

  private:
    sqlite::Statement statement_;
};

}  // namespace aitrading::engines::histories
