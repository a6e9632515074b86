#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "apps/aitrading/series_input.hpp"
#include "insight/regimes/regime_statistics.hpp"
#include "insight/regimes/release_times.hpp"
#include "kit/table.hpp"
#include "report/regime_report.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;
using insight::Regime;
using insight::regime_kinds;

struct RegimesCommand {
    std::string symbol, timeframe, out, from, to, report;
    int window = 64;
};

/// The rows that are written, and what is counted over them.
struct Labelled {
    std::string csv;
    std::vector<Regime> regimes;  ///< of the rows written
    std::size_t first = 0;        ///< bar of the first row
    models::RegimePath path;      ///< of all bars
    models::RuleRegimeOptions rules;

    std::ptrdiff_t shocks() const { return std::count(path.shock.begin() + static_cast<std::ptrdiff_t>(first), path.shock.end(), true); }
};

/// What stands behind the flag of shocks.
std::string shock_line(const Labelled& labelled) {
    const auto& releases = labelled.rules.releases;
    return fmt::format("News shock on {} bars: 3 bars after a significant jump{}.", labelled.shocks(),
                       releases ? fmt::format(", 6 after a move of 4 deviations at one of {} releases of high impact for {} in the economic calendar",
                                              releases->size(), fmt::join(labelled.rules.currencies, " and "))
                                : "");
}

Result<Labelled> label(const BarColumns& bars, UnixNanos from, const RegimesCommand& command, const Context& context) {
    Labelled out;
    TRY(out.rules, regime_options(context, bars, command.window));
    TRY(out.path, models::rule_regimes(bars, out.rules, context.stop));
    if (bars.size() <= static_cast<std::size_t>(out.path.warm_up))
        return fail(ErrorCode::bad_input, fmt::format("{} has {} bars up to the end of the span; the regimes need {} before the first "
                                                      "is known: take a longer span or a smaller --window", to_string(bars.key),
                                                      bars.size(), out.path.warm_up + 1));
    out.csv = "time,regime";
    for (std::size_t k = 1; k <= regime_kinds; ++k) out.csv += fmt::format(",p_{}", k);
    out.csv += '\n';
    out.first = static_cast<std::size_t>(std::ranges::lower_bound(bars.time, from) - bars.time.begin());
    for (std::size_t i = out.first; i < bars.size(); ++i) {
        out.regimes.push_back(static_cast<Regime>(out.path.regime[i]));
        out.csv += to_iso8601(bars.time[i]);
        if (out.path.regime[i] == 0) {
            out.csv.append(1 + regime_kinds, ',');
        } else {
            out.csv += fmt::format(",{}", out.path.regime[i]);
            for (const double p : out.path.probability[i]) out.csv += fmt::format(",{:.6g}", p);
        }
        out.csv += '\n';
    }
    return out;
}

Result<void> write_report(const RegimesCommand& command, const BarColumns& bars, const Labelled& labelled, const Context& context) {
    report::RegimeReport page;
    page.series.prices = bars.slice(labelled.first, bars.size());
    page.series.regime.assign(labelled.path.regime.begin() + static_cast<std::ptrdiff_t>(labelled.first), labelled.path.regime.end());
    page.not_available = labelled.path.not_available;
    page.protocol = {fmt::format("Twelve rules over features of closed bars, window {} bars; a threshold is a share of the trailing 20 windows, so that every "
                                 "instrument and timeframe has its own.", command.window),
                     "The first rule that fires names the regime; it is left when another has been right for 3 bars or its own rule fails at 80 % of its "
                     "thresholds, and never before 3 bars.",
                     shock_line(labelled),
                     "Nothing at a bar comes from a later one; bars before --from only warm the rules up."};
    page.provenance = provenance(context);
    page.provenance.data = data_line(bars);
    return write_page(std::filesystem::path(command.report) / "report.html", report::render_regime_report(page));
}

void print_json(const RegimesCommand& command, const Labelled& labelled, const insight::RegimeStatistics& s) {
    Json regimes = Json::array(), transitions = Json::array();
    for (std::size_t k = 0; k < regime_kinds; ++k) {
        regimes.push_back({{"regime", k + 1}, {"name", insight::regime_names[k + 1]}, {"bars", s.bars[k]}, {"stays", s.stays[k]},
                           {"mean_stay", s.mean_stay(k)}});
        Json row = Json::array();
        for (std::size_t j = 0; j < regime_kinds; ++j) row.push_back(s.transition(k, j));
        transitions.push_back(std::move(row));
    }
    const auto given = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    Json releases;
    if (labelled.rules.releases) releases = {{"count", labelled.rules.releases->size()}, {"currencies", labelled.rules.currencies}};
    const Json document{{"out", given(command.out)}, {"report", given(command.report)}, {"rows", labelled.regimes.size()}, {"known", s.known}, {"warm_up", labelled.path.warm_up},
                        {"regimes", std::move(regimes)}, {"transitions", std::move(transitions)}, {"news_shock_bars", labelled.shocks()}, {"releases", std::move(releases)},
                        {"not_available", labelled.path.not_available}};
    fmt::print("{}\n", document.dump(2));
}

