#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "insight/regimes/regime.hpp"

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/instrument_lookup.hpp"
#include "apps/aitrading/evaluation_run.hpp"
#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/market_run.hpp"
#include "apps/aitrading/option_list.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/series_input.hpp"
#include "models/evaluation/panel_json.hpp"
#include "report/evaluation_report.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;

struct EvaluateOptions {
    SeriesWords series;
    std::string label = "next_bar", models = "trees", test_from, spread, commission, report,
                predictions, market, placebo, features = "default", with, stack, device = "cpu";
    int folds = 10, embargo = -1;
    std::size_t refit_bars = 0, train = 0, test = 0, fold_rows = 0, importance = 0;
};

Json panels_json(const std::vector<report::ModelPanel>& panels) {
    Json out = Json::object();
    for (const auto& p : panels) out[p.name] = Json::parse(models::panel_json(p.panel));
    return out;
}

/// `features[]: name, loss, low, high` (nats a bar) with how they were measured, or why there are none.
Json worth_json(const WorthFigures& worth) {
    Json features = Json::array();
    for (const report::FeatureWorth& f : worth.features) features.push_back({{"name", f.name}, {"loss", f.loss}, {"low", f.low}, {"high", f.high}});
    const bool there = worth.missing.empty();
    return {{"features", std::move(features)}, {"how", there ? Json(worth.how) : Json(nullptr)}, {"reason", there ? Json(nullptr) : Json(worth.missing)}};
}

void print_json(const EvaluationRun& run) {
    Json out;
    out["protocol"] = run.protocol;
    out["panel"] = Json::parse(models::panel_json(run.panel()));
    out["models"] = panels_json(run.panels);
    out["regimes"] = Json::parse(models::regime_panels_json(run.regime_panels, insight::regime_names));
    if (run.regime_panels.empty())
        out["regimes_reason"] = fmt::format("no regime is known on the tested bars; the rules need {} bars before the first", run.regimes.warm_up);
    out["agreement"] = run.agreement ? Json::parse(models::agreement_json(*run.agreement)) : Json(nullptr);
    out["dropped"] = run.pipeline.dropped;  // by fold: members that hurt on earlier rows
    out["calibrated_apart"] = run.pipeline.calibrated_apart;  // by fold: regimes with a calibrator of their own
    out["followed"] = run.pipeline.followed;                  // by fold: weights of the members, then of the stack, where the answer follows the series
    out["importance"] = worth_json(run.worth);
    out["costs"] = run.cost_model;
    out["trials"] = run.trials;
    out["timing"] = {{"fit_seconds", run.pipeline.timing.fit_seconds},
                     {"meta_seconds", run.pipeline.timing.meta_seconds},
                     {"total_seconds", run.pipeline.timing.total_seconds},
                     {"fits", run.pipeline.fits},
                     {"fits_from_cache", run.pipeline.fits_from_cache}};
    std::puts(out.dump(2).c_str());
}

Result<void> write_report(const EvaluationRun& run, const std::string& folder, const Context& context) {
    report::EvaluationReport page;
    page.series = to_string(run.bars.key);
    page.label = run.labels.spec;
    page.directional = run.labels.directional;
    page.models = run.panels;
    page.chosen = "ensemble";
    page.predictions = scored_bars(run);
    page.regimes = regime_rows(run);
    page.series_regimes = {run.bars, run.regimes.regime};
    page.folds = fold_rows(run);
    page.importance = feature_shares(run);
    page.worth = run.worth.features;
    if (run.labels.directional) {
        const Panel& p = run.panel();
        page.costs = {{"gross", p.gross_sharpe, {}, {}}, {"after costs", p.net_sharpe_1x, {}, {}},
                      {"after costs twice as high", p.net_sharpe_2x, {}, {}}};
    }
    page.cost_model = run.cost_model;
    page.protocol = run.protocol;
    page.trials = run.trials;
    page.trials_text = fmt::format("{} configurations tried on this series and label in this home.", run.trials);
    page.provenance = provenance(context);
    page.provenance.data = data_line(run.bars);
    return write_page(std::filesystem::path(folder) / "report.html", report::render_evaluation_report(page));
}

