#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"
#include "base/hash.hpp"
#include "serving/database/page_marks.hpp"
#include "serving/database/service/cells.hpp"
#include "serving/database/service/database_state.hpp"
#include "serving/database/service/row_writes.hpp"

namespace aitrading::serving {
namespace {

constexpr int rows_otherwise = 100;
/// Of a page's values; gRPC's clients take 4 MiB a message unless told otherwise.
constexpr std::size_t page_bytes_max = std::size_t{2} << 20;

Result<v1::ListTablesReply> list_tables(DatabaseState&, const DatabaseStores& stores, const v1::ListTablesRequest&, const kit::Call&) {
    v1::ListTablesReply reply;
    for (const auto& [name, table] : stores.tables->catalog())
        if (!is_service_table(name)) set_summary(*reply.add_tables(), table, stores.writable.contains(name));
    return reply;
}

Result<v1::GetRowReply> get_row(DatabaseState& state, const DatabaseStores& stores, const v1::GetRowRequest& request, const kit::Call& call) {
    TRY(const ports::Table* table, shown_table(stores, request.table()));
    TRY(ports::Key key, values_of(request.key()));
    TRY(const auto left, time_left(state, call));
    TRY(ports::Transaction transaction, stores.tables->begin(call.tenant, ports::Access::read, left));
    TRY(const auto found, transaction.get(table->name, std::move(key)));
    v1::GetRowReply reply;
    reply.set_found(found.has_value());
    if (found) set_row(*reply.mutable_row(), *table, found->row, found->version);
    return reply;
}

Result<v1::ListRowsReply> list_rows(DatabaseState& state, const DatabaseStores& stores, const v1::ListRowsRequest& request, const kit::Call& call) {
    TRY(const ports::Table* table, shown_table(stores, request.table()));
    ports::Scan scan{.index = request.index(), .equal = {}, .from = {}, .to = {}, .descending = request.descending(), .bytes_max = page_bytes_max, .after = {}};
    TRY(scan.rows_max, page_size("rows_max", request.rows_max(), rows_otherwise, state.limits().page_rows_max));
    TRY(scan.equal, values_of(request.prefix()));
    // The store's own mark knows its question; this one lies around it and is checked for damage.
    Fingerprint print;
    for (const std::string_view part : {std::string_view("rows"), std::string_view(call.tenant), std::string_view(request.table()), std::string_view(request.index())}) print.add(part);
    if (!request.page().empty()) {
        TRY(scan.after, read_mark(request.page(), print.value()));
    }
    TRY(const auto left, time_left(state, call));
    TRY(ports::Transaction transaction, stores.tables->begin(call.tenant, ports::Access::read, left));
    TRY(const ports::Page page, transaction.scan(table->name, scan));
    v1::ListRowsReply reply;
    for (const ports::StoredRow& row : page.rows) set_row(*reply.add_rows(), *table, row.row, row.version);
    if (!page.next.empty()) reply.set_next_page(make_mark(print.value(), page.next));
    return reply;
}

Result<v1::WriteRowsReply> write_rows(DatabaseState& state, const DatabaseStores& stores, const v1::WriteRowsRequest& request, const kit::Call& call) {
    TRY(const PlannedWrites writes, planned_writes(stores, request));
    const UnixNanos now = state.clocks.wall();
    constexpr int attempts_max = 16;
    Result<std::int64_t> written = fail(ErrorCode::failed, "the tables are busy; try again", true);
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        TRY(const auto left, time_left(state, call));
        auto transaction = stores.tables->begin(call.tenant, ports::Access::write, left);
        written = transaction ? write_all(*transaction, writes, now) : Result<std::int64_t>(std::unexpected(transaction.error()));
        if (written) {
            // An answer that comes too late must not have done anything.
            TRY_VOID(time_left(state, call));
            if (const auto done = transaction->commit(); !done) written = std::unexpected(done.error());
        }
        if (written || !written.error().retry_helps) break;
    }
    if (!written) return std::unexpected(written.error());
    v1::WriteRowsReply reply;
    reply.set_written(*written);
    return reply;
}

}  // namespace

void add_table_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state) {
    answer(handlers, state, "aitrading.v1.TableService/ListTables", list_tables);
    answer(handlers, state, "aitrading.v1.TableService/GetRow", get_row);
    answer(handlers, state, "aitrading.v1.TableService/ListRows", list_rows);
    answer(handlers, state, "aitrading.v1.TableService/WriteRows", write_rows);
}

}  // namespace aitrading::serving
