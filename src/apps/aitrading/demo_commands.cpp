#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/evaluation_run.hpp"
#include "apps/aitrading/market_run.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/run_result_view.hpp"
#include "apps/aitrading/series_input.hpp"
#include "decision/trading/make_strategy.hpp"
#include "kit/table.hpp"
#include "market/history/line_reader.hpp"
#include "market/simulator/market.hpp"
#include "models/evaluation/panel_json.hpp"
#include "proving/backtest/driver.hpp"
#include "report/demo_report.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t market_train = 60'000, market_test = 30'000;
constexpr std::uint64_t market_seed = 42;

/// One of the three results, with what the table and the page say about it.
struct DemoResult {
    report::DemoCard card;
    std::vector<report::ModelPanel> panels;
};

Result<std::filesystem::path> samples_folder() {
    std::vector<std::filesystem::path> places;
    if (const char* given = std::getenv("AITRADING_SAMPLES"); given != nullptr && *given != '\0') places.emplace_back(given);
    std::error_code ignored;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
    places.push_back(self.parent_path().parent_path() / "share" / "aitrading" / "samples");
    for (const auto& p : places)
        if (std::filesystem::exists(p / "EURUSD_H1.csv", ignored)) return p;
    return fail(ErrorCode::not_found, "the sample data are not there; run ./dev setup, or set AITRADING_SAMPLES to their folder");
}

const Panel* panel_named(const std::vector<report::ModelPanel>& panels, const std::string& name) {
    for (const auto& p : panels)
        if (p.name == name) return &p.panel;
    return nullptr;
}

Result<DemoResult> series_result(const BarColumns& bars, const std::string& title, const std::string& subtitle,
                                 const std::string& label, const std::string& rival, const Context& context) {
    EvaluationRequest request;
    request.label = label;
    request.plan.folds = 8;
    TRY(const EvaluationRun run, run_evaluation(bars, request, context));
    DemoResult out;
    out.panels = run.panels;
    out.card.title = title;
    out.card.subtitle = subtitle;
    out.card.model = "the ensemble";
    out.card.panel = run.panel();
    out.card.rival = rival;
    if (const Panel* p = panel_named(run.panels, rival)) {
        out.card.rival_accuracy = p->accuracy;
        out.card.rival_log_loss = p->log_loss;
    }
    return out;
}

Result<DemoResult> market_result(const Context& context) {
    market::SyntheticMarket generator(market::specified_market(market::strong_strength), market_seed);
    market::ExactFilter filter(market::specified_market(market::strong_strength));
    market::MarketTable table;
    double optimum = 0;
    for (std::size_t i = 0; i < market_train + market_test; ++i) {
        const market::MarketRow row = generator.next();
        filter.update(row);
        const double p = filter.p_up_next();
        if (i >= market_train) optimum += std::max(p, 1 - p) / static_cast<double>(market_test);
        table.t.push_back(row.t);
        table.x.push_back(row.x);
        table.dxy.push_back(row.dxy);
        table.r_bp.push_back(row.r_bp);
        table.log_volume.push_back(row.log_volume);
        table.log_spread.push_back(row.log_spread);
    }
    TRY(const MarketRun run, run_market(std::move(table), "market-strong", market_train, market_test, {}, context));
    DemoResult out;
    out.panels = run.panels;
    out.card.title = "A synthetic market of known optimum";
    out.card.subtitle = fmt::format("sign of the next return, specified market-strong, seed {}", market_seed);
    out.card.model = "the ensemble";
    out.card.panel = run.panels.front().panel;
    out.card.optimum = optimum;
    return out;
}

/// The newest ECB reference rates of the samples, for display: no model sees them. Empty where they are not there.
std::string reference_rates(const std::filesystem::path& samples) {
    auto lines = market::open_lines(samples / "eurofxref-hist.zip");
    if (!lines) return "";
    const auto first = lines->peek(2);
    if (!first || first->size() < 2) return "";
    std::string_view names = (*first)[0], values = (*first)[1];
    const auto next = [](std::string_view& line) {
        const auto comma = line.find(',');
        const std::string_view field = line.substr(0, comma);
        line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
        return std::string(field);
    };
    next(names);
    std::string out = "ECB reference rates of " + next(values) + " (for display only), 1 EUR =";
    while (!names.empty()) {
        const std::string currency = next(names), rate = next(values);
        if (currency == "USD" || currency == "JPY" || currency == "GBP" || currency == "CHF")
            out += fmt::format(" {} {}", rate, currency);
    }
    return out;
}

Result<RunResult> crossing_averages(const BarColumns& bars, const Context& context) {
    backtest::RunOptions options;
    options.series = bars.key;
    options.bar_nanos = duration_nanos(bars.key.timeframe);
    options.spread = pip_of(bars.key.symbol, bars.digits);
    options.engine.rules.commission = {trading::Commission::Kind::per_lot, Money{7 * Money::scale}};
    options.seed = context.seed;
    trading::StrategySetup setup;
    TRY(setup.size, trading::parse_lots("0.1"));
    TRY(auto strategy, trading::make_strategy("ema_cross(10,30)", setup));
    const auto stream = [&](const ports::BarSink& sink) -> Result<void> {
        sink(bars);
        return {};
    };
    return backtest::run_bars(stream, *strategy, options, context.stop);
}

