#include "serving/database/service/row_writes.hpp"

#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"
#include "base/bytes.hpp"
#include "base/sha256.hpp"

namespace aitrading::serving {
namespace {

using ports::Expect;

constexpr std::size_t key_bytes_max = 200;
constexpr std::int64_t keys_kept_ns = std::int64_t{7} * 24 * 3'600 * 1'000'000'000;
/// Old keys are removed by those who bring new ones, a few each.
constexpr int keys_removed_at_once = 8;

Result<Expect> expect_of(const v1::RowWrite& write) {
    const bool conditional = write.condition() != v1::RowWrite::CONDITION_UNSPECIFIED;
    if (write.has_expected_version() && conditional) return fail(ErrorCode::bad_input, "a write expects a version or has a condition, not both");
    if (write.has_expected_version()) return Expect::at(write.expected_version());
    switch (write.condition()) {
        case v1::RowWrite::CONDITION_UNSPECIFIED: return Expect::anything();
        case v1::RowWrite::CONDITION_ABSENT: return Expect::absent();
        case v1::RowWrite::CONDITION_PRESENT: return Expect::present();
        default: return fail(ErrorCode::bad_input, fmt::format("condition {} is not known here", static_cast<int>(write.condition())));
    }
}

Result<PlannedWrite> planned(const DatabaseStores& stores, const v1::RowWrite& write) {
    PlannedWrite out;
    TRY(out.table, shown_table(stores, write.table()));
    if (!stores.writable.contains(write.table()))
        return fail(ErrorCode::gate_refused, fmt::format("table {} is read only here: the service that it belongs to writes it (ListTables says which are writable)", write.table()));
    TRY(out.expect, expect_of(write));
    out.erase = write.has_remove();
    if (write.has_put()) {
        TRY(out.put, given_row(write.put(), *out.table));
    } else if (write.has_remove()) {
        TRY(out.key, values_of(write.remove().cells()));
    } else {
        return fail(ErrorCode::bad_input, "it says neither put nor remove");
    }
    return out;
}

/// The same for the same writes, whatever order their cells came in.
std::string print_of(const std::vector<PlannedWrite>& writes) {
    ByteWriter out;
    for (const PlannedWrite& write : writes) {
        out.put_text(write.table->name);
        out.put(write.erase);
        out.put(write.expect.kind);
        out.put(write.expect.version);
        for (const bool given : write.put.given) out.put(given);
        out.put_text(ports::pack(write.erase ? write.key : write.put.row));
    }
    return sha256_hex(out.bytes());
}

/// What the row holds in secret columns that the put does not name.
Result<void> keep_secrets(ports::Transaction& transaction, const PlannedWrite& write, ports::Row& row) {
    bool kept = false;
    for (std::size_t i = 0; i < row.size(); ++i) kept = kept || (write.table->columns[i].secret && !write.put.given[i]);
    if (!kept) return {};
    TRY(const auto before, transaction.get(write.table->name, write.table->key_of(row)));
    for (std::size_t i = 0; before && i < row.size(); ++i)
        if (write.table->columns[i].secret && !write.put.given[i]) row[i] = before->row[i];
    return {};
}

Result<std::int64_t> write_one(ports::Transaction& transaction, const PlannedWrite& write) {
    if (write.erase) {
        TRY(const bool was, transaction.erase(write.table->name, write.key, write.expect));
        return was ? 1 : 0;
    }
    ports::Row row = write.put.row;
    TRY_VOID(keep_secrets(transaction, write, row));
    TRY_VOID(transaction.put(write.table->name, std::move(row), write.expect));
    return 1;
}

/// How many rows the call with this key wrote before, none where it is new. Removes some old keys.
Result<std::optional<std::int64_t>> written_before(ports::Transaction& transaction, const std::string& table, const PlannedWrites& writes, UnixNanos now) {
    TRY(const auto found, transaction.get(table, {writes.key}));
    const UnixNanos oldest{now.value - keys_kept_ns};
    if (found && std::get<UnixNanos>(found->row[3]) >= oldest) {
        if (std::get<std::string>(found->row[1]) != writes.print)
            return fail(ErrorCode::bad_input, fmt::format("idempotency_key '{}' was used for other writes; take a new one for each", writes.key));
        return std::get<std::int64_t>(found->row[2]);
    }
    TRY(const ports::Page old, transaction.scan(table, {.index = "by_time", .equal = {}, .from = {}, .to = {oldest}, .rows_max = keys_removed_at_once, .after = {}}));
    for (const ports::StoredRow& one : old.rows) TRY_VOID(transaction.erase(table, {one.row[0]}));
    return std::nullopt;
}

}  // namespace

Result<const ports::Table*> shown_table(const DatabaseStores& stores, const std::string& name) {
    const auto found = stores.tables->catalog().find(name);
    if (found == stores.tables->catalog().end() || is_service_table(name)) return fail(ErrorCode::not_found, fmt::format("no table is called '{}'", name.substr(0, 60)));
    return &found->second;
}

Result<PlannedWrites> planned_writes(const DatabaseStores& stores, const v1::WriteRowsRequest& request) {
    PlannedWrites out;
    out.key = request.idempotency_key();
    if (out.key.size() > key_bytes_max) return fail(ErrorCode::bad_input, fmt::format("idempotency_key: at most {} bytes", key_bytes_max));
    if (request.writes().empty()) return fail(ErrorCode::bad_input, "writes: there are none");
    for (const v1::RowWrite& write : request.writes()) {
        auto one = planned(stores, write);
        if (!one) return fail(one.error().code, fmt::format("write {}: {}", out.all.size() + 1, one.error().text));
        out.all.push_back(*std::move(one));
    }
    if (!out.key.empty()) out.print = print_of(out.all);
    return out;
}

Result<std::int64_t> write_all(ports::Transaction& transaction, const PlannedWrites& writes, UnixNanos now) {
    const std::string table = service_writes_table().name;
    if (!writes.key.empty()) {
        TRY(const auto before, written_before(transaction, table, writes, now));
        if (before) return *before;
    }
    std::int64_t written = 0;
    for (std::size_t i = 0; i < writes.all.size(); ++i) {
        const auto one = write_one(transaction, writes.all[i]);
        if (!one) return fail(one.error().code, fmt::format("write {}: {}", i + 1, one.error().text), one.error().retry_helps);
        written += *one;
    }
    if (!writes.key.empty()) TRY_VOID(transaction.put(table, {writes.key, writes.print, written, now}));
    return written;
}

}  // namespace aitrading::serving