Result<void> evaluate_series(const EvaluateOptions& o, const Context& context) {
    TRY(BarColumns bars, read_series(context, o.series));
    EvaluationRequest request;
    request.label = o.label;
    request.models = split_list(o.models);
    request.features = o.features;
    request.with = split_list(o.with);
    request.device = o.device;
    TRY(request.form, models::parse_form(split_list(o.stack)));
    request.plan.folds = o.folds;
    request.plan.fold_rows = o.fold_rows;
    request.plan.refit_bars = o.refit_bars;
    request.plan.placebo = o.placebo;
    if (o.embargo >= 0) request.plan.embargo_bars = o.embargo;
    if (!o.test_from.empty()) {
        TRY(request.plan.test_from, parse_iso8601(o.test_from));
    }
    TRY(const PriceUnits units, price_units(context.home, bars.key.symbol, bars.digits));
    if (!o.spread.empty()) {
        TRY(request.spread, trading::parse_distance(o.spread, units.pip, units.point));
    }
    if (!o.commission.empty()) {
        TRY(request.commission, trading::parse_commission(o.commission, units.lot));
    }
    TRY(EvaluationRun run, run_evaluation(std::move(bars), request, context));
    if (o.importance > 0) {
        TRY(run.worth, measure_worth(run, request, o.importance, context));
        if (run.worth.missing.empty()) run.protocol.push_back("Importance by permutation: " + run.worth.how + ".");
    }
    if (!o.predictions.empty()) TRY_VOID(write_file(o.predictions, predictions_csv(run, asks_for_regimes(request.with))));
    if (!o.report.empty()) TRY_VOID(write_report(run, o.report, context));
    if (context.json) {
        print_json(run);
        return {};
    }
    std::printf("%s %s, %s to %s\n\n%s\n", to_string(run.bars.key).c_str(), run.labels.spec.c_str(),
                to_iso8601(run.panel().from).c_str(), to_iso8601(run.panel().to).c_str(),
                panel_table(run.panels).c_str());
    for (const auto& line : run.protocol) std::printf("  %s\n", line.c_str());
    if (run.labels.directional) std::printf("  Costs: %s.\n", run.cost_model.c_str());
    if (o.importance > 0) std::printf("\n%s", worth_table(run.worth).c_str());
    std::printf("\n%s\n", panel_verdict(run.panels, run.labels).c_str());
    if (!o.report.empty()) std::printf("Report: %s\n", (std::filesystem::path(o.report) / "report.html").c_str());
    else std::printf("Next: add --report DIR for pictures, or: aitrading train %s %s --label '%s' --name NAME\n",
                     o.series.symbol.c_str(), o.series.timeframe.c_str(), o.label.c_str());
    return {};
}

Result<void> evaluate_market(const EvaluateOptions& o, const Context& context) {
    if (o.train == 0 || o.test == 0)
        return fail(ErrorCode::usage, "evaluate --market needs --train N and --test N, the rows to learn from and to predict");
    TRY(const models::FormOptions form, models::parse_form(split_list(o.stack.empty() ? "drop,disagreement,regimes" : o.stack)));
    TRY(const MarketRun run, run_market(o.market, o.train, o.test, {.models = split_list(o.models), .device = o.device, .form = form}, context));
    if (!o.predictions.empty()) TRY_VOID(write_file(o.predictions, market_predictions_csv(run)));
    if (context.json) {
        Json out;
        out["protocol"] = run.protocol;
        out["panel"] = Json::parse(models::panel_json(run.panels.front().panel));
        out["models"] = panels_json(run.panels);
        out["dropped"] = run.pipeline.dropped;
        out["followed"] = run.pipeline.followed;
        out["costs"] = "none: a synthetic market is not traded";
        out["trials"] = 1;
        out["timing"] = {{"fit_seconds", run.pipeline.timing.fit_seconds},
                         {"meta_seconds", run.pipeline.timing.meta_seconds},
                         {"total_seconds", run.pipeline.timing.total_seconds}};
        std::puts(out.dump(2).c_str());
        return {};
    }
    std::printf("%s: trained on %zu rows, tested on the next %zu\n\n%s\n", o.market.c_str(), o.train, o.test,
                panel_table(run.panels).c_str());
    for (const auto& line : run.protocol) std::printf("  %s\n", line.c_str());
    return {};
}

}  // namespace

