#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::ports {

enum class HistoryType : std::uint8_t { text, integer, real, boolean, time, reals };
/// `text integer real boolean time reals`
std::string_view name(HistoryType type);
/// @errors bad_input
Result<HistoryType> parse_history_type(std::string_view text);

struct HistoryColumn {
    std::string name;
    HistoryType type = HistoryType::text;
    friend bool operator==(const HistoryColumn&, const HistoryColumn&) = default;
};

/// A history: a name and its columns besides `symbol` and `known_at`, which every row has.
struct HistorySchema {
    std::string name;
    std::vector<HistoryColumn> columns;
    friend bool operator==(const HistorySchema&, const HistorySchema&) = default;
};

/// A cell; the first: not known. A real that is NaN is not known either and comes back so; in a list NaN stays NaN. Everything
/// else comes back bit by bit, infinities and -0.0 too.
using HistoryValue = std::variant<std::monostate, std::string, std::int64_t, double, bool, UnixNanos, std::vector<double>>;

struct HistoryRow {
    std::string symbol;
    UnixNanos known_at;                ///< when it became known: nobody could have used it earlier
    std::vector<HistoryValue> values;  ///< in the order of the columns; fewer: the rest is not known
};

/// How far the events of one partition have been taken in.
struct HistoryMark {
    int partition = 0;
    std::int64_t offset = 0;  ///< rises from 1 on
    friend auto operator<=>(const HistoryMark&, const HistoryMark&) = default;
};

/// A row, whose it is, and the event that it was made of.
struct HistoryEntry {
    std::string tenant;
    HistoryRow row;
    HistoryMark made_of;
};

/// What the events of one topic up to some marks came to.
struct HistoryBatch {
    std::string origin;                 ///< whose offsets these are: `journal/models.predictions`
    std::vector<HistoryMark> up_to;     ///< at most one a partition
    std::vector<HistoryEntry> entries;  ///< offsets do not fall within a partition, and lie within `up_to`
};

struct HistoryAppended {
    std::int64_t added = 0;
    std::int64_t known = 0;  ///< were there already
};

struct HistoryQuery {
    std::string symbol;
    TimeRange range;                   ///< of known_at
    std::vector<std::string> columns;  ///< these in this order; none: all
    std::size_t rows_max = 1'000;
    std::size_t bytes_max = std::size_t{16} << 20;  ///< at most that, and one row always passes
    std::string page;  ///< `next` of the page before, with the same symbol; empty: from the beginning
};

struct HistoryPage {
    std::vector<HistoryColumn> columns;
    std::vector<HistoryRow> rows;
    std::string next;  ///< empty: there were no more
};

struct HistorySymbol {
    std::string symbol;
    std::int64_t rows = 0;
    UnixNanos first, last;
    friend bool operator==(const HistorySymbol&, const HistorySymbol&) = default;
};

inline constexpr std::size_t history_columns_max = 64, history_text_bytes_max = 65'536, history_list_max = 4'096, history_row_bytes_max = std::size_t{1} << 20,
                             history_batch_rows_max = 100'000, history_batch_bytes_max = std::size_t{64} << 20, history_page_rows_max = 10'000,
                             history_page_bytes_max = std::size_t{16} << 20, history_symbol_bytes_max = 256;

/// Reading histories. Which histories there are is the program's matter, what lies in them each tenant's own: no name of one
/// reaches what is another's. Safe to use from several threads.
class HistoryReader {
  public:
    virtual ~HistoryReader() = default;
    /// By name. @errors failed
    virtual Result<std::vector<HistorySchema>> histories() = 0;
    /// What a tenant has in a history, by symbol. @errors not_found, usage (tenant), failed
    virtual Result<std::vector<HistorySymbol>> symbols(std::string_view tenant, std::string_view history) = 0;
    /// Rows of a symbol by known_at, those of one moment as they were appended. A page has at most rows_max rows and bytes_max bytes; rows that come meanwhile and lie behind its end are in later pages. Memory is bounded by a page.
    /// @errors not_found (history), usage (column, rows_max outside 1..10,000, bytes_max over 16 MiB, a page that is none), gate_refused (damaged: names
    /// the file), failed
    virtual Result<HistoryPage> read(std::string_view tenant, std::string_view history, const HistoryQuery& query) = 0;
    /// Reads everything. @errors gate_refused (names what is damaged), failed
    virtual Result<void> verify() = 0;
};

/// Rows appended in the order in which things became known, or nearly so, and never changed. Readers go on beside a writer.
/// After a write that the disk refuses no more is written until the store is opened anew; reading goes on.
class HistoryStore : public HistoryReader {
  public:
    /// Makes a history, or adds columns to it: those that are there stay first, as they are. Rows from before have nothing in
    /// new columns. @errors usage (names, a column missing, another type), failed
    virtual Result<void> define(const HistorySchema& schema) = 0;
    /// Rows and marks are one durable step. Events up to the marks that are there had their effect: their rows are not added
    /// again, so that a batch may come as often as it likes, also cut differently.
    /// @errors not_found (history), usage (limits, types, marks that do not fit), failed
    virtual Result<HistoryAppended> append(std::string_view history, const HistoryBatch& batch) = 0;
    /// How far an origin has come in a history, by partition. @errors not_found, failed
    virtual Result<std::vector<HistoryMark>> marks(std::string_view history, std::string_view origin) = 0;
    /// Who has rows in a history: for the platform's own work, never for a tenant. @errors not_found, failed
    virtual Result<std::vector<std::string>> tenants(std::string_view history) = 0;
    /// Puts what was appended lately into the form in which it is read best; changes no answer. @errors failed, gate_refused
    virtual Result<void> compact() = 0;
    /// ok, or what is wrong: why it stopped writing, or cannot compact.
    virtual Result<void> health() = 0;
};

/// @errors usage
Result<void> check_history_schema(const HistorySchema& schema);
/// Whether `next` is `now` with columns added. @errors usage
Result<void> check_history_growth(const HistorySchema& now, const HistorySchema& next);
/// @errors usage, naming the entry
Result<void> check_history_batch(const HistorySchema& schema, const HistoryBatch& batch);
/// Positions of the columns that a query asks for. @errors usage
Result<std::vector<std::size_t>> check_history_query(const HistorySchema& schema, const HistoryQuery& query);

/// Bytes that a row counts with against the limits.
std::size_t size_bytes(const HistoryRow& row);

/// The last row of a page: rows of one moment are told apart by a number that rises as they are appended.
struct HistoryPlace {
    UnixNanos known_at;
    std::int64_t number = 0;
    friend auto operator<=>(const HistoryPlace&, const HistoryPlace&) = default;
};
/// As a mark that fits no other tenant, history or symbol.
std::string page_after(const HistoryPlace& place, std::string_view tenant, std::string_view history, std::string_view symbol);
/// @errors usage
Result<HistoryPlace> parse_page(std::string_view page, std::string_view tenant, std::string_view history, std::string_view symbol);

}  // namespace aitrading::ports
