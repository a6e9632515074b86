#include "ports/table_store/conformance/ground.hpp"

#include <array>

namespace aitrading::ports::conformance::tables {

std::vector<Migration> steps() {
    const TableSchema users{.name = "users",
                            .columns = {{"id", ColumnType::text},
                                        {"email", ColumnType::text},
                                        {"logins", ColumnType::integer},
                                        {"score", ColumnType::real, true},
                                        {"active", ColumnType::boolean},
                                        {"seen", ColumnType::time},
                                        {"photo", ColumnType::bytes, true},
                                        {"token", ColumnType::text, true, true}},
                            .key = {"id"},
                            .indexes = {{"by_email", {"email"}, true}, {"by_logins", {"logins"}, false}}};
    const TableSchema usage{.name = "usage",
                            .columns = {{"account", ColumnType::text}, {"day", ColumnType::integer}, {"number", ColumnType::integer}, {"amount", ColumnType::integer}},
                            .key = {"account", "day", "number"}};
    const TableSchema notes{.name = "notes", .columns = {{"id", ColumnType::text}, {"body", ColumnType::bytes, true}}, .key = {"id"}};
    std::vector<Migration> out{{"0001-users", {CreateTable{users}}}, {"0002-usage", {CreateTable{usage}, CreateTable{notes}}}, {"0003-types", {}}};
    constexpr std::array types{ColumnType::text, ColumnType::integer, ColumnType::real, ColumnType::bytes, ColumnType::boolean, ColumnType::time};
    for (const ColumnType type : types) out[2].changes.emplace_back(CreateTable{{.name = "by_" + std::string(name(type)), .columns = {{"k", type}}, .key = {"k"}}});
    return out;
}

std::shared_ptr<Cipher> test_cipher() { return std::make_shared<TestCipher>(std::map<std::string, std::string>{{"k1", "first"}}); }

Bench::Bench(const MakeGround& make, PoolOptions bounds, std::vector<Migration> migrations)
    : pool(bounds), ground(make()), migrations_(std::move(migrations)) {
    reopen();
}

void Bench::reopen() {
    store.reset();
    auto opened = another(migrations_);
    if (opened) store = std::move(*opened);
    else broken = opened.error().text;
}

void Bench::cut() {
    ground->cut(std::move(store));
    reopen();
}

Result<std::unique_ptr<TableStore>> Bench::another(std::vector<Migration> migrations, bool migrate) const {
    TRY(auto engine, ground->open(pool));
    return TableStore::open(std::move(engine), {std::move(migrations), test_cipher(), migrate});
}

User user(const std::string& id, std::int64_t logins) { return {.id = id, .email = id + "@example.org", .logins = logins}; }

Result<std::int64_t> put(const TableStore& store, std::string_view tenant, std::string_view table, Row row, Expect expect) {
    std::int64_t version = 0;
    TRY_VOID(in_transaction(store, tenant, [&](Transaction& t) -> Result<void> {
        TRY(version, t.put(table, row, expect));
        return {};
    }));
    return version;
}

Result<bool> erase(const TableStore& store, std::string_view tenant, std::string_view table, Key key, Expect expect) {
    bool was = false;
    TRY_VOID(in_transaction(store, tenant, [&](Transaction& t) -> Result<void> {
        TRY(was, t.erase(table, key, expect));
        return {};
    }));
    return was;
}

Result<std::optional<StoredRow>> get(const TableStore& store, std::string_view tenant, std::string_view table, Key key) {
    TRY(Transaction t, store.begin(tenant, Access::read));
    return t.get(table, std::move(key));
}

Result<StoredRow> must_get(Transaction& transaction, std::string_view table, Key key) {
    TRY(std::optional<StoredRow> found, transaction.get(table, std::move(key)));
    if (!found) return fail(ErrorCode::not_found, "a row that was committed is not there");
    return std::move(*found);
}

Result<std::vector<Row>> rows(const TableStore& store, std::string_view tenant, std::string_view table, Scan scan) {
    std::vector<Row> out;
    do {
        TRY(Transaction t, store.begin(tenant, Access::read));
        TRY(Page page, t.scan(table, scan));
        if (page.rows.size() > static_cast<std::size_t>(scan.rows_max)) return fail(ErrorCode::failed, "a page holds more rows than asked for");
        if (page.rows.empty() && !page.next.empty()) return fail(ErrorCode::failed, "an empty page says that more follows");
        for (StoredRow& row : page.rows) out.push_back(std::move(row.row));
        scan.after = std::move(page.next);
    } while (!scan.after.empty());
    return out;
}

std::string first_of(const std::vector<Row>& all) {
    std::string out;
    for (const Row& row : all) {
        const auto* text = std::get_if<std::string>(row.data());
        out += (out.empty() ? "" : " ") + (text == nullptr ? shown(row.front()) : *text);
    }
    return out;
}

}  // namespace aitrading::ports::conformance::tables
