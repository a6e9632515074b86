#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "insight/regimes/regime.hpp"

#include "apps/aitrading/augmentation_run.hpp"
#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/evaluation_learners.hpp"
#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/fit_bar.hpp"
#include "apps/aitrading/model_card.hpp"
#include "apps/aitrading/option_list.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/parameter_search.hpp"
#include "apps/aitrading/reasons.hpp"
#include "apps/aitrading/series_input.hpp"
#include "apps/aitrading/stored_model.hpp"
#include "apps/aitrading/transfer_json.hpp"
#include "apps/aitrading/transfer_run.hpp"
#include "models/evaluation/panel_json.hpp"
#include "models/registry/service/model_store.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;

struct TrainOptions {
    SeriesWords series;
    std::string label = "next_bar", models = "trees", name, with, stack = "plain", device = "cpu", augment = "none", generator, pool, words;
    int folds = 10, trials = 0, augment_folds = 4;
    std::size_t importance = usual_importance;
};

struct PredictOptions {
    std::string name, symbol, timeframe, input, from, to;
    int version = 0;
    bool explain = false;
};

Result<models::FittedEnsemble> fit_final(const EvaluationRun& run, const EvaluationRequest& request,
                                         const Context& context) {
    TRY(const auto learners, make_learners(request, run.features, run.labels, context));
    std::vector<std::uint32_t> all(run.labels.size());
    std::iota(all.begin(), all.end(), 0U);
    models::PipelineOptions options;
    options.seed = context.seed;
    options.threads = context.threads;
    options.stop = context.stop;
    options.embargo_bars = run.embargo_bars;
    const auto learnt = learnt_columns(request, run.bars);
    options.learnt = learnt.get();
    options.augmentation = request.augmentation;
    options.regime = run.regimes.regime;
    options.form = request.form;
    FitBar bar(context, "fitting the final model", 0);
    bar.follow(options);
    auto fitted = models::FittedEnsemble::fit(run.features, run.labels, all, borrowed(learners), options);
    if (fitted) bar.finish();
    return fitted;
}

Result<models::StoredModel> to_store(const EvaluationRun& run, const EvaluationRequest& request, const models::FittedEnsemble& fitted,
                             const TrainOptions& o, const Context& context) {
    models::StoredModel out;
    auto& m = out.metadata;
    m.name = o.name;
    m.series = run.bars.key;
    m.label = o.label;
    m.feature_manifest_hash = run.features.manifest_hash;
    m.with = request.with;
    m.training_from = run.bars.time.front();
    // The last label needs the last bar's close: from there on nothing was seen.
    m.training_end = run.features.known[run.features.rows() - 1];
    m.seed = context.seed;
    m.members = fitted.member_names();
    m.parameters = request.parameters;
    m.calibration = fitted.calibrator();
    m.conformal = conformal_text(fitted);
    m.panel_json = models::panel_json(run.panel());
    m.code_version = version_text();
    m.data_fingerprint = fingerprint_of(run.bars);
    m.trials = run.trials;
    m.command_line = context.command_line;
    out.bytes = fitted.serialise();
    out.card = card_markdown(run, m);
    out.card_html = card_html(run, m, context);
    TRY(out.features_json, features_document(run, request, fitted, context));
    out.predictions_csv = predictions_csv(run);
    return out;
}

/// Tries the GAN on the first tree among the members; it enters the request only where it wins.
Result<std::unique_ptr<SeriesAugmentation>> try_augmentation(const BarColumns& bars, const TrainOptions& o, EvaluationRequest& request, const Context& context) {
    if (asks_for_regimes(request.with))
        return fail(ErrorCode::usage, "--augment gan: the columns that --with regimes learns anew for each fit are not known of drawn bars; leave one of them out");
    AugmentationRequest wanted;
    wanted.label = request.label;
    wanted.generator = o.generator;
    wanted.features = request.features;
    wanted.with = request.with;
    wanted.folds = o.augment_folds;
    wanted.all_kinds = false;
    for (const std::string& name : request.models)
        if (name == "xgboost" || name == "random_forest" || name == "lightgbm") {
            wanted.member = name;
            break;
        }
    TRY(auto augmentation, SeriesAugmentation::open(bars, wanted, context));
    TRY(const models::AugmentationTrial trial, augmentation->trial());
    request.augmentation_verdict = trial.verdict();
    if (trial.accepted()) request.augmentation = augmentation.get();
    return augmentation;
}

