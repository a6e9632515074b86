#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <span>

#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/db_commands.hpp"
#include "apps/aitrading/home_histories.hpp"
#include "apps/aitrading/home_stores.hpp"
#include "apps/aitrading/home_tables.hpp"
#include "apps/aitrading/journal_commands.hpp"
#include "apps/aitrading/platform_ground.hpp"
#include "apps/aitrading/services_text.hpp"
#include "engines/archive/files/file_archive.hpp"
#include "engines/home/backup.hpp"
#include "engines/series_store/histories/parquet_histories.hpp"
#include "ports/table_store/table_store.hpp"

namespace aitrading::apps {
namespace {

namespace fs = std::filesystem;
using engines::BackupReport;

UnixNanos now() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

std::string said(const BackupReport& report) {
    return fmt::format("{} files, {} of them databases, {:.1f} MB", report.files, report.databases, static_cast<double>(report.bytes) / 1e6);
}

Json json_of(const BackupReport& report) { return {{"files", report.files}, {"databases", report.databases}, {"bytes", report.bytes}}; }

/// How the home's tables stand to what this program knows.
struct TablesState {
    std::vector<std::string> done, pending;
};

Json names_of(const std::vector<std::string>& names) { return Json(names); }

/// The settings, which say where the home's tables are.
Result<std::unique_ptr<kit::Settings>> own_settings(const Context& context) {
    TRY(const kit::ServiceTable table, load_service_table({}));
    return load_settings(table, context.home);
}

/// Whether the tables are a file of the home, and not on a server.
bool in_home(const kit::Settings& settings) { return settings.text("POSTGRES_URL").empty(); }

/// @errors gate_refused (done by a newer program, or other steps)
Result<TablesState> state_of(ports::TableEngine& engine) {
    const std::vector<ports::Migration> all = home_migrations();
    TRY(const auto applied, engine.applied());
    TRY(const std::size_t done, ports::check_history(applied, all));
    TablesState state;
    for (std::size_t i = 0; i < all.size(); ++i) (i < done ? state.done : state.pending).push_back(all[i].name);
    return state;
}

Result<void> backup(const Context& context, const std::string& out) {
    // The histories' database is copied before their files: none that it names may go meanwhile.
    TRY(const auto kept, engines::keep_history_files(histories_folder(context.home)));
    TRY(const BackupReport report, engines::back_up_home(context.home, out, {.now = now(), .last = {"journal"}, .growing = {"logs"}}));
    Json document = json_of(report);
    document["backup"] = out;
    if (context.json) print_json(document);
    else fmt::print("{}: {}. Check it with: aitrading db verify --backup {}\n", out, said(report), out);
    return {};
}

Result<void> restore(const Context& context, const std::string& from) {
    TRY(const BackupReport report, engines::restore_home(from, context.home));
    Json document = json_of(report);
    document["home"] = context.home.string();
    if (context.json) print_json(document);
    else fmt::print("{}: {}, every checksum fits\n", context.home.string(), said(report));
    return {};
}

Result<void> verify_backup(const Context& context, const std::string& folder) {
    TRY(const BackupReport report, engines::check_backup(folder));
    Json document = json_of(report);
    document["ok"] = true;
    if (context.json) print_json(document);
    else fmt::print("{}: {}, every checksum fits, every database is sound\n", folder, said(report));
    return {};
}

/// Every object of the archive and every file of the histories; what is not there has nothing to be damaged.
Result<void> verify_files(const Context& context, Json& document, std::string& text) {
    const auto archive = engines::verify_file_archive(context.home / "archive", nullptr);
    if (!archive && archive.error().code != ErrorCode::not_found) return archive;
    document["archive"] = archive ? Json(true) : Json(nullptr);
    if (archive) text += "archive: every object, rule and reference is sound\n";
    const auto histories = engines::read_parquet_histories(histories_folder(context.home));
    if (!histories && histories.error().code != ErrorCode::not_found) return std::unexpected(histories.error());
    document["histories"] = nullptr;
    if (!histories) return {};
    TRY_VOID((*histories)->verify());
    TRY(const auto all, (*histories)->histories());
    document["histories"] = all.size();
    text += fmt::format("histories: {}, every row that waits and every part has its sum\n", all.size());
    return {};
}

Result<void> verify(const Context& context) {
    TRY(const BackupReport report, engines::check_home(context.home));
    Json document = json_of(report);
    document["ok"] = true;
    std::string text = fmt::format("{}: {}, every database is sound\n", context.home.string(), said(report));
    if (fs::exists(context.home / "journal" / "events.sqlite")) {
        TRY(const auto topics, verify_journal(context));
        std::int64_t events = 0;
        for (const auto& [topic, count] : topics) events += count;
        document["journal_events"] = events;
        text += fmt::format("journal: {} events, every sum fits\n", events);
    }
    TRY_VOID(verify_files(context, document, text));
    TRY(const auto settings, own_settings(context));
    if (!in_home(*settings) || fs::exists(tables_file(context.home))) {
        TRY(const auto engine, open_table_engine(context, *settings));
        TRY(const TablesState state, state_of(*engine));
        const std::vector<ports::Migration> all = home_migrations();
        TRY(const ports::Catalog catalog, ports::catalog_of(std::span(all).first(state.done.size())));
        TRY_VOID(engine->verify(catalog));
        document["tables"] = {{"migrations", names_of(state.done)}, {"pending", names_of(state.pending)}};
        text += fmt::format("tables: {}, as their {} migrations made them{}\n", catalog.size(), state.done.size(),
                            state.pending.empty() ? "" : fmt::format("; {} to do: aitrading db migrate", state.pending.size()));
    }
    if (context.json) print_json(document);
    else fmt::print("{}", text);
    return {};
}

Result<void> migrate(const Context& context, bool only_look) {
    const fs::path file = tables_file(context.home);
    TRY(const auto settings, own_settings(context));
    TablesState state;
    const bool there = !in_home(*settings) || fs::exists(file);
    if (there || !only_look) {
        TRY(auto engine, open_table_engine(context, *settings));
        TRY(state, state_of(*engine));
    } else {
        for (const ports::Migration& one : home_migrations()) state.pending.push_back(one.name);
    }
    Json copy = nullptr;
    if (!only_look && !state.pending.empty()) {
        if (in_home(*settings) && there && !state.done.empty()) {
            const fs::path before = file.parent_path() / fmt::format("before-{}.sqlite", state.pending.front());
            if (!fs::exists(before)) TRY_VOID(engines::copy_database(file, before));
            copy = before.string();
        }
        TRY(auto engine, open_table_engine(context, *settings));
        TRY(const auto store, ports::TableStore::open(std::move(engine), {.migrations = home_migrations()}));
        TRY_VOID(store->verify());
    }
    if (context.json) {
        print_json({{"done_before", names_of(state.done)}, {only_look ? "pending" : "done", names_of(state.pending)}, {"copy", copy}});
        return {};
    }
    for (const std::string& name : state.pending) fmt::print("{} {}\n", only_look ? "to do:" : "done: ", name);
    if (state.pending.empty()) fmt::print("{}: nothing to do, {} steps were done before\n", in_home(*settings) ? file.string() : "PostgreSQL", state.done.size());
    if (!copy.is_null()) fmt::print("the file as it was: {}\n", copy.get<std::string>());
    return {};
}

}  // namespace

void add_db_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("db", "the home's databases and files: backup, restore, verify, migrate");
    group->require_subcommand(1);
    group->footer("Example: aitrading db backup --out backup-1 && aitrading db verify --backup backup-1 && aitrading --home copy db restore backup-1");
    const auto out = std::make_shared<std::string>();
    CLI::App* backup_command = group->add_subcommand("backup", "copies all that the home keeps into a new folder, beside whatever writes to it");
    backup_command->add_option("--out", *out, "the new folder; it appears when it is complete")->required();
    backup_command->footer("Each database is one committed state, all other files one moment's, the journal last. SHA256SUMS lists every file (sha256sum -c\nreads it). Left out: cache/, run/ and lock files.\nExample: aitrading db backup --out backup-1");
    backup_command->callback([out, &context] { context.action = [out, &context] { return backup(context, *out); }; });
    const auto from = std::make_shared<std::string>();
    CLI::App* restore_command = group->add_subcommand("restore", "makes the home out of a backup, which it checks first");
    restore_command->add_option("BACKUP", *from, "folder of a backup")->required();
    restore_command->footer("Only into a home that is new or empty; it appears when it is complete.\nExample: aitrading --home restored db restore backup-1");
    restore_command->callback([from, &context] { context.action = [from, &context] { return restore(context, *from); }; });
    const auto checked = std::make_shared<std::string>();
    CLI::App* verify_command = group->add_subcommand("verify", "checks the home: structure of its databases, sums of its events, archive and histories, shape of its tables; or a backup");
    verify_command->add_option("--backup", *checked, "checks this backup instead: every checksum and every database");
    verify_command->footer("Exit 5 names the first thing that is damaged.\nExample: aitrading db verify --json");
    verify_command->callback([checked, &context] { context.action = [checked, &context] { return checked->empty() ? verify(context) : verify_backup(context, *checked); }; });
    const auto only_look = std::make_shared<bool>(false);
    CLI::App* migrate_command = group->add_subcommand("migrate", "takes the home's tables forward to what this program knows, after a copy");
    migrate_command->add_flag("--dry-run", *only_look, "says which steps are to do and does none");
    migrate_command->footer("Steps only go forward, each as a whole; tables of a newer program, or with other steps done, are refused.\nExample: aitrading db migrate --dry-run");
    migrate_command->callback([only_look, &context] { context.action = [only_look, &context] { return migrate(context, *only_look); }; });
}

}  // namespace aitrading::apps
