#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/series_input.hpp"
#include "kit/table.hpp"
#include "market/calendar/service/calendar_files.hpp"
#include "market/history/byte_source.hpp"

namespace aitrading::apps {
namespace {

constexpr std::size_t file_bytes_max = 256 << 20;  // twenty years of a calendar are 20 MB

struct ImportCommand {
    std::vector<std::string> paths;
    std::string timezone;
    bool replace = false;
};

struct ListCommand {
    std::vector<std::string> currencies;
    std::string impact, from, to, kind = "events";
    int limit = 0;
};

Result<std::string> whole_file(const std::string& path) {
    TRY(const auto source, market::open_bytes(path));
    std::string out;
    std::vector<char> block(1 << 16);
    while (true) {
        TRY(const std::size_t got, source->read(block));
        if (got == 0) return out;
        out.append(block.data(), got);
        if (out.size() > file_bytes_max)
            return fail(ErrorCode::bad_input, fmt::format("{}: unpacks to more than 256 MB; split the file", path));
    }
}

/// What one file came to, for people and for JSON.
struct FileOutcome {
    Json json;
    std::vector<std::string> cells;
};

Result<FileOutcome> import_news(const Context& context, const std::string& path, const std::string& text) {
    TRY(const market::NewsFile file, market::read_news(text, path));
    TRY(const market::Merged merged, market::store_news(context.home, file.headlines));
    for (const std::string& refused : file.refused) fmt::print(stderr, "refused: {}, {}\n", path, refused);
    fmt::print(stderr, "warning: {}: only the day is known; each headline counts from noon UTC of the next day on\n", path);
    return FileOutcome{{{"path", path}, {"format", file.format}, {"clock", "day"}, {"clock_reason", "the file states days only"},
                        {"rows_read", file.rows_read}, {"rows_stored", merged.stored}, {"rows_known", merged.known},
                        {"rows_conflicting", 0}, {"rows_rejected", file.rows_refused}, {"dates_from_url", file.dates_from_url}},
                       {path, file.format, "day", fmt::format("{}", file.rows_read), fmt::format("{}", merged.stored),
                        fmt::format("{}", merged.known), "0", fmt::format("{}", file.rows_refused),
                        fmt::format("{} dates from the URL", file.dates_from_url)}};
}

Result<FileOutcome> import_one(const Context& context, const ImportCommand& command, const std::string& path) {
    TRY(const std::string text, whole_file(path));
    if (market::is_news(text)) return import_news(context, path, text);
    TRY(const market::CalendarFile file, market::read_calendar(text, path, command.timezone));
    TRY(const market::Merged merged, market::store_events(context.home, file.events, command.replace));
    for (const auto& refused : file.refused) fmt::print(stderr, "refused: {}, line {}: {}\n", path, refused.line, refused.text);
    if (merged.conflicting > 0)
        fmt::print(stderr, "warning: {}: {} events contradict stored figures, which stayed; --replace takes the new\n", path, merged.conflicting);
    return FileOutcome{{{"path", path}, {"format", file.format}, {"clock", file.clock}, {"clock_reason", file.clock_reason},
                        {"rows_read", file.rows_read}, {"rows_stored", merged.stored}, {"rows_known", merged.known},
                        {"rows_conflicting", merged.conflicting}, {"rows_rejected", file.rows_refused},
                        {"without_time", file.without_time}},
                       {path, file.format, file.clock, fmt::format("{}", file.rows_read), fmt::format("{}", merged.stored),
                        fmt::format("{}", merged.known), fmt::format("{}", merged.conflicting), fmt::format("{}", file.rows_refused),
                        file.clock_reason}};
}

Result<void> import_all(const Context& context, const ImportCommand& command) {
    using enum kit::Table::Align;
    kit::Table table({{"file", left}, {"format", left}, {"clock", left}, {"rows", right}, {"stored", right}, {"known", right},
                      {"conflicting", right}, {"rejected", right}, {"why that clock", left}});
    Json files = Json::array();
    std::optional<Error> first_error;
    for (const std::string& path : command.paths) {
        if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped; the files before were stored whole");
        auto outcome = import_one(context, command, path);
        if (outcome) {
            table.add(outcome->cells);
            files.push_back(std::move(outcome->json));
            continue;
        }
        files.push_back({{"path", path}, {"error", {{"code", name(outcome.error().code)}, {"text", outcome.error().text}}}});
        if (first_error) fmt::print(stderr, "error[{}]: {}\n", name(outcome.error().code), outcome.error().text);
        else first_error = outcome.error();
    }
    if (context.json) print_json({{"files", std::move(files)}});
    else fmt::print("{}", table.render());
    if (first_error) return std::unexpected(*first_error);
    return {};
}

Json figure(std::string_view text) {
    const auto value = market::figure_of(text);
    return value ? Json(*value) : Json();
}

bool wanted(const ListCommand& command, market::Impact impact_min, const TimeRange& range, const market::EconomicEvent& e) {
    if (!command.currencies.empty() && std::ranges::find(command.currencies, e.currency) == command.currencies.end()) return false;
    if (impact_min == market::Impact::holiday ? e.impact != impact_min
                                              : impact_min != market::Impact::unknown &&
                                                    (e.impact < impact_min || e.impact == market::Impact::holiday))
        return false;
    if (e.time) return range.contains(*e.time);
    const auto day = parse_iso8601(e.day);
    return day && range.contains(*day);
}

Result<void> list_events(const Context& context, const ListCommand& command) {
    TRY(const TimeRange range, time_range(command.from, command.to));
    TRY(const market::Impact impact, market::parse_impact(command.impact));
    TRY(const std::vector<market::EconomicEvent> all, market::load_events(context.home));
    using enum kit::Table::Align;
    kit::Table table({{"time (UTC)", left}, {"currency", left}, {"impact", left}, {"event", left}, {"actual", right},
                      {"forecast", right}, {"previous", right}, {"surprise", right}});
    Json events = Json::array();
    std::int64_t shown = 0;
    for (const market::EconomicEvent& e : all) {
        if (!wanted(command, impact, range, e) || (command.limit > 0 && shown == command.limit)) continue;
        ++shown;
        const auto surprise = surprise_of(e);
        if (context.json)
            events.push_back({{"time", e.time ? Json(to_iso8601(*e.time)) : Json()}, {"day", e.day}, {"currency", e.currency},
                              {"impact", name(e.impact)}, {"title", e.title}, {"actual", figure(e.actual)},
                              {"forecast", figure(e.forecast)}, {"previous", figure(e.previous)},
                              {"surprise", surprise ? Json(*surprise) : Json()}, {"actual_text", e.actual},
                              {"forecast_text", e.forecast}, {"previous_text", e.previous}});
        else
            table.add({e.time ? to_iso8601(*e.time) : e.day + " (no time)", e.currency, std::string(name(e.impact)), e.title,
                       e.actual, e.forecast, e.previous, surprise ? fmt::format("{:.6g}", *surprise) : ""});
    }
    if (context.json) print_json({{"events", std::move(events)}});
    else if (all.empty()) fmt::print("no events yet; import a calendar with: aitrading calendar import FILE\n");
    else fmt::print("{}{} events\n", table.render(), shown);
    return {};
}

Result<void> list_news(const Context& context, const ListCommand& command) {
    TRY(const TimeRange range, time_range(command.from, command.to));
    TRY(const std::vector<market::Headline> all, market::load_news(context.home));
    kit::Table table({{"day"}, {"known from"}, {"direction"}, {"sentiment"}, {"headline"}});
    Json news = Json::array();
    std::int64_t shown = 0;
    for (const market::Headline& h : all) {
        if (!range.contains(h.known_from) || (command.limit > 0 && shown == command.limit)) continue;
        ++shown;
        if (context.json)
            news.push_back({{"day", h.day}, {"known_from", to_iso8601(h.known_from)}, {"headline", h.text}, {"url", h.url},
                            {"direction", h.direction}, {"sentiment", h.sentiment}});
        else
            table.add({h.day, to_iso8601(h.known_from), h.direction, h.sentiment, h.text});
    }
    if (context.json) print_json({{"news", std::move(news)}});
    else if (all.empty()) fmt::print("no news yet; import some with: aitrading calendar import FILE\n");
    else fmt::print("{}{} headlines\n", table.render(), shown);
    return {};
}

}  // namespace

void add_calendar_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("calendar", "economic calendar and news with the instants at which they became known");
    group->require_subcommand(1);
    group->footer("Example: aitrading calendar import 2018_calendar.csv.gz && aitrading calendar list --currency USD --impact high");
    auto import = std::make_shared<ImportCommand>();
    CLI::App* importing = group->add_subcommand("import", "stores the events or headlines of files");
    importing->add_option("paths", import->paths, "files: plain, gzip or zip")->required();
    importing->add_option("--timezone", import->timezone, "clock of the times, where US payrolls or a UTC column do not tell");
    importing->add_flag("--replace", import->replace, "figures that contradict stored ones take their place");
    importing->footer("An event without a time (All Day, Tentative) is stored and listed, and never joined to prices.\n"
                      "Example: aitrading calendar import 2018_calendar.csv.gz");
    importing->callback([import, &context] {
        context.action = [import, &context] { return import_all(context, *import); };
    });
    auto list = std::make_shared<ListCommand>();
    CLI::App* listing = group->add_subcommand("list", "what is stored");
    listing->add_option("--currency", list->currencies, "only of these, for example USD EUR");
    listing->add_option("--impact", list->impact, "from low, medium or high on; or holiday");
    listing->add_option("--from", list->from, "first instant, UTC");
    listing->add_option("--to", list->to, "first instant no more shown, UTC");
    listing->add_option("--kind", list->kind, "events or news")->check(CLI::IsMember({"events", "news"}));
    listing->add_option("--limit", list->limit, "at most so many rows")->check(CLI::NonNegativeNumber);
    listing->footer("Example: aitrading calendar list --currency USD --impact high --from 2018-01-01 --to 2018-02-01");
    listing->callback([list, &context] {
        context.action = [list, &context] { return list->kind == "news" ? list_news(context, *list) : list_events(context, *list); };
    });
}

}  // namespace aitrading::apps