/// Compares a start from the pool with one from scratch for each net that is asked for; the request then has the starts that are kept.
Result<std::vector<Transfer>> choose_starts(const TrainOptions& o, EvaluationRequest& request, const Context& context) {
    if (o.pool.empty()) return std::vector<Transfer>{};
    if (!request.with.empty()) return fail(ErrorCode::usage, "--pool goes with the default features alone; leave --with out");
    TransferRequest asked{.symbols = split_list(o.pool), .timeframe = o.series.timeframe, .from = o.series.from, .to = o.series.to, .label = o.label,
                          .models = {}, .words = o.words, .device = o.device, .folds = o.folds};
    if (std::ranges::find(asked.symbols, o.series.symbol) == asked.symbols.end()) asked.symbols.insert(asked.symbols.begin(), o.series.symbol);
    for (const std::string& name : member_names(request.models))
        if (models::parse_net_kind(name)) asked.models.push_back(name);
    if (asked.models.empty()) return fail(ErrorCode::usage, "--pool is for nets, and --models names none: lstm, transformer, cnn");
    TRY(const TransferPool pool, read_pool(asked, context));
    TRY(auto told, compare_starts(pool, o.series.symbol, asked, context));
    std::map<std::string, std::shared_ptr<const models::PooledStart>, std::less<>> kept;
    for (const Transfer& t : told)
        if (t.kept()) kept[t.net] = pool.start_of(t.net);
    request.instead = [kept](std::string_view name, const std::vector<UnixNanos>& known) -> std::unique_ptr<models::Learner> {
        const auto found = kept.find(name);
        return found == kept.end() ? nullptr : models::make_pooled_learner(found->second, known, models::PoolUse::adapted);
    };
    return told;
}

Result<void> train(const TrainOptions& o, const Context& context) {
    TRY_VOID(models::check_model_name(o.name));
    TRY(BarColumns bars, read_series(context, o.series));
    EvaluationRequest request;
    request.label = o.label;
    request.models = split_list(o.models);
    request.plan.folds = o.folds;
    request.with = split_list(o.with);
    request.device = o.device;
    TRY(request.form, models::parse_form(split_list(o.stack)));
    for (const std::string& name : o.words.empty() ? std::vector<std::string>{} : member_names(request.models))
        request.parameters.push_back(models::parse_net_kind(name) ? o.words : std::string());
    if (o.trials > 0) {
        TRY_VOID(search_parameters(bars, request, o.trials, context));
    }
    std::unique_ptr<SeriesAugmentation> augmentation;  // outlives every fit
    if (o.augment == "gan") {
        TRY(augmentation, try_augmentation(bars, o, request, context));
    }
    TRY(const std::vector<Transfer> starts, choose_starts(o, request, context));
    TRY(EvaluationRun run, run_evaluation(std::move(bars), request, context));
    for (const Transfer& t : starts) run.protocol.push_back(sentence(t) + ".");
    if (o.importance > 0) {
        TRY(run.worth, measure_worth(run, request, o.importance, context));
    }
    TRY(const models::FittedEnsemble fitted, fit_final(run, request, context));
    TRY(run.dependence, measure_dependence(run, request, fitted));
    TRY(const models::StoredModel stored, to_store(run, request, fitted, o, context));
    TRY(const int version, models::ModelStore(context.home).store(stored));
    if (context.json) {
        Json out;
        out["model"] = o.name;
        out["version"] = version;
        out["card"] = stored.card;
        out["panel"] = Json::parse(stored.metadata.panel_json);
        out["dropped"] = fitted.dropped();
        out["trials"] = run.trials;
        if (!request.augmentation_verdict.empty()) out["augmentation"] = {{"entered", request.augmentation != nullptr}, {"verdict", request.augmentation_verdict}};
        if (!starts.empty()) out["pool"] = transfers_json(starts);
        std::puts(out.dump(2).c_str());
        return {};
    }
    std::printf("%s\n", stored.card.c_str());
    std::printf("Stored %s version %d. Next: aitrading backtest %s %s --strategy model:%s --spread 1.0pip --report DIR\n",
                o.name.c_str(), version, o.series.symbol.c_str(), o.series.timeframe.c_str(), o.name.c_str());
    return {};
}

