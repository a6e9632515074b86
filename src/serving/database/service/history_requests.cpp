#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {
namespace {

using ports::HistoryRow;
using ports::HistoryType;

constexpr int rows_otherwise = 100;
constexpr std::size_t bytes_max = std::size_t{2} << 20;  ///< of rows in one reply: readers of gRPC take 4 MB, and JSON is longer

v1::CellType type_of(HistoryType type) {
    switch (type) {
        case HistoryType::text: return v1::CELL_TYPE_TEXT;
        case HistoryType::integer: return v1::CELL_TYPE_INTEGER;
        case HistoryType::real: return v1::CELL_TYPE_REAL;
        case HistoryType::boolean: return v1::CELL_TYPE_BOOLEAN;
        case HistoryType::time: return v1::CELL_TYPE_TIME;
        case HistoryType::reals: return v1::CELL_TYPE_REALS;
    }
    return v1::CELL_TYPE_UNSPECIFIED;
}

Result<ports::HistoryReader*> histories_of(const DatabaseStores& stores) {
    if (stores.histories) return stores.histories.get();
    return fail(ErrorCode::not_found, "no histories are kept here");
}

struct Setter {
    v1::Cell& cell;
    void operator()(std::monostate) const { cell.clear_value(); }
    void operator()(const std::string& text) const { cell.set_text(text); }
    void operator()(std::int64_t integer) const { cell.set_integer(integer); }
    void operator()(double real) const { cell.set_real(real); }
    void operator()(bool boolean) const { cell.set_boolean(boolean); }
    void operator()(UnixNanos time) const { cell.set_instant_ns(time.value); }
    void operator()(const std::vector<double>& list) const { cell.mutable_reals()->mutable_values()->Assign(list.begin(), list.end()); }
};

void set_row(v1::TableRow& out, const std::vector<ports::HistoryColumn>& columns, const HistoryRow& row) {
    auto& cells = *out.mutable_cells();
    cells["symbol"].set_text(row.symbol);
    cells["known_at"].set_instant_ns(row.known_at.value);
    for (std::size_t i = 0; i < columns.size(); ++i) std::visit(Setter{cells[columns[i].name]}, row.values[i]);
}

Result<v1::ListHistoriesReply> list_histories(DatabaseState& state, const DatabaseStores& stores, const v1::ListHistoriesRequest&, const kit::Call& call) {
    TRY(ports::HistoryReader* const histories, histories_of(stores));
    TRY(const auto all, histories->histories());
    v1::ListHistoriesReply reply;
    for (const ports::HistorySchema& history : all) {
        TRY_VOID(time_left(state, call));
        v1::HistorySummary& to = *reply.add_histories();
        to.set_history(history.name);
        for (const ports::HistoryColumn& column : history.columns) {
            v1::ColumnSummary& one = *to.add_columns();
            one.set_column(column.name);
            one.set_type(type_of(column.type));
            one.set_nullable(true);
        }
        TRY(const auto symbols, histories->symbols(call.tenant, history.name));
        for (const ports::HistorySymbol& symbol : symbols) {
            v1::HistorySymbol& one = *to.add_symbols();
            one.set_symbol(symbol.symbol);
            one.set_rows(symbol.rows);
            one.set_first_ns(symbol.first.value);
            one.set_last_ns(symbol.last.value);
        }
    }
    return reply;
}

Result<v1::ReadHistoryReply> read_history(DatabaseState& state, const DatabaseStores& stores, const v1::ReadHistoryRequest& request, const kit::Call& call) {
    if (request.symbol().empty() || request.symbol().size() > ports::history_symbol_bytes_max) return fail(ErrorCode::bad_input, "symbol: 1 to 256 bytes");
    TRY(const int rows_max, page_size("rows_max", request.rows_max(), rows_otherwise, std::min<std::int64_t>(state.limits().page_rows_max, ports::history_page_rows_max)));
    const TimeRange all;
    const ports::HistoryQuery query{.symbol = request.symbol(),
                                    .range = {request.from_ns() == 0 ? all.from : UnixNanos{request.from_ns()}, request.to_ns() == 0 ? all.to : UnixNanos{request.to_ns()}},
                                    .columns = {request.columns().begin(), request.columns().end()},
                                    .rows_max = static_cast<std::size_t>(rows_max),
                                    .bytes_max = bytes_max,
                                    .page = request.page()};
    TRY(ports::HistoryReader* const histories, histories_of(stores));
    auto page = histories->read(call.tenant, request.history(), query);
    if (!page) {
        // What was asked wrongly is the request's fault, not the program's.
        const Error& error = page.error();
        return fail(error.code == ErrorCode::usage ? ErrorCode::bad_input : error.code, error.text, error.retry_helps);
    }
    v1::ReadHistoryReply reply;
    for (const HistoryRow& row : page->rows) set_row(*reply.add_rows(), page->columns, row);
    reply.set_next_page(page->next);
    return reply;
}

}  // namespace

void add_history_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state) {
    answer(handlers, state, "aitrading.v1.SeriesService/ListHistories", list_histories);
    answer(handlers, state, "aitrading.v1.SeriesService/ReadHistory", read_history);
}

}  // namespace aitrading::serving