std::string table_of(const std::vector<DemoResult>& results) {
    using enum kit::Table::Align;
    kit::Table table({{"what"}, {"n", right}, {"base rate %", right}, {"accuracy %", right}, {"95 %", right},
                      {"best possible %", right}, {"most confident fifth %", right}});
    for (const auto& r : results) {
        const Panel& p = r.card.panel;
        std::string fifth;
        for (const auto& point : p.accuracy_at)
            if (std::abs(point.coverage - 0.2) < 1e-9) fifth = fmt::format("{:.1f}", point.accuracy * 100);
        table.add({r.card.title, fmt::format("{}", p.n), fmt::format("{:.1f}", p.majority_rate * 100),
                   fmt::format("{:.1f}", p.accuracy * 100),
                   fmt::format("{:.1f}–{:.1f}", p.accuracy_low * 100, p.accuracy_high * 100),
                   r.card.optimum.value ? fmt::format("{:.1f}", *r.card.optimum.value * 100) : "unknown", fifth});
    }
    return table.render();
}

report::DemoReport page_of(const std::vector<DemoResult>& results, const RunResult& run, const BarColumns& bars,
                           const BarColumns& sp500, const Context& context) {
    report::DemoReport page;
    for (const auto& r : results) page.cards.push_back(r.card);
    page.run.result = run;
    page.run.prices = bars;
    page.run.trials_text = "One parameter set, chosen before the data were seen: the textbook 10 and 30.";
    page.run.provenance = provenance(context);
    page.run.provenance.data = data_line(bars);
    page.provenance = page.run.provenance;
    page.provenance.data = fmt::format("{}; {}; market-strong seed {}", data_line(bars), data_line(sp500), market_seed);
    page.next = {{"aitrading data import MY_EXPORT.csv --symbol EURUSD", "your own MetaTrader 5 or HistData file"},
                 {"aitrading evaluate EURUSD H1 --label 'volatility(24)' --report my-report", "what is predictable in it"},
                 {"aitrading backtest EURUSD H1 --strategy 'ema_cross(10,30)' --spread 1.0pip --report my-run",
                  "what a rule would have earned after costs"}};
    return page;
}

constexpr const char* platform_words =
    "The platform: AITRADING_FEED=simulator aitrading up   (a made-up market flows; Ctrl-C stops)\n"
    "  beside it: aitrading status                                     which services run, and why the others do not\n"
    "             aitrading journal tail --follow --topic market.bars  its bars as they close\n"
    "             curl http://127.0.0.1:8001/metrics                   what it counts\n"
    "  with a model of yours on a stored series: docs/live.md\n";

Result<void> demo(const std::string& folder, const Context& context) {
    TRY(const auto samples, samples_folder());
    TRY(const BarColumns eurusd, read_bars_file(samples / "EURUSD_H1.csv", {"EURUSD", Timeframe::h1}));
    TRY(const BarColumns sp500, read_bars_file(samples / "SP500_D1.csv", {"SP500", Timeframe::d1}));

    std::vector<DemoResult> results;
    TRY(results.emplace_back(), series_result(eurusd, "EURUSD, next hour", "sign of the next hourly close to close",
                                              "next_bar", "reverse_last_bar", context));
    TRY(results.emplace_back(), series_result(sp500, "S&P 500, volatility of 5 days",
                                              "above its trailing-year median or not", "volatility(5)", "har", context));
    TRY(results.emplace_back(), market_result(context));
    TRY(const RunResult run, crossing_averages(eurusd, context));

    const std::filesystem::path report_file = std::filesystem::path(folder) / "report.html";
    TRY_VOID(write_page(report_file, report::render_demo_report(page_of(results, run, eurusd, sp500, context))));
    if (context.json) {
        Json out;
        out["report"] = report_file.string();
        out["panel"] = Json::object();
        const std::array<const char*, 3> names{"eurusd_next_bar", "sp500_volatility_5", "market_strong"};
        for (std::size_t i = 0; i < results.size(); ++i)
            out["panel"][names[i]] = Json::parse(models::panel_json(results[i].card.panel));
        out["backtest"] = run_result_json(run);
        std::puts(out.dump(2).c_str());
        return {};
    }
    std::printf("Three honest results\n\n%s\n", table_of(results).c_str());
    for (const auto& r : results) std::printf("%s\n%s\n", r.card.title.c_str(), panel_table(r.panels).c_str());
    std::printf("And a costed back-test: EURUSD H1, crossing averages, spread 1.0 pip, 7 a lot and fill\n\n%s\n",
                run_result_text(run).c_str());
    if (const std::string rates = reference_rates(samples); !rates.empty()) std::printf("%s\n", rates.c_str());
    std::printf("The report lies in %s\nNext: aitrading data import MY_EXPORT.csv --symbol EURUSD   (MetaTrader 5 or HistData)\n%s", report_file.c_str(), platform_words);
    return {};
}

}  // namespace

void add_demo_commands(CLI::App& app, Context& context) {
    auto folder = std::make_shared<std::string>();
    auto* c = app.add_subcommand("demo", "three honest results, a costed back-test and a report, from bundled real data");
    c->footer("Example: aitrading demo --report my-demo");
    c->add_option("--report", *folder, "folder for report.html; without it: the home's reports/demo");
    c->callback([folder, &context] {
        context.action = [folder, &context] {
            return demo(folder->empty() ? (context.home / "reports" / "demo").string() : *folder, context);
        };
    });
}

}  // namespace aitrading::apps