Json prediction_json(const StoredPrediction& p) {
    const auto number = [](double v) { return std::isnan(v) ? Json(nullptr) : Json(v); };
    Json out;
    out["time"] = to_iso8601(p.bar);
    out["known"] = to_iso8601(p.known);
    out["p_up"] = number(p.p_up);
    out["p_low"] = number(p.p_low);
    out["p_high"] = number(p.p_high);
    out["low"] = number(p.low);
    out["high"] = number(p.high);
    out["out_of_fold"] = p.out_of_fold;
    out["missing_members"] = p.missing;
    out["regime"] = p.regime == 0 ? Json(nullptr) : Json(p.regime);
    out["regime_name"] = p.regime == 0 ? Json(nullptr) : Json(insight::regime_names[static_cast<std::size_t>(p.regime)]);
    out["regime_p"] = p.regime == 0 ? Json(nullptr) : Json(p.nearness);
    out["regime_next_p"] = p.regime == 0 ? Json(nullptr) : Json(p.next);
    out["regime_remaining_bars"] = p.regime == 0 ? Json(nullptr) : Json(p.remaining);
    out["regime_states"] = p.states.empty() ? Json(nullptr) : Json(p.states);
    out["layers"] = nullptr;   // this build has no signals
    out["reasons"] = Json::array();
    return out;
}

/// The latest answers in words.
Result<void> print_reasons(const LoadedModel& model, const BarColumns& bars, const std::vector<StoredPrediction>& predictions, const Context& context) {
    constexpr std::size_t latest = 3;
    const std::vector<StoredPrediction> shown(predictions.end() - static_cast<std::ptrdiff_t>(std::min(latest, predictions.size())), predictions.end());
    if (shown.empty()) return fail(ErrorCode::not_found, "no prediction in this span; widen --from and --to");
    TRY(const auto reasons, explain_bars(model, bars, shown, context));
    fmt::print("{} version {} on {}\n", model.metadata.name, model.metadata.version, to_string(model.metadata.series));
    for (std::size_t i = 0; i < shown.size(); ++i) fmt::print("\n{}", reasons_text(shown[i], reasons[i].reasons));
    fmt::print("\nEach number is what the reason adds to the log-odds of p_up. --json gives the reasons of every bar.\n");
    return {};
}

Result<void> predict(const PredictOptions& o, const Context& context) {
    TRY(const LoadedModel model, load_model(context, o.name, o.version > 0 ? std::optional(o.version) : std::nullopt));
    TRY(const TimeRange range, time_range(o.from, o.to));
    BarColumns bars;
    if (!o.input.empty()) {
        TRY(bars, read_bars_file(o.input, model.metadata.series));
    } else {
        SeriesKey key = model.metadata.series;
        if (!o.symbol.empty()) {
            TRY(key, series_key(o.symbol, o.timeframe));
        }
        // Features need the bars before the wanted ones: read from the beginning.
        TRY(bars, read_series(context, key, {.to = range.to}));
    }
    TRY(auto predictions, predict_bars(model, bars, context));
    std::erase_if(predictions, [&](const StoredPrediction& p) { return !range.contains(p.bar); });
    if (o.explain && !context.json) return print_reasons(model, bars, predictions, context);
    if (context.json) {
        Json out;
        out["model"] = model.metadata.name;
        out["version"] = model.metadata.version;
        out["training_end"] = to_iso8601(model.metadata.training_end);
        out["regime_p_meaning"] = "how near each of the twelve rules is to its thresholds; not calibrated";
        out["predictions"] = Json::array();
        for (const auto& p : predictions) out["predictions"].push_back(prediction_json(p));
        if (o.explain) {
            TRY(const auto reasons, explain_bars(model, bars, predictions, context));
            for (std::size_t i = 0; i < reasons.size(); ++i) add_reasons(out["predictions"][i], reasons[i].reasons);
            if (const std::string cost = reasons_cost(reasons); !cost.empty()) fmt::print(stderr, "{}\n", cost);
        }
        std::puts(out.dump(2).c_str());
        return {};
    }
    std::puts("time,p_up,p_low,p_high,low,high,regime");
    const auto field = [](double v) { return std::isnan(v) ? std::string() : fmt::format("{:.6g}", v); };
    for (const auto& p : predictions)
        fmt::print("{},{},{},{},{},{},{}\n", to_iso8601(p.bar), field(p.p_up), field(p.p_low), field(p.p_high),
                   field(p.low), field(p.high), p.regime == 0 ? std::string() : fmt::to_string(p.regime));
    std::fprintf(stderr, "%zu predictions of %s version %d; those up to %s are out of fold\n", predictions.size(),
                 model.metadata.name.c_str(), model.metadata.version, to_iso8601(model.metadata.training_end).c_str());
    return {};
}

}  // namespace

