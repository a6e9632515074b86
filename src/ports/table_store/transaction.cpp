#include <algorithm>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "ports/table_store/table_store.hpp"

namespace aitrading::ports {
namespace {

std::unexpected<Error> bad(const Table& table, std::size_t column, const std::string& why) {
    return fail(ErrorCode::bad_input, "table " + table.name + ", column " + table.columns[column].name + ": " + why);
}

/// One value for one column: its type, its null, its text. @errors bad_input
Result<void> check_cell(const Table& table, std::size_t at, Value& value) {
    const Column& column = table.columns[at];
    if (is_null(value) && !column.nullable) return bad(table, at, "must be known");
    if (!fits(column.type, value)) return bad(table, at, "holds " + std::string(name(column.type)) + ", not " + std::string(is_null(value) ? "nothing" : name(static_cast<ColumnType>(value.index() - 1))));
    if (auto settled = settle(value); !settled) return bad(table, at, settled.error().text);
    return {};
}

Result<void> check_values(const Table& table, const std::vector<std::size_t>& columns, std::size_t first, std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) TRY_VOID(check_cell(table, columns[first + i], values[i]));
    return {};
}

Result<void> check_key(const Table& table, Key& key) {
    if (key.size() != table.key.size())
        return fail(ErrorCode::bad_input, "table " + table.name + ": a key has " + std::to_string(table.key.size()) + " values, not " + std::to_string(key.size()));
    TRY_VOID(check_values(table, table.key, 0, key));
    if (size_bytes(key) > key_bytes_max) return fail(ErrorCode::bad_input, "table " + table.name + ": a key is at most 512 bytes");
    return {};
}

Result<void> check_row(const Table& table, Row& row) {
    if (row.size() != table.columns.size())
        return fail(ErrorCode::bad_input, "table " + table.name + ": a row has " + std::to_string(table.columns.size()) + " values, not " + std::to_string(row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) TRY_VOID(check_cell(table, i, row[i]));
    if (size_bytes(row) > row_bytes_max)
        return fail(ErrorCode::bad_input, "table " + table.name + ": a row is at most 1 MiB; put what is larger into the archive and name it in the row");
    Key key = table.key_of(row);
    TRY_VOID(check_key(table, key));
    for (const Table::Order& index : table.indexes)
        if (size_bytes(table.pick(row, index.columns)) > index_bytes_max)
            return fail(ErrorCode::bad_input, "table " + table.name + ", index " + index.name + ": its columns are at most 512 bytes");
    return {};
}

/// Names what a mark belongs to: the same order of the same table, in the same direction, between the same bounds.
std::uint64_t scan_print(std::string_view tenant, const ScanPlan& plan) {
    Fingerprint print;
    print.add(tenant);
    print.add(plan.table->name);
    for (const std::size_t column : plan.order) print.add(column);
    print.add(plan.descending);
    for (const auto* values : {&plan.equal, &plan.from, &plan.to}) print.add(pack(*values));
    return print.value();
}

std::string mark_of(std::uint64_t print, const std::vector<Value>& at) {
    ByteWriter out;
    out.put(print);
    out.put_text(pack(at));
    return out.bytes();
}

Result<std::vector<Value>> read_mark(const std::string& mark, std::uint64_t print, std::size_t values_count) {
    ByteReader in(mark);
    const auto found = in.get<std::uint64_t>();
    const std::string packed = in.get_text();
    auto values = unpack_values(packed);
    if (!in.at_end() || found != print || !values || values->size() != values_count)
        return fail(ErrorCode::usage, "scan: `after` is no mark of this scan; take `next` of its page before");
    return values;
}

Result<ScanPlan> plan_of(const Table& table, std::string_view tenant, const Scan& scan) {
    if (scan.rows_max < 1 || scan.rows_max > page_rows_max || scan.bytes_max > page_bytes_max)
        return fail(ErrorCode::usage, "scan: a page has 1 to 10,000 rows and at most 16 MiB");
    ScanPlan plan{.table = &table, .equal = scan.equal, .from = scan.from, .to = scan.to, .descending = scan.descending,
                  .rows_max = scan.rows_max, .bytes_max = scan.bytes_max};
    if (!scan.index.empty()) {
        const Table::Order* index = table.index(scan.index);
        if (index == nullptr) return fail(ErrorCode::usage, "scan: table " + table.name + " has no index '" + scan.index + "'");
        plan.order = index->columns;
    }
    for (const std::size_t column : table.key)
        if (std::ranges::find(plan.order, column) == plan.order.end()) plan.order.push_back(column);
    if (plan.equal.size() + std::max(plan.from.size(), plan.to.size()) > plan.order.size())
        return fail(ErrorCode::usage, "scan: more values than the " + std::to_string(plan.order.size()) + " columns of that order");
    TRY_VOID(check_values(table, plan.order, 0, plan.equal));
    TRY_VOID(check_values(table, plan.order, plan.equal.size(), plan.from));
    TRY_VOID(check_values(table, plan.order, plan.equal.size(), plan.to));
    if (!scan.after.empty()) {
        TRY(plan.after, read_mark(scan.after, scan_print(tenant, plan), plan.order.size()));
        TRY_VOID(check_values(table, plan.order, 0, plan.after));
    }
    return plan;
}

}  // namespace

Transaction::Transaction(const TableStore& store, std::string tenant, Access access, std::unique_ptr<TableSession> session)
    : store_(&store), tenant_(std::move(tenant)), access_(access), session_(std::move(session)) {}

Result<const Table*> Transaction::begin_call(std::string_view table, bool writes) {
    if (ended_) return std::unexpected(*ended_);
    if (writes && access_ == Access::read) return fail(ErrorCode::usage, "the transaction reads only; begin one that writes");
    const auto found = store_->catalog().find(table);
    if (found == store_->catalog().end()) return fail(ErrorCode::not_found, "no table is called '" + std::string(table.substr(0, 60)) + "'");
    return &found->second;
}

Result<void> Transaction::count(std::size_t bytes) {
    if (writes_ >= transaction_writes_max || bytes_ + bytes > transaction_bytes_max)
        return fail(ErrorCode::usage, "a transaction writes at most 10,000 rows and 64 MiB; commit and begin another");
    ++writes_;
    bytes_ += bytes;
    return {};
}

template <class T>
Result<T> Transaction::noted(Result<T> result) {
    // What ends a transaction in a database ends it here, on every engine alike.
    if (!result && (result.error().retry_helps || result.error().code == ErrorCode::failed)) {
        ended_ = result.error();
        session_.reset();
    }
    return result;
}

std::string Transaction::context(const Table& table, const Key& key, std::size_t column) const {
    ByteWriter out;
    for (const std::string* part : {&tenant_, &table.name, &table.columns[column].name}) out.put_text(*part);
    out.put_text(pack(key));
    return out.bytes();
}

Result<void> Transaction::seal(const Table& table, Row& row) const {
    if (!table.has_secrets()) return {};
    const Key key = table.key_of(row);
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!table.columns[i].secret || is_null(row[i])) continue;
        // Keys may change between the two calls.
        std::string key_id, sealed;
        do {
            key_id = store_->cipher()->key_id();
            TRY(sealed, store_->cipher()->encrypt(pack({row[i]}), context(table, key, i)));
        } while (key_id != store_->cipher()->key_id());
        ByteWriter out;
        out.put_text(key_id);
        out.put_text(sealed);
        row[i] = Bytes{out.bytes()};
    }
    return {};
}