void add_evaluate_commands(CLI::App& app, Context& context) {
    auto o = std::make_shared<EvaluateOptions>();
    auto* c = app.add_subcommand("evaluate", "purged walk-forward evaluation with the whole panel");
    c->footer("Example: aitrading evaluate EURUSD H1 --label next_bar --models lightgbm --folds 10 --to 2018-02-01\n"
              "         aitrading evaluate EURUSD H1 --with regimes --to 2018-02-01\n"
              "         aitrading evaluate --market strong.csv --train 150000 --test 200000");
    c->add_option("symbol", o->series.symbol, "stored symbol");
    c->add_option("timeframe", o->series.timeframe, "M1 M5 M15 M30 H1 H4 D1 W1");
    c->add_option("--label", o->label, "next_bar, large_move, volatility(n), triple_barrier(up,down,bars)")->capture_default_str();
    c->add_option("--models", o->models, "trees (xgboost,lightgbm,random_forest and what stands beside them), all (these and the nets lstm,transformer,cnn: minutes longer), or names")->capture_default_str();
    c->add_option("--device", o->device, "where nets are trained: cpu, or cuda where libtorch has it")->check(CLI::IsMember({"cpu", "cuda"}));
    c->add_option("--features", o->features, "set of features: default or wide (see the command features)")->capture_default_str();
    c->add_option("--with", o->with, "regimes: regimes as columns and as a member; correlation: how it moves with the dollar index, gold, stocks and named symbols; stored symbols (with correlation or --features wide); parted by commas");
    c->add_option("--stack", o->stack, "plain, or what validation inside the training rows may add: drop (of members that hurt), disagreement, regimes (weights by regime; with --with regimes or --market); online: the answer is a mix of stack and members that follows the series; all: these four. Without it plain; with --market drop,disagreement,regimes");
    c->add_option("--folds", o->folds, "test blocks")->capture_default_str();
    c->add_option("--fold-rows", o->fold_rows, "labels per test block; without it the span is divided by --folds");
    c->add_option("--from", o->series.from, "first bar");
    c->add_option("--to", o->series.to, "bars before this time");
    c->add_option("--test-from", o->test_from, "bars before this time only train");
    c->add_option("--refit-bars", o->refit_bars, "with --test-from: refit every N bars");
    c->add_option("--embargo", o->embargo, "bars left out before a test block");
    c->add_option("--spread", o->spread, "whole spread, for example 1.0pip; without it the series' own median, else 1 pip");
    c->add_option("--commission", o->commission, "per fill: 7/lot or 20/million (the default)");
    c->add_option("--importance", o->importance, "deal the N strongest features anew among tested bars and tell what each is worth (one more fit)");
    c->add_option("--report", o->report, "folder for report.html");
    c->add_option("--predictions", o->predictions, "CSV of the out-of-fold predictions; --with regimes adds the twelve probabilities behind the models");
    c->add_option("--placebo", o->placebo, "shuffled, reversed or leak: evaluate something that must not work");
    c->add_option("--market", o->market, "a table t,x,dxy,r_bp,log_volume,log_spread instead of a stored series");
    c->add_option("--train", o->train, "with --market: rows to learn from");
    c->add_option("--test", o->test, "with --market: rows to predict");
    c->callback([o, &context] {
        context.action = [o, &context]() -> Result<void> {
            if (!o->market.empty()) return evaluate_market(*o, context);
            return evaluate_series(*o, context);
        };
    });
}

}  // namespace aitrading::apps