void print_tables(const RegimesCommand& command, const Labelled& labelled, const insight::RegimeStatistics& s) {
    using enum kit::Table::Align;
    kit::Table stays({{"", right}, {"regime", left}, {"bars", right}, {"share %", right}, {"stays", right}, {"mean stay, bars", right}});
    std::vector<kit::Table::Column> columns{{"from \\ to, %", left}};
    for (std::size_t k = 1; k <= regime_kinds; ++k) columns.push_back({fmt::to_string(k), right});
    kit::Table moves(columns);
    for (std::size_t k = 0; k < regime_kinds; ++k) {
        stays.add({fmt::to_string(k + 1), std::string(insight::regime_names[k + 1]), fmt::to_string(s.bars[k]),
                   fmt::format("{:.1f}", s.known > 0 ? 100.0 * static_cast<double>(s.bars[k]) / static_cast<double>(s.known) : 0.0),
                   fmt::to_string(s.stays[k]), s.stays[k] > 0 ? fmt::format("{:.1f}", s.mean_stay(k)) : "never came"});
        std::vector<std::string> row{fmt::format("{} {}", k + 1, insight::regime_names[k + 1])};
        for (std::size_t j = 0; j < regime_kinds; ++j)
            row.push_back(s.moves[k][j] > 0 ? fmt::format("{:.1f}", 100 * s.transition(k, j)) : ".");
        moves.add(row);
    }
    fmt::print("{}\n{}\n", stays.render(), moves.render());
    for (const std::string& text : labelled.path.not_available) fmt::print("not available: {}\n", text);
    fmt::print("{}\n", shock_line(labelled));
    fmt::print("{} rows, {} with a known regime (the first after {} bars){}{}\n", labelled.regimes.size(), s.known, labelled.path.warm_up,
               command.out.empty() ? "" : ", in ", command.out);
    if (!command.report.empty()) fmt::print("Report: {}\n", (std::filesystem::path(command.report) / "report.html").string());
}

Result<void> write_regimes(const RegimesCommand& command, const Context& context) {
    if (command.out.empty() && command.report.empty())
        return fail(ErrorCode::usage, "regimes: say where to, --out FILE for the CSV or --report DIR for the page, or both");
    TRY(const SeriesKey key, series_key(command.symbol, command.timeframe));
    if (key.timeframe == Timeframe::ticks)
        return fail(ErrorCode::usage, "regimes are told of bars, not of ticks; use one of M1 M5 M15 M30 H1 H4 D1 W1");
    TRY(const TimeRange range, time_range(command.from, command.to));
    TimeRange whole;  // earlier bars warm the rules up, so that rows do not depend on --from
    whole.to = range.to;
    TRY(const BarColumns bars, read_series(context, key, whole));
    TRY(const Labelled labelled, label(bars, range.from, command, context));
    if (!command.out.empty()) TRY_VOID(write_file(command.out, labelled.csv));
    if (!command.report.empty()) TRY_VOID(write_report(command, bars, labelled, context));
    const insight::RegimeStatistics statistics = insight::regime_statistics(labelled.regimes);
    if (context.json)
        print_json(command, labelled, statistics);
    else if (!command.out.starts_with("/dev/"))
        print_tables(command, labelled, statistics);
    return {};
}

}  // namespace

void add_regimes_commands(CLI::App& app, Context& context) {
    auto command = std::make_shared<RegimesCommand>();
    CLI::App* regimes = app.add_subcommand("regimes", "the twelve market regimes of a stored series, bar by bar");
    regimes->footer("Rules with hysteresis over features of closed bars; thresholds are shares of the trailing 20 windows, so that every\n"
                    "instrument has its own. p_1 to p_12 tell how near the rules' thresholds are and are not calibrated. Rows do not\n"
                    "depend on --from. Fields are empty until the reference window is full.\n\n"
                    "Example: aitrading regimes EURUSD H1 --out regimes.csv\n"
                    "         aitrading regimes EURUSD H1 --report regimes --from 2017-01-01");
    regimes->add_option("symbol", command->symbol, "as in data list")->required();
    regimes->add_option("timeframe", command->timeframe, "M1 M5 M15 M30 H1 H4 D1 W1")->required();
    regimes->add_option("--out", command->out, "the CSV to write; it appears when it is complete");
    regimes->add_option("--report", command->report, "folder for report.html");
    regimes->add_option("--window", command->window, "bars that a regime is told from, 48 to 100")
        ->check(CLI::Range(48, 100))
        ->capture_default_str();
    regimes->add_option("--from", command->from, "first bar to write");
    regimes->add_option("--to", command->to, "end of the bars, itself left out");
    regimes->callback([command, &context] {
        context.action = [command, &context] { return write_regimes(*command, context); };
    });
}

}  // namespace aitrading::apps