void add_train_commands(CLI::App& app, Context& context) {
    auto t = std::make_shared<TrainOptions>();
    auto* train_command = app.add_subcommand("train", "fit, calibrate and keep a model with its card");
    train_command->footer("Example: aitrading train EURUSD H1 --label next_bar --name eurusd_h1 --to 2018-02-01");
    train_command->add_option("symbol", t->series.symbol, "stored symbol")->required();
    train_command->add_option("timeframe", t->series.timeframe, "M1 M5 M15 M30 H1 H4 D1 W1")->required();
    train_command->add_option("--label", t->label, "as for evaluate")->capture_default_str();
    train_command->add_option("--models", t->models, "trees, all or names, as for evaluate")->capture_default_str();
    train_command->add_option("--device", t->device, "where nets are trained: cpu, or cuda where libtorch has it")->check(CLI::IsMember({"cpu", "cuda"}));
    train_command->add_option("--with", t->with, "regimes: regimes as columns and as a member");
    train_command->add_option("--stack", t->stack, "as for evaluate")->capture_default_str();
    train_command->add_option("--augment", t->augment, "gan: drawn bars enter where a paired trial says that they help; the card tells")->check(CLI::IsMember({"none", "gan"}))->capture_default_str();
    train_command->add_option("--augment-folds", t->augment_folds, "test blocks of that trial")->check(CLI::Range(1, 100))->capture_default_str();
    train_command->add_option("--generator", t->generator, "as for augment");
    train_command->add_option("--pool", t->pool, "further stored symbols, parted by commas: each net starts from weights trained on all of them where purged log loss here improves by it");
    train_command->add_option("--name", t->name, "name of the model")->required();
    train_command->add_option("--folds", t->folds, "test blocks of its out-of-fold predictions")->capture_default_str();
    auto* trials = train_command->add_option("--trials", t->trials, "hyper-parameter search over N trials first");
    train_command->add_option("--words", t->words, "shape and training of the nets, for example 'width=16 layers=1 epochs=8'; without it their defaults")->excludes(trials);
    train_command->add_option("--importance", t->importance, "features dealt anew among tested bars for the card; 0 saves the fit that this takes")->capture_default_str();
    train_command->add_option("--from", t->series.from, "first bar");
    train_command->add_option("--to", t->series.to, "bars before this time");
    train_command->callback([t, &context] { context.action = [t, &context] { return train(*t, context); }; });

    auto p = std::make_shared<PredictOptions>();
    auto* predict_command = app.add_subcommand("predict", "calibrated probabilities with intervals from a stored model");
    predict_command->footer("Example: aitrading predict eurusd_h1 --from 2018-02-01 --json\n         aitrading predict eurusd_h1 --explain");
    predict_command->add_option("name", p->name, "NAME, NAME@VERSION, NAME@production or SYMBOL/TIMEFRAME/LABEL for what serves there")->required();
    predict_command->add_option("symbol", p->symbol, "stored symbol; without it the one it was trained on");
    predict_command->add_option("timeframe", p->timeframe, "timeframe");
    predict_command->add_option("--input", p->input, "CSV of bars instead of a stored series");
    predict_command->add_option("--version", p->version, "version; the newest without it");
    predict_command->add_option("--from", p->from, "first bar to print");
    predict_command->add_option("--to", p->to, "bars before this time");
    predict_command->add_flag("--explain", p->explain, "what each feature added to each answer; without --json those of the last bars as a table");
    predict_command->callback([p, &context] { context.action = [p, &context] { return predict(*p, context); }; });
}

}  // namespace aitrading::apps
