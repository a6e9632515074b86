#include "apps/aitrading/correlation_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "apps/aitrading/instrument_lookup.hpp"
#include "apps/aitrading/series_input.hpp"
#include "insight/correlation/pairs.hpp"
#include "insight/features/cross_series.hpp"

namespace aitrading::apps {
namespace {

using insight::CrossSeries;

constexpr int bars_window = 240, ticks_window = 60;
constexpr std::size_t tick_batch = 65'536;
constexpr std::size_t worst_shown = 3;

Result<insight::PathMethod> method_of(const std::string& text) {
    if (text == "rolling") return insight::PathMethod::rolling;
    if (text == "ewma") return insight::PathMethod::ewma;
    if (text == "dcc") return insight::PathMethod::dcc;
    return fail(ErrorCode::usage, fmt::format("--method {}: there are rolling, ewma and dcc", text));
}

/// Stored series of one timeframe that were not asked for: legs of the dollar index, the index itself.
class Beside {
  public:
    Beside(const Context& context, Timeframe timeframe, TimeRange range) : context_(context), timeframe_(timeframe), range_(range) {}
    Result<void> list() {
        TRY(store_, open_store(context_));
        TRY(const auto all, store_->list());
        for (const SeriesInfo& info : all)
            if (info.key.timeframe == timeframe_) symbols_.push_back(info.key.symbol);
        return {};
    }
    /// The series, from those already read where it is among them; empty where it is not stored or has nothing in the range.
    Result<std::optional<CrossSeries>> find(const std::string& symbol, const std::vector<CrossSeries>& read) const {
        const auto had = std::ranges::find(read, symbol, &CrossSeries::name);
        if (had != read.end()) return std::optional(*had);
        if (std::ranges::find(symbols_, symbol) == symbols_.end()) return std::nullopt;
        TRY(const BarColumns bars, store_->read_bars({symbol, timeframe_}, range_));
        if (bars.size() == 0) return std::nullopt;
        return insight::cross_series(symbol, bars);
    }

