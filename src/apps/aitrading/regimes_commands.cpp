#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/series_input.hpp"
#include "insight/regimes/regime_statistics.hpp"
#include "insight/regimes/rules.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;
using insight::Regime;
using insight::regime_kinds;

struct RegimesCommand {
    std::string symbol, timeframe, out, from, to;
    int window = 64;
};

std::optional<double> spread_of(const BarColumns& bars, std::size_t i) {
    if (bars.has_spread()) return bars.spread[i].to_double();
    if (bars.has_ask()) return bars.ask_close[i].to_double() - bars.close[i].to_double();
    return std::nullopt;
}

struct Labelled {
    std::string csv;
    std::vector<Regime> regimes;  ///< of the rows written
    std::vector<std::string> not_available;
    int warm_up = 0;
};

Result<Labelled> label(const BarColumns& bars, UnixNanos from, const RegimesCommand& command, const Context& context) {
    insight::RuleOptions options;
    options.window = command.window;
    options.has_volume = std::ranges::any_of(bars.volume, [](Quantity v) { return v.to_double() > 0; });
    options.has_spread = bars.has_spread() || bars.has_ask();
    TRY(insight::RegimeRules rules, insight::RegimeRules::of(options));
    Labelled out;
    out.warm_up = rules.warm_up();
    if (bars.size() <= static_cast<std::size_t>(out.warm_up))
        return fail(ErrorCode::bad_input, fmt::format("{} has {} bars up to the end of the span; the regimes need {} before the first "
                                                      "is known: take a longer span or a smaller --window", to_string(bars.key),
                                                      bars.size(), out.warm_up + 1));
    if (!options.has_volume) out.not_available.emplace_back("volume: the series has none; its conditions are left out");
    if (!options.has_spread) out.not_available.emplace_back("spread: the series has none; crisis is told by Amihud's measure alone");
    out.not_available.emplace_back("economic calendar: not stored; shocks are told by jumps alone");
    out.csv = "time,regime";
    for (std::size_t k = 1; k <= regime_kinds; ++k) out.csv += fmt::format(",p_{}", k);
    out.csv += '\n';
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i % 4096 == 0 && context.stop.stop_requested())
            return fail(ErrorCode::interrupted, command.out + ": stopped, nothing was written");
        const insight::RegimeReading& reading = rules.update(insight::Candle::of(bars.bar(i)), spread_of(bars, i));
        if (bars.time[i] < from) continue;
        out.regimes.push_back(reading.regime);
        out.csv += to_iso8601(bars.time[i]);
        if (reading.regime == Regime::unknown) {
            out.csv.append(1 + regime_kinds, ',');
        } else {
            out.csv += fmt::format(",{}", static_cast<int>(reading.regime));
            for (const double p : reading.probability) out.csv += fmt::format(",{:.6g}", p);
        }
        out.csv += '\n';
    }
    return out;
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
    const Json document{{"out", command.out}, {"rows", labelled.regimes.size()}, {"known", s.known}, {"warm_up", labelled.warm_up},
                        {"regimes", std::move(regimes)}, {"transitions", std::move(transitions)}, {"not_available", labelled.not_available}};
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
    for (const std::string& text : labelled.not_available) fmt::print("not available: {}\n", text);
    fmt::print("{} rows, {} with a known regime (the first after {} bars), in {}\n", labelled.regimes.size(), s.known,
               labelled.warm_up, command.out);
}

Result<void> write_regimes(const RegimesCommand& command, const Context& context) {
    TRY(const SeriesKey key, series_key(command.symbol, command.timeframe));
    if (key.timeframe == Timeframe::ticks)
        return fail(ErrorCode::usage, "regimes are told of bars, not of ticks; use one of M1 M5 M15 M30 H1 H4 D1 W1");
    TRY(const TimeRange range, time_range(command.from, command.to));
    TimeRange whole;  // earlier bars warm the rules up, so that rows do not depend on --from
    whole.to = range.to;
    TRY(const BarColumns bars, read_series(context, key, whole));
    TRY(const Labelled labelled, label(bars, range.from, command, context));
    TRY_VOID(write_file(command.out, labelled.csv));
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
                    "Example: aitrading regimes EURUSD H1 --out regimes.csv");
    regimes->add_option("symbol", command->symbol, "as in data list")->required();
    regimes->add_option("timeframe", command->timeframe, "M1 M5 M15 M30 H1 H4 D1 W1")->required();
    regimes->add_option("--out", command->out, "the CSV to write; it appears when it is complete")->required();
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
