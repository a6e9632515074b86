#include "apps/aitrading/home_stores.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "apps/aitrading/home_tables.hpp"
#include "engines/archive/files/file_archive.hpp"
#include "engines/key_value/memory/memory_store.hpp"
#include "engines/key_value/redis/redis_store.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/table_store/postgres/postgres_tables.hpp"
#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "ports/table_store/table_store.hpp"
#include "serving/database/service/database_service.hpp"

namespace aitrading::apps {
namespace {

constexpr const char* tables_setting = "POSTGRES_URL";
constexpr const char* values_setting = "DRAGONFLYDB_URL";

std::unexpected<Error> of_setting(const char* setting, const Error& error) { return fail(error.code, fmt::format("setting {}: {}", setting, error.text), error.retry_helps); }

Result<std::shared_ptr<ports::TableStore>> open_tables(const Context& context, const kit::Settings& settings) {
    TRY(auto engine, open_table_engine(context, settings));
    TRY(const auto applied, engine->applied());
    // What is there is taken forward when somebody says so, after a copy; what is new has nothing to lose.
    auto store = ports::TableStore::open(std::move(engine), {.migrations = home_migrations(), .cipher = {}, .migrate = applied.empty()});
    if (!store) return fail(store.error().code, fmt::format("the home's tables: {}", store.error().text), store.error().retry_helps);
    return std::shared_ptr<ports::TableStore>(*std::move(store));
}

Result<void> open_values(const Context& context, const kit::Settings& settings, serving::DatabaseStores& out) {
    if (const std::string url = settings.text(values_setting); !url.empty()) {
        auto store = engines::open_redis_store({.address = url});
        if (!store) return of_setting(values_setting, store.error());
        if (const auto healthy = (*store)->health(); !healthy) return of_setting(values_setting, healthy.error());
        out.values = *std::move(store);
        return {};
    }
    TRY(auto opened, engines::open_memory_store({.snapshot = context.home / "values" / "values.snapshot", .now = {}, .cipher = {}}));
    const std::shared_ptr<engines::MemoryStore> store = std::move(opened);
    out.values = store;
    out.keep = [store](bool last) -> Result<void> {
        TRY_VOID(store->save());
        if (last) store->abandon();
        return {};
    };
    return {};
}

Result<serving::DatabaseStores> open_stores(const Context& context, const kit::Settings& settings, HomeHistories& histories) {
    serving::DatabaseStores out;
    TRY(out.tables, open_tables(context, settings));
    TRY_VOID(open_values(context, settings, out));
    TRY(out.archive, engines::open_file_archive({.folder = context.home / "archive", .now = {}, .cipher = {}}));
    TRY(out.series, engines::open_parquet_store(context.home));
    TRY(out.histories, histories.open());
    out.writable = open_tables_of_users();
    return out;
}

}  // namespace

std::string without_password(std::string text, std::string_view url) {
    const std::size_t scheme = url.find("://");
    std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
    const std::size_t at = rest.rfind('@');
    // Without a user, what stands behind a colon may be a password that was put in the wrong place.
    const std::string_view who = at == std::string_view::npos ? rest.substr(0, rest.find('/')) : rest.substr(0, at);
    const std::size_t colon = who.find(':');
    const std::string_view secret = colon == std::string_view::npos ? std::string_view() : who.substr(colon + 1);
    const bool port = at == std::string_view::npos && std::ranges::all_of(secret, [](char c) { return c >= '0' && c <= '9'; });
    if (secret.empty() || port) return text;
    for (std::size_t found = text.find(secret); found != std::string::npos; found = text.find(secret, found + 3)) text.replace(found, secret.size(), "***");
    return text;
}

Result<std::unique_ptr<ports::TableEngine>> open_table_engine(const Context& context, const kit::Settings& settings) {
    const std::string url = settings.text(tables_setting);
    if (url.empty()) return engines::open_sqlite_tables({.file = tables_file(context.home), .pool = {}, .file_system = {}});
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://"))
        return fail(ErrorCode::bad_input, fmt::format("setting {}: postgresql://USER:PASSWORD@HOST:PORT/DATABASE is expected", tables_setting));
    auto engine = engines::open_postgres_tables({.url = url, .schema = "aitrading", .pool = {}});
    if (engine) return engine;
    return fail(engine.error().code, fmt::format("setting {}: {}", tables_setting, without_password(engine.error().text, url)), engine.error().retry_helps);
}

kit::ServiceFactory database_factory(const Context& context, const std::shared_ptr<HomeHistories>& histories) {
    return [&context, histories](const kit::ServiceGround& ground) {
        return serving::make_database_service(ground, {.open = [&context, histories, &settings = ground.settings] { return open_stores(context, settings, *histories); }, .clocks = {}});
    };
}

}  // namespace aitrading::apps