  private:
    const Context& context_;
    Timeframe timeframe_;
    TimeRange range_;
    std::unique_ptr<ports::SeriesStore> store_;
    std::vector<std::string> symbols_;
};

/// SYMBOL=UNITS for each position. @return [symbols] units
Result<std::vector<double>> units_of(const CorrelationCommand& command) {
    std::vector<double> units(command.symbols.size());
    for (const std::string& text : command.positions) {
        const std::size_t equals = text.find('=');
        const std::string symbol = text.substr(0, equals);
        const auto found = std::ranges::find(command.symbols, symbol);
        double value = 0;
        const char* end = text.data() + text.size();
        if (equals == std::string::npos || std::from_chars(text.data() + equals + 1, end, value).ptr != end)
            return fail(ErrorCode::usage, fmt::format("--position {}: SYMBOL=UNITS is expected, for example EURUSD=-100000", text));
        if (found == command.symbols.end())
            return fail(ErrorCode::usage, fmt::format("--position {}: name {} among the symbols as well", text, symbol));
        units[static_cast<std::size_t>(found - command.symbols.begin())] += value;
    }
    return units;
}

Result<void> add_dollar(CorrelationRun& run, const std::vector<CrossSeries>& series, const std::vector<CrossSeries>& legs,
                        const std::optional<CrossSeries>& published, const insight::AlignOptions& align) {
    TRY(run.dollar, insight::dollar_links(series, legs, align));
    if (!run.dollar.available())
        run.no_dollar = fmt::format("{} {} not stored at {}", fmt::join(run.dollar.missing, ", "), run.dollar.missing.size() == 1 ? "is" : "are",
                                    name(run.timeframe));
    if (!published || !run.dollar.available()) return {};
    // Another span or clock of the published index is no reason to fail.
    if (auto told = insight::dollar_links(std::span(&*published, 1), legs, align)) run.published = told->links.front();
    return {};
}

Result<void> add_risk(CorrelationRun& run, const std::vector<CrossSeries>& series, const std::vector<CrossSeries>& legs) {
    if (run.command.positions.empty()) {
        run.no_risk = "no position was named: --position SYMBOL=UNITS";
        return {};
    }
    TRY(const std::vector<double> units, units_of(run.command));
    const insight::AlignedReturns& rows = run.study->rows;
    std::vector<insight::Position> positions;
    std::vector<insight::QuotedPrice> prices;
    for (std::size_t j = 0; j < series.size(); ++j) {
        positions.push_back({series[j].name, units[j], series[j].level.back()});
        prices.push_back({series[j].name, series[j].level.back()});
    }
    for (const CrossSeries& leg : legs) prices.push_back({leg.name, leg.level.back()});
    std::vector<insight::Position> held;
    std::ranges::copy_if(positions, std::back_inserter(held), [](const insight::Position& p) { return p.units != 0; });
    PositionRisk risk;
    TRY(risk.exposures, insight::exposures_of(held, run.command.account, prices));
    risk.value.assign(series.size(), 0.0);
    for (std::size_t j = 0, at = 0; j < series.size(); ++j)
        if (units[j] != 0) risk.value[j] = risk.exposures.value[at++];
    risk.confidence = run.command.confidence;
    TRY(risk.risk, insight::portfolio_risk(risk.value, rows.view(), {.confidence = run.command.confidence}));
    for (const insight::Episode& episode : insight::known_episodes()) risk.stress.push_back(insight::replay_episode(rows, risk.value, episode));
    for (const std::size_t length : {std::size_t{1}, std::size_t{5}, std::size_t{20}})
        for (insight::StressResult& worst : insight::worst_windows(rows, risk.value, length, worst_shown)) {
            worst.episode.name = length == 1 ? "Worst row found" : fmt::format("Worst {} rows found", length);
            risk.stress.push_back(std::move(worst));
        }
    run.risk = std::move(risk);
    return {};
}

Result<CorrelationRun> run_bars(CorrelationRun run, const Context& context, TimeRange range) {
    insight::StudyOptions options;
    TRY(options.method, method_of(run.command.method));
    options.window = static_cast<std::size_t>(run.command.window > 0 ? run.command.window : bars_window);
    options.lambda = run.command.lambda > 0 ? run.command.lambda : run.timeframe >= Timeframe::d1 ? 0.94 : 0.97;
    // Bars of one length whose clocks differ by less than a bar meet at its end: days of New York and days of UTC.
    options.align.step_nanos = duration_nanos(run.timeframe);
    options.align.range = range;
    TimeRange whole;  // earlier closes warm the path up, so that rows do not depend on --from
    whole.to = range.to;
    std::vector<CrossSeries> series;
    for (const std::string& symbol : run.command.symbols) {
        TRY(const BarColumns bars, read_series(context, {symbol, run.timeframe}, whole));
        run.data_lines.push_back(data_line(bars));
        series.push_back(insight::cross_series(symbol, bars));
        // A bar that opens before --to may close after it: it is not known by then.
        while (!series.back().known.empty() && series.back().known.back() > range.to) series.back().known.pop_back(), series.back().level.pop_back();
        if (series.back().size() == 0) return fail(ErrorCode::not_found, symbol + " has no closed bar before --to");
    }
    if (options.align.range.to.value < TimeRange{}.to.value) ++options.align.range.to.value;  // a close at --to is known at it
    TRY(run.study, insight::study_of(series, options));
    run.first = run.study->rows.known.front();
    run.last = run.study->rows.known.back();
    Beside beside(context, run.timeframe, whole);
    TRY_VOID(beside.list());
    std::vector<CrossSeries> legs;
    for (const insight::DollarIndexLeg& leg : insight::dollar_index_legs) {
        TRY(std::optional<CrossSeries> found, beside.find(std::string(leg.pair), series));
        if (found) legs.push_back(std::move(*found));
    }
    TRY(const std::optional<CrossSeries> published, beside.find("DXY", series));
    TRY_VOID(add_dollar(run, series, legs, published, options.align));
    TRY_VOID(add_risk(run, series, legs));
    return run;
}

Result<insight::NamedTicks> read_ticks(const ports::SeriesStore& store, const Context& context, const std::string& symbol, TimeRange range) {
    TRY(const SeriesKey key, stored_key(context.home, store, {symbol, Timeframe::ticks}));
    TickColumns all;
    all.key = {symbol, Timeframe::ticks};
    TRY_VOID(store.stream_ticks(key, range, tick_batch, [&](const TickColumns& batch) {
        all.time.insert(all.time.end(), batch.time.begin(), batch.time.end());
        all.bid.insert(all.bid.end(), batch.bid.begin(), batch.bid.end());
        all.ask.insert(all.ask.end(), batch.ask.begin(), batch.ask.end());
        return !context.stop.stop_requested();
    }));
    if (context.stop.stop_requested()) return fail(ErrorCode::interrupted, symbol + ": stopped, nothing was written");
    TRY(insight::TickPath path, insight::TickPath::mid(all));
    return insight::NamedTicks{symbol, std::move(path)};
}

Result<CorrelationRun> run_ticks(CorrelationRun run, const Context& context, TimeRange range) {
    if (run.command.method != "rolling")
        return fail(ErrorCode::usage, "ticks come at times of their own and are measured by Hayashi-Yoshida; --method is for bars");
    if (!run.command.positions.empty()) return fail(ErrorCode::usage, "--position needs bars: risk of ticks is not measured");
    insight::TickStudyOptions options;
    options.window = static_cast<std::size_t>(run.command.window > 0 ? run.command.window : ticks_window);
    options.lead_lag.step_nanos = std::llround(run.command.lag_step_s * 1e9);
    options.lead_lag.farthest_nanos = std::llround(run.command.lag_farthest_s * 1e9);
    TRY(const auto store, open_store(context));
    std::vector<insight::NamedTicks> markets;
    for (const std::string& symbol : run.command.symbols) {
        TRY(insight::NamedTicks ticks, read_ticks(*store, context, symbol, range));
        run.data_lines.push_back(fmt::format("{} ticks, {} of them at times of their own", symbol, ticks.path.size()));
        markets.push_back(std::move(ticks));
    }
    TRY(run.ticks, insight::tick_study(markets, options, context.threads));
    run.first = markets.front().path.time.front();
    run.last = markets.front().path.time.back();
    for (const insight::NamedTicks& m : markets) run.first = std::min(run.first, m.path.time.front()), run.last = std::max(run.last, m.path.time.back());
    run.no_dollar = "it is measured on bars; name a timeframe from M1 on";
    run.no_risk = run.no_dollar;
    return run;
}

}  // namespace

Result<CorrelationRun> run_correlation(const CorrelationCommand& command, const Context& context) {
    CorrelationRun run;
    run.command = command;
    if (command.symbols.size() < 2) return fail(ErrorCode::usage, "correlation needs at least two symbols");
    for (std::size_t i = 0; i < command.symbols.size(); ++i)
        if (std::ranges::count(command.symbols, command.symbols[i]) > 1)
            return fail(ErrorCode::usage, command.symbols[i] + " is named twice");
    TRY(run.timeframe, parse_timeframe(command.timeframe));
    TRY(const TimeRange range, time_range(command.from, command.to));
    return run.timeframe == Timeframe::ticks ? run_ticks(std::move(run), context, range) : run_bars(std::move(run), context, range);
}

std::string correlation_csv(const CorrelationRun& run) {
    const std::vector<std::string>& names = run.names();
    const std::vector<UnixNanos>& known = run.study ? run.study->rows.known : run.ticks->known;
    const std::vector<double>& path = run.study ? run.study->path : run.ticks->path;
    const std::int64_t length = run.study ? duration_nanos(run.timeframe) : 0;
    std::string out = "time";
    for (std::size_t high = 1; high < names.size(); ++high)
        for (std::size_t low = 0; low < high; ++low) out += "," + names[low] + "_" + names[high];
    out += '\n';
    const std::size_t pairs = insight::pair_count(names.size());
    for (std::size_t i = 0; i < known.size(); ++i) {
        out += to_iso8601({known[i].value - length});
        for (std::size_t p = 0; p < pairs; ++p) {
            out += ',';
            if (std::isfinite(path[i * pairs + p])) out += fmt::format("{:.6g}", path[i * pairs + p]);
        }
        out += '\n';
    }
    return out;
}

}  // namespace aitrading::apps