Result<void> Transaction::unseal(const Table& table, Row& row) const {
    if (!table.has_secrets()) return {};
    const Key key = table.key_of(row);
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!table.columns[i].secret || is_null(row[i])) continue;
        const auto damaged = [&] {
            return fail(ErrorCode::gate_refused, "table " + table.name + ", column " + table.columns[i].name + ": what is stored is no sealed value; restore it from a backup");
        };
        const auto* stored = std::get_if<Bytes>(&row[i]);
        if (stored == nullptr) return damaged();
        ByteReader in(stored->value);
        const std::string key_id = in.get_text(), sealed = in.get_text();
        if (!in.at_end()) return damaged();
        TRY(const std::string plain, store_->cipher()->decrypt(sealed, key_id, context(table, key, i)));
        auto values = unpack_values(plain);
        if (!values || values->size() != 1 || !fits(table.columns[i].type, values->front())) return damaged();
        row[i] = std::move(values->front());
    }
    return {};
}

Result<std::optional<StoredRow>> Transaction::get(std::string_view table_name, Key key) {
    TRY(const Table* table, begin_call(table_name, false));
    TRY_VOID(check_key(*table, key));
    TRY(std::optional<StoredRow> found, noted(session_->get(*table, key)));
    if (found) TRY_VOID(unseal(*table, found->row));
    return found;
}

Result<std::int64_t> Transaction::put(std::string_view table_name, Row row, Expect expect) {
    TRY(const Table* table, begin_call(table_name, true));
    TRY_VOID(check_row(*table, row));
    TRY_VOID(count(size_bytes(row)));
    TRY_VOID(seal(*table, row));
    return noted(session_->put(*table, row, expect));
}

Result<bool> Transaction::erase(std::string_view table_name, Key key, Expect expect) {
    TRY(const Table* table, begin_call(table_name, true));
    TRY_VOID(check_key(*table, key));
    TRY_VOID(count(size_bytes(key)));
    return noted(session_->erase(*table, key, expect));
}

Result<Page> Transaction::scan(std::string_view table_name, const Scan& scan) {
    TRY(const Table* table, begin_call(table_name, false));
    TRY(const ScanPlan plan, plan_of(*table, tenant_, scan));
    TRY(StoredPage stored, noted(session_->scan(plan)));
    Page page{.rows = std::move(stored.rows)};
    for (StoredRow& row : page.rows) TRY_VOID(unseal(*table, row.row));
    if (stored.more && !page.rows.empty()) page.next = mark_of(scan_print(tenant_, plan), table->pick(page.rows.back().row, plan.order));
    return page;
}

Result<void> Transaction::each(std::string_view table, Scan scan, const std::function<bool(const StoredRow&)>& take) {
    do {
        TRY(Page page, this->scan(table, scan));
        for (const StoredRow& row : page.rows)
            if (!take(row)) return {};
        scan.after = std::move(page.next);
    } while (!scan.after.empty());
    return {};
}

Result<void> Transaction::commit() {
    if (ended_) return std::unexpected(*ended_);
    const Result<void> done = session_->commit();
    session_.reset();
    ended_ = done ? Error{ErrorCode::usage, "the transaction is over; begin another", false} : done.error();
    return done;
}

}  // namespace aitrading::ports
