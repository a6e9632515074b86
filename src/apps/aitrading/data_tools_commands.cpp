#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/data_json.hpp"
#include "apps/aitrading/output.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/series_store/parquet/table_file.hpp"
#include "kit/table.hpp"
#include "market/history/check_series.hpp"
#include "market/history/event_bars.hpp"
#include "market/history/export.hpp"
#include "market/history/quarantine.hpp"
#include "market/history/resample.hpp"
#include "market/history/series_quality.hpp"

namespace aitrading::apps {
namespace {

struct SeriesWords {
    std::string symbol, timeframe, to, out, format = "csv", day = "auto", price = "as-is", as, report;
};

Result<SeriesKey> key_of(const SeriesWords& words) {
    TRY(const Timeframe timeframe, parse_timeframe(words.timeframe));
    return SeriesKey{words.symbol, timeframe};
}

Json gaps_json(const std::vector<market::Gap>& gaps) {
    Json out = Json::array();
    for (const market::Gap& gap : gaps)
        out.push_back({{"from", to_iso8601(gap.from)}, {"to", to_iso8601(gap.to)}, {"missing_bars", gap.missing_bars}});
    return out;
}

void print_check(const market::SeriesCheck& check) {
    const SeriesInfo& info = check.info;
    fmt::print("{}: {} rows, {} to {}, {} runs of bars missing outside weekends\n", to_string(info.key), info.rows,
               to_iso8601(info.first), to_iso8601(info.last), info.gaps);
    for (const market::ImportOrigin& origin : check.origins)
        fmt::print("{}: clock {}, {}{}\n", std::filesystem::path(origin.file).filename().string(), origin.timezone, origin.source,
                   origin.evidence.empty() ? "" : ": " + origin.evidence);
    using enum kit::Table::Align;
    if (!check.longest_gaps.empty()) {
        kit::Table table({{"longest gaps in open hours: last bar", left}, {"next bar", left}, {"missing bars", right}});
        for (const market::Gap& gap : check.longest_gaps)
            table.add({to_iso8601(gap.from), to_iso8601(gap.to), fmt::format("{}", gap.missing_bars)});
        fmt::print("{}", table.render());
    }
    if (check.defects.empty()) {
        fmt::print("nothing else remarkable in any row\n");
        return;
    }
    kit::Table table({{"finding", left}, {"rows", right}, {"first row", right}, {"there", left}});
    for (const market::Defect& defect : check.defects)
        table.add({defect.kind, fmt::format("{}", defect.count), fmt::format("{}", defect.row), defect.text});
    fmt::print("{}", table.render());
}

Result<void> check(const Context& context, const SeriesWords& words) {
    TRY(const SeriesKey key, key_of(words));
    TRY(const auto store, engines::open_parquet_store(context.home));
    TRY(const market::SeriesCheck result, market::check_series(*store, key));
    std::string page;
    if (!words.report.empty()) {
        TRY(report::QualityReport quality, market::describe_quality(*store, result));
        quality.provenance = provenance(context);
        page = words.report + "/quality.html";
        TRY_VOID(write_page(page, report::render_quality_report(quality)));
    }
    if (!context.json) {
        print_check(result);
        if (!result.quarantine.rows.empty())
            fmt::print("{} rows kept out; see: aitrading data quarantine {} {}\n", result.quarantine.rows.size(), key.symbol, name(key.timeframe));
        if (!page.empty()) fmt::print("pictures: {}\n", page);
        return {};
    }
    Json series = to_json(result.info);
    series["longest_gaps"] = gaps_json(result.longest_gaps);
    series["defects"] = Json::array();
    for (const market::Defect& defect : result.defects) series["defects"].push_back(to_json(defect));
    series["quarantined"] = result.quarantine.rows.size();
    series["files"] = Json::array();
    for (const market::ImportOrigin& o : result.origins)
        series["files"].push_back({{"path", o.file}, {"format", o.format}, {"timezone", o.timezone}, {"source", o.source},
                                   {"probability", o.probability}, {"evidence", o.evidence}});
    if (!page.empty()) series["report"] = page;
    print_json({{"series", Json::array({std::move(series)})}});
    return {};
}

Result<void> list_quarantine(const Context& context, const SeriesWords& words) {
    TRY(const SeriesKey key, key_of(words));
    TRY(const auto store, engines::open_parquet_store(context.home));
    TRY(const market::Quarantine quarantine, market::read_quarantine(*store, key));
    if (context.json) {
        Json rows = Json::array();
        for (const market::QuarantinedRow& q : quarantine.rows)
            rows.push_back({{"file", q.file}, {"line", q.row.line}, {"kind", q.row.kind}, {"reason", q.row.reason}, {"text", q.row.text}});
        print_json({{"symbol", key.symbol}, {"timeframe", name(key.timeframe)}, {"rows", std::move(rows)}, {"omitted", quarantine.omitted}});
        return {};
    }
    if (quarantine.rows.empty()) {
        fmt::print("{}: no row of any imported file was kept out\n", to_string(key));
        return {};
    }
    using enum kit::Table::Align;
    kit::Table table({{"file", left}, {"line", right}, {"kind", left}, {"reason", left}, {"as it stands there", left}});
    for (const market::QuarantinedRow& q : quarantine.rows)
        table.add({std::filesystem::path(q.file).filename().string(), fmt::format("{}", q.row.line), q.row.kind, q.row.reason, q.row.text});
    fmt::print("{}{} rows kept out of {}{}\n", table.render(), quarantine.rows.size(), to_string(key),
               quarantine.omitted > 0 ? fmt::format(", {} more not listed", quarantine.omitted) : "");
    return {};
}

Result<void> export_series(const Context& context, const SeriesWords& words) {
    TRY(const SeriesKey key, key_of(words));
    TRY(const auto store, engines::open_parquet_store(context.home));
    TRY(const std::int64_t rows, words.format == "csv" ? market::export_csv(*store, key, words.out)
                                                       : store->export_parquet(key, words.out));
    if (context.json)
        print_json({{"symbol", key.symbol}, {"timeframe", name(key.timeframe)}, {"rows", rows}, {"format", words.format},
                    {"out", words.out}});
    else
        fmt::print("{} rows of {} in {}\n", rows, to_string(key), words.out);
    return {};
}

/// Bars that are no timeframe as Parquet: `time` of the first tick, the bar known `duration_s` seconds later.
Result<std::int64_t> write_event_bars(const ports::SeriesStore& store, const std::string& symbol, const market::EventRule& rule,
                                      const std::string& words, const std::string& out) {
    TRY(market::EventBarReader reader, market::EventBarReader::open(store, symbol, rule));
    const engines::TableFile table{{"open", "high", "low", "close", "ask_close", "volume", "ticks", "imbalance", "duration_s"},
                                   Json{{"symbol", symbol}, {"bars", words}}.dump()};
    return engines::write_parquet_table(out, table, [&](engines::TableBlock& block) -> Result<std::size_t> {
        market::EventBar b;
        std::size_t rows = 0;
        for (; rows < block.capacity(); ++rows) {
            TRY(const bool more, reader.next(b));
            if (!more) break;
            block.time_nanos[rows] = b.begin.value;
            const double seconds = static_cast<double>(b.end.value - b.begin.value) / static_cast<double>(nanos_per_second);
            const double values[]{b.open.to_double(), b.high.to_double(), b.low.to_double(), b.close.to_double(), b.ask_close.to_double(),
                                  b.volume.to_double(), static_cast<double>(b.ticks), static_cast<double>(b.imbalance), seconds};
            for (std::size_t c = 0; c < std::size(values); ++c) block.columns[c][rows] = values[c];
        }
        return rows;
    });
}

/// Bars that are no timeframe go to a file, CSV or Parquet by its ending.
Result<void> event_bars(const Context& context, const SeriesWords& words) {
    TRY(const market::EventRule rule, market::parse_event_rule(words.to));
    TRY(const SeriesKey from, key_of(words));
    if (from.timeframe != Timeframe::ticks)
        return fail(ErrorCode::usage, fmt::format("{} bars are made of ticks: aitrading data resample {} ticks {} --out F.csv",
                                                  words.to, words.symbol, words.to));
    if (words.out.empty())
        return fail(ErrorCode::usage, fmt::format("{} is no timeframe, so its bars are not stored; name a file with --out", words.to));
    TRY(const auto store, engines::open_parquet_store(context.home));
    TRY(const std::int64_t bars, words.out.ends_with(".parquet") ? write_event_bars(*store, words.symbol, rule, words.to, words.out)
                                                                 : market::export_event_bars(*store, words.symbol, rule, words.out));
    if (context.json)
        print_json({{"symbol", words.symbol}, {"bars", words.to}, {"rows", bars}, {"out", words.out}});
    else
        fmt::print("{} bars {} of {} in {}\n", bars, words.to, words.symbol, words.out);
    return {};
}

Result<void> resample(const Context& context, const SeriesWords& words) {
    const auto timeframe = parse_timeframe(words.to);
    if (!timeframe && words.to.find(':') != std::string::npos) return event_bars(context, words);
    if (!timeframe) return std::unexpected(timeframe.error());
    TRY(const SeriesKey from, key_of(words));
    const Timeframe to = *timeframe;
    if (!words.out.empty())
        return fail(ErrorCode::usage, fmt::format("{} bars are stored; write them with `aitrading data export {} {} --out {}`", words.to,
                                                  words.symbol, words.to, words.out));
    TRY(const auto store, engines::open_parquet_store(context.home));
    market::ResampleOptions options;
    options.symbol = words.as;
    options.prices = words.price == "mid" ? market::Prices::mid : market::Prices::as_they_are;
    options.day = words.day == "auto" ? market::usual_day_start(words.symbol)
                  : words.day == "utc" ? market::DayStart::utc : market::DayStart::new_york;
    TRY(const SeriesInfo info, market::resample_stored(*store, from, to, options));
    const bool of_days = duration_nanos(to) >= nanos_per_day;
    const bool new_york = of_days && options.day == market::DayStart::new_york;
    if (context.json) {
        Json series = to_json(info);
        series["day_start"] = new_york ? "new-york" : "utc";
        print_json({{"series", Json::array({std::move(series)})}});
    } else {
        fmt::print("{}: {} bars from {}, {}\n", to_string(info.key), info.rows, to_string(from),
                   new_york  ? "days begin at 17:00 in New York (--day utc for midnight UTC)"
                   : of_days ? "days begin at 00:00 UTC, weeks on Monday (--day new-york for 17:00 in New York)"
                             : "bars begin on the UTC clock");
    }
    return {};
}

using Run = Result<void> (*)(const Context&, const SeriesWords&);

CLI::App* add_tool(CLI::App& group, Context& context, const char* verb, const char* does, Run run,
                   const std::shared_ptr<SeriesWords>& words) {
    CLI::App* command = group.add_subcommand(verb, does);
    command->add_option("symbol", words->symbol, "as shown by data list")->required();
    command->add_option("timeframe", words->timeframe, "ticks M1 M5 M15 M30 H1 H4 D1 W1 MN1, or book")->required();
    command->callback([words, run, &context] { context.action = [words, run, &context] { return run(context, *words); }; });
    return command;
}

}  // namespace

void add_data_tools(CLI::App& group, Context& context) {
    const auto checked = std::make_shared<SeriesWords>();
    CLI::App* checking = add_tool(group, context, "check", "gaps, faults and oddities of a stored series", check, checked);
    checking->add_option("--report", checked->report, "folder for quality.html, the same with pictures");
    checking->footer("Example: aitrading data check EURUSD H1 --report out");

    add_tool(group, context, "quarantine", "rows of imported files that were kept out, with reasons", list_quarantine,
             std::make_shared<SeriesWords>())
        ->footer("Example: aitrading data quarantine EURUSD H1 --json");

    const auto exported = std::make_shared<SeriesWords>();
    CLI::App* exporting = add_tool(group, context, "export", "a stored series as a file", export_series, exported);
    exporting->add_option("--out", exported->out, "file to write")->required();
    exporting->add_option("--format", exported->format, "csv or parquet")->check(CLI::IsMember({"csv", "parquet"}));
    exporting->footer("Example: aitrading data export EURUSD H1 --out eurusd.csv");

    const auto resampled = std::make_shared<SeriesWords>();
    CLI::App* resampling = add_tool(group, context, "resample", "longer bars from bars or ticks, stored beside them", resample,
                                    resampled);
    resampling->add_option("to", resampled->to, "the longer timeframe, or ticks:1000, volume:1e6, imbalance:500 with --out")->required();
    resampling->add_option("--day", resampled->day,
                           "where D1, W1 and MN1 begin: new-york (17:00 there, so that Sunday evening is Monday's), utc (midnight),\n"
                           "auto (new-york, but utc for crypto)")
        ->check(CLI::IsMember({"auto", "new-york", "utc"}));
    resampling->add_option("--price", resampled->price, "as-is (every side by itself) or mid (of bid and ask, with the spread at the close)")
        ->check(CLI::IsMember({"as-is", "mid"}));
    resampling->add_option("--as", resampled->as, "symbol to store the bars under, where the series of that timeframe shall stay");
    resampling->add_option("--out", resampled->out, "file for bars that are no timeframe: F.csv or F.parquet");
    resampling->footer("Bars shorter than a day begin on the UTC clock. A series of that timeframe is replaced.\n"
                       "Examples: aitrading data resample EURUSD M1 H1\n"
                       "          aitrading data resample EURUSD ticks M1 --price mid --as EURUSD_mid\n"
                       "          aitrading data resample EURUSD ticks imbalance:500 --out imbalance.csv");
}

}  // namespace aitrading::apps
