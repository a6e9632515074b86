#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/history_commands.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "kit/table.hpp"
#include "market/history/decimal.hpp"
#include "market/history/import_many.hpp"

namespace aitrading::apps {
namespace {

struct ImportCommand {
    std::vector<std::string> paths;
    std::string format = "auto", symbol, timeframe, timezone, point, columns, decimal = ".", side, thousands, date_order;
    bool replace = false;
};

UnixNanos system_now() {
    using namespace std::chrono;
    return {duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count()};
}

Result<market::ImportOptions> options_of(const Context& context, const ImportCommand& command) {
    market::ImportOptions options;
    options.format = command.format;
    options.layout.columns = command.columns;
    options.layout.symbol = command.symbol;
    options.timezone = command.timezone;
    options.replace = command.replace;
    options.now = system_now();
    options.stop = context.stop;
    if (!command.timeframe.empty()) {
        TRY(options.timeframe, parse_timeframe(command.timeframe));
    }
    if (!command.point.empty()) {
        const market::Decimal point = market::parse_decimal(command.point, 9);
        if (point.status != market::DecimalStatus::ok || point.scaled <= 0)
            return fail(ErrorCode::usage, fmt::format("--point \"{}\" is not a size such as 0.00001", command.point));
        options.layout.point = Price{point.scaled};
    }
    if (command.decimal != "." && command.decimal != ",")
        return fail(ErrorCode::usage, fmt::format("--decimal \"{}\": write . or ,", command.decimal));
    options.layout.decimal_point = command.decimal[0];
    constexpr std::string_view separators = ",.' ";
    if (command.thousands.size() > 1 || (!command.thousands.empty() && (separators.find(command.thousands[0]) == std::string_view::npos ||
                                                                        command.thousands == command.decimal)))
        return fail(ErrorCode::usage, fmt::format("--thousands \"{}\": write , . ' or a blank, and not the decimal point", command.thousands));
    if (!command.thousands.empty()) options.layout.thousands = command.thousands[0];
    if (!command.date_order.empty())
        options.layout.date_order = command.date_order == "dmy" ? market::DateOrder::day_first : market::DateOrder::month_first;
    if (!command.side.empty()) options.layout.side = command.side == "bid" ? market::Side::bid : market::Side::ask;
    return options;
}

void tell(const market::ImportReport& report) {
    for (const std::string& warning : report.warnings) fmt::print(stderr, "warning: {}: {}\n", report.path.string(), warning);
    for (const market::Defect& defect : report.defects)
        fmt::print(stderr, "{}: {}{}: {}{}\n", defect.refused ? "refused" : "note", report.path.string(),
                   defect.row > 0 ? fmt::format(", line {}", defect.row) : "", defect.text,
                   defect.row > 0 ? fmt::format(" ({} rows)", defect.count) : "");
}

void print_imports(const std::vector<market::ImportReport>& reports) {
    using enum kit::Table::Align;
    kit::Table table({{"file", left}, {"format", left}, {"symbol", left}, {"timeframe", left}, {"clock", left},
                      {"rows", right}, {"stored", right}, {"rejected", right}, {"known", right}, {"conflicting", right},
                      {"first", left}, {"last", left}, {"gaps", right}});
    for (const market::ImportReport& r : reports)
        table.add({r.path.filename().string(), r.format, r.key.symbol, std::string(name(r.key.timeframe)), r.timezone,
                   fmt::format("{}", r.rows_read), fmt::format("{}", r.rows_stored), fmt::format("{}", r.rows_rejected),
                   fmt::format("{}", r.rows_known), fmt::format("{}", r.rows_conflicting), to_iso8601(r.first),
                   to_iso8601(r.last), fmt::format("{}", r.gaps)});
    fmt::print("{}", table.render());
    if (reports.empty()) return;
    const SeriesKey& key = reports.back().key;
    fmt::print("next: aitrading data check {} {}\n", key.symbol, name(key.timeframe));
}

Result<void> import_files(const Context& context, const ImportCommand& command) {
    TRY(market::ImportOptions options, options_of(context, command));
    TRY(const auto store, engines::open_parquet_store(context.home));
    const std::vector<std::filesystem::path> paths(command.paths.begin(), command.paths.end());
    TRY(const market::FoundFiles found, market::find_files(paths));
    if (found.left_out > 0) fmt::print(stderr, "note: {} other files in the folders were left out\n", found.left_out);
    const bool single = found.files.size() == 1;
    kit::Progress progress(context.progress,
                           single ? fmt::format("import {}", found.files[0].filename().string()) : std::string("import"),
                           single ? 0 : static_cast<std::int64_t>(found.files.size()), single ? "rows" : "files");
    if (single) options.progress = [&](std::int64_t rows) { progress.at(rows); };
    const auto outcomes = market::import_files(found.files, options, *store, [&](std::int64_t files) {
        if (!single) progress.at(files);
    });
    std::vector<market::ImportReport> reports;
    Json files = Json::array();
    std::optional<Error> first_error;
    std::int64_t rows_stored = 0;
    for (const auto& [path, report] : outcomes) {
        if (!report) {
            files.push_back({{"path", path.string()},
                             {"error", {{"code", name(report.error().code)}, {"text", report.error().text}}}});
            // The first error is the command's own; further ones are told as they come.
            if (first_error)
                fmt::print(stderr, "error[{}]: {}\n", name(report.error().code), report.error().text);
            else
                first_error = report.error();
            continue;
        }
        rows_stored += report->rows_stored;
        tell(*report);
        files.push_back(to_json(*report));
        reports.push_back(*report);
    }
    progress.finish(fmt::format("{} rows stored", rows_stored));
    if (context.json)
        print_json({{"files", std::move(files)}});
    else if (!reports.empty())
        print_imports(reports);
    if (first_error) return std::unexpected(*first_error);
    return {};
}

Result<void> list_series(const Context& context) {
    TRY(const auto store, engines::open_parquet_store(context.home));
    TRY(const std::vector<SeriesInfo> all, store->list());
    if (context.json) {
        Json list = Json::array();
        for (const SeriesInfo& info : all) {
            list.push_back(to_json(info));
            list.back()["bytes"] = store->bytes_of(info.key).value_or(0);
        }
        print_json({{"series", std::move(list)}});
        return {};
    }
    if (all.empty()) {
        fmt::print("no series yet; import a file with: aitrading data import FILE\n");
        return {};
    }
    using enum kit::Table::Align;
    kit::Table table({{"symbol", left}, {"timeframe", left}, {"rows", right}, {"first", left}, {"last", left},
                      {"gaps", right}, {"sides", left}, {"digits", right}, {"bytes/row", right}});
    for (const SeriesInfo& info : all)
        table.add({info.key.symbol, std::string(name(info.key.timeframe)), fmt::format("{}", info.rows),
                   to_iso8601(info.first), to_iso8601(info.last), fmt::format("{}", info.gaps), sides_of(info),
                   fmt::format("{}", info.digits),
                   info.rows == 0 ? "" : fmt::format("{:.2f}", static_cast<double>(store->bytes_of(info.key).value_or(0)) / static_cast<double>(info.rows))});
    fmt::print("{}", table.render());
    return {};
}

Result<void> remove_series(const Context& context, const std::string& symbol, const std::string& timeframe) {
    TRY(const Timeframe parsed, parse_timeframe(timeframe));
    TRY(const auto store, engines::open_parquet_store(context.home));
    const SeriesKey key{symbol, parsed};
    TRY(const SeriesInfo info, store->describe(key));
    TRY_VOID(store->remove(key));
    if (context.json)
        print_json({{"removed", to_json(info)}});
    else
        fmt::print("removed {}: {} rows, {} to {}\n", to_string(key), info.rows, to_iso8601(info.first), to_iso8601(info.last));
    return {};
}

void add_import(CLI::App& group, Context& context) {
    auto command = std::make_shared<ImportCommand>();
    CLI::App* import = group.add_subcommand("import", "stores what is sound in files of bars or ticks");
    import->add_option("paths", command->paths, "files or folders of files: plain, gzip or zip")->required();
    import->add_option("--format", command->format,
                       "auto (found by the content), or one of " + market::layout_names() + "; order books: binance-book, tardis");
    import->add_option("--symbol", command->symbol, "the instrument, where the file does not tell");
    import->add_option("--timeframe", command->timeframe, "ticks M1 M5 M15 M30 H1 H4 D1 W1 MN1, where the steps do not tell");
    import->add_option("--timezone", command->timezone,
                       "clock of the times: UTC, +02:00, Europe/Athens, America/New_York+07:00");
    import->add_option("--point", command->point, "size of one point, where prices or spreads count points");
    import->add_option("--columns", command->columns, "named columns: time=Datum,open=Start,high=Hoch,low=Tief,close=Schluss");
    import->add_option("--decimal", command->decimal, "decimal point of the file, . or ,");
    import->add_option("--thousands", command->thousands, "what separates thousands, where no number of the file proves it");
    import->add_option("--date-order", command->date_order, "dmy or mdy, where no date of the file proves it (03/04/2018)")
        ->check(CLI::IsMember({"dmy", "mdy"}));
    import->add_option("--side", command->side, "bid or ask, where the file holds one side and its name does not tell; files\n"
                                                "of both sides in one command become one series")
        ->check(CLI::IsMember({"bid", "ask"}));
    import->add_flag("--replace", command->replace, "rows that contradict stored ones take their place");
    import->footer("A wall clock time that summer time skips is read with the offset before the change; one that occurs twice\n"
                   "is the earlier, unless it follows a row of that time.\n"
                   "Example: aitrading data import DAT_ASCII_EURUSD_M1_2018.csv.gz");
    import->callback([command, &context] {
        context.action = [command, &context] { return import_files(context, *command); };
    });
}

}  // namespace

void add_data_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("data", "the stored series: import, list, check, export, resample, remove; and histories");
    group->require_subcommand(1);
    group->footer("Example: aitrading data import EURUSD_H1.csv && aitrading data list");
    add_import(*group, context);
    CLI::App* list = group->add_subcommand("list", "every stored series");
    list->footer("Example: aitrading data list --json");
    list->callback([&context] { context.action = [&context] { return list_series(context); }; });

    auto key = std::make_shared<std::array<std::string, 2>>();
    CLI::App* remove = group->add_subcommand("remove", "deletes a stored series");
    remove->add_option("symbol", (*key)[0])->required();
    remove->add_option("timeframe", (*key)[1])->required();
    remove->footer("Example: aitrading data remove EURUSD H1");
    remove->callback([key, &context] {
        context.action = [key, &context] { return remove_series(context, (*key)[0], (*key)[1]); };
    });
    add_data_tools(*group, context);
    add_history_command(*group, context);
}

}  // namespace aitrading::apps
