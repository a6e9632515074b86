#include "apps/aitrading/run_result_view.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kit/table.hpp"
#include "report/verdict.hpp"

namespace aitrading::apps {
namespace {

using nlohmann::json;

/// A figure as a number, or null with its reason noted under its key.
void put(json& out, const char* key, const Figure& figure) {
    if (figure.value) {
        out[key] = *figure.value;
    } else {
        out[key] = nullptr;
        out["reasons"][key] = figure.reason;
    }
}

std::string shown(const Figure& figure, std::string_view format = "{:.2f}") {
    return figure.value ? fmt::format(fmt::runtime(format), *figure.value)
                        : fmt::format("not available ({})", figure.reason);
}

std::string money(Money m) { return to_decimal(m, 2); }

/// One sentence: did it make money after costs, and how sure is that.

}  // namespace

json run_result_json(const RunResult& r) {
    json out{{"strategy", r.strategy},
             {"symbol", r.series.symbol},
             {"timeframe", name(r.series.timeframe)},
             {"from", to_iso8601(r.from)},
             {"to", to_iso8601(r.to)},
             {"bars", r.bars},
             {"ticks", r.ticks},
             {"fills", r.fills},
             {"trades", r.trades},
             {"wins", r.wins},
             {"cash", r.cash.to_double()},
             {"gross", r.gross.to_double()},
             {"costs", r.costs.to_double()},
             {"cost_parts",
              {{"spread", r.cost_parts.spread.to_double()},
               {"commission", r.cost_parts.commission.to_double()},
               {"slippage", r.cost_parts.slippage.to_double()},
               {"swap", r.cost_parts.swap.to_double()}}},
             {"net", r.net.to_double()},
             {"final_equity", r.final_equity.to_double()},
             {"max_drawdown", r.max_drawdown},
             {"days", r.daily.size()},
             {"trials", r.trials},
             {"seconds", r.seconds},
             {"hash", r.hash},
             {"stages", r.stages},
             {"notes", r.notes},
             {"cautions", r.cautions},
             {"reasons", json::object()}};
    put(out, "sharpe", r.sharpe);
    put(out, "gross_sharpe", r.gross_sharpe);
    put(out, "psr", r.psr);
    put(out, "dsr", r.dsr);
    put(out, "min_track_record_years", r.min_track_record_years);
    out["sharpe_ci95"] = nullptr;
    if (r.sharpe_low.value && r.sharpe_high.value)
        out["sharpe_ci95"] = {*r.sharpe_low.value, *r.sharpe_high.value};
    else
        out["reasons"]["sharpe_ci95"] = r.sharpe_low.reason;
    put(out, "pbo", Figure::unknown("needs several parameter sets: aitrading sweep"));
    return out;
}

std::string run_result_text(const RunResult& r) {
    std::string out = fmt::format("{} on {}, {} to {}\n\n", r.strategy, to_string(r.series), to_iso8601(r.from),
                                  to_iso8601(r.to));
    kit::Table table({{"figure"}, {"value", kit::Table::Align::right}});
    const double share = r.trades > 0 ? 100.0 * static_cast<double>(r.wins) / static_cast<double>(r.trades) : 0;
    table.add({"bars", fmt::format("{}", r.bars)});
    if (r.ticks > 0) table.add({"ticks", fmt::format("{}", r.ticks)});
    table.add({"fills", fmt::format("{}", r.fills)});
    table.add({"round trips", fmt::format("{} ({:.1f} % won)", r.trades, share)});
    table.add({"profit before costs", money(r.gross)});
    table.add({"  spread", money(-r.cost_parts.spread)});
    table.add({"  commission", money(-r.cost_parts.commission)});
    table.add({"  slippage", money(-r.cost_parts.slippage)});
    table.add({"  swap", money(-r.cost_parts.swap)});
    table.add({"profit after costs", money(r.net)});
    table.add({"final equity", fmt::format("{} (from {})", money(r.final_equity), money(r.cash))});
    table.add({"greatest drawdown", fmt::format("{:.2f} %", 100 * r.max_drawdown)});
    table.add({"Sharpe ratio a year", shown(r.sharpe)});
    if (r.sharpe_low.value && r.sharpe_high.value)
        table.add({"  95 % interval", fmt::format("{:.2f} to {:.2f}", *r.sharpe_low.value, *r.sharpe_high.value)});
    table.add({"  before costs", shown(r.gross_sharpe)});
    table.add({"chance that it is above 0 (PSR)", shown(r.psr, "{:.3f}")});
    table.add({fmt::format("  after {} trial{} (DSR)", r.trials, r.trials == 1 ? "" : "s"), shown(r.dsr, "{:.3f}")});
    table.add({"years that would prove it", shown(r.min_track_record_years, "{:.1f}")});
    table.add({"engine", fmt::format("{:.4f} s", r.seconds)});
    table.add({"hash", r.hash});
    out += table.render() + "\n";
    for (const std::string& note : r.notes) out += "- " + note + "\n";
    out += "\n" + report::run_verdict(r) + "\n";
    for (const std::string& caution : r.cautions) out += "Caution: " + caution + "\n";
    return out;
}

}  // namespace aitrading::apps
