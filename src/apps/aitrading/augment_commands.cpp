#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "insight/regimes/regime.hpp"  // before the features, whose `unknown` the enumerator would shadow

#include "apps/aitrading/augmentation_run.hpp"
#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/option_list.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/series_input.hpp"
#include "kit/table.hpp"
#include "report/augmentation_report.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;

struct AugmentCommand {
    SeriesWords series;
    AugmentationRequest request;
    std::string report;
    bool facts_only = false, trial_only = false;
};

Json number(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }
Json figure(const Figure& f) { return f.value ? number(*f.value) : Json(nullptr); }

Json facts_json(const models::StylisedFacts& f) {
    Json by_bars = Json::object();
    for (std::size_t i = 0; i < f.kurtosis_at.size(); ++i) by_bars[std::to_string(models::aggregations[i])] = number(f.kurtosis_at[i]);
    return {{"n", f.n}, {"standard_deviation", f.standard_deviation}, {"skewness", f.skewness}, {"excess_kurtosis", f.excess_kurtosis},
            {"excess_kurtosis_of_sums", by_bars}, {"hill", number(f.hill)}, {"acf_r", f.acf}, {"acf_abs", f.acf_abs}, {"leverage", f.leverage},
            {"ljung_box_sq_10", f.ljung_box}, {"volume_volatility", figure(f.volume_volatility)}, {"gain_loss", figure(f.gain_loss)},
            {"aggregates_to_normal", f.aggregates_to_normal()}};
}

Json source_json(const models::SourceRealism& s) {
    Json deviation = Json::array();
    for (const double d : s.regime_deviation) deviation.push_back(number(d));
    return {{"name", s.name}, {"passed", s.passed()}, {"wasserstein", s.wasserstein}, {"acf_gap", s.acf_gap}, {"acf_abs_gap", s.acf_abs_gap},
            {"nearest_neighbour_ratio", s.memory.ratio}, {"close_share", s.memory.close_share}, {"memorisation_passed", s.memory.passed()},
            {"discriminative", s.discriminative}, {"predictive", s.predictive}, {"seconds", s.seconds}, {"regime_deviation", deviation},
            {"facts", facts_json(s.facts)}};
}

Json test_json(const std::optional<models::PairedTest>& t) {
    if (!t) return nullptr;
    return {{"mean_gain", t->mean_gain}, {"low", t->low}, {"p_value", t->p_value}, {"sign_e_value", t->sign_e_value}, {"blocks", t->blocks}, {"better", t->better()}};
}

Json run_json(const AugmentationRun& run) {
    Json out{{"series", to_string(run.bars.key)}, {"from", to_iso8601(run.bars.time.front())}, {"to", to_iso8601(run.bars.time.back())},
             {"bars", run.bars.size()}, {"generator", run.generator}};
    if (run.realism) {
        const auto& r = *run.realism;
        Json sources = Json::array();
        for (const auto& s : r.sources) sources.push_back(source_json(s));
        Json deviation = Json::array();
        for (const double d : r.regime_deviation) deviation.push_back(number(d));
        out["realism"] = {{"learnt", r.learnt}, {"held_out", r.held_out}, {"targets", {{"wasserstein", models::wasserstein_target}, {"acf_abs_gap", models::acf_gap_target}}},
                          {"real", facts_json(r.real)}, {"predictive_real", r.predictive_real}, {"regime_deviation", deviation}, {"regime_bars", r.regime_bars},
                          {"later", source_json(r.later)}, {"sources", sources}};
    }
    if (run.trial) {
        const auto& t = *run.trial;
        Json arms = Json::array();
        for (const auto& a : t.arms) arms.push_back({{"name", a.name}, {"log_loss", a.log_loss}, {"accuracy", a.accuracy}});
        out["trial"] = {{"member", t.member}, {"folds", t.folds}, {"rows", t.rows}, {"arms", arms}, {"against_none", test_json(t.against_none)},
                        {"against_bootstrap", test_json(t.against_bootstrap)}, {"accepted", t.accepted()}, {"verdict", t.verdict()}};
    }
    return out;
}

report::DrawnBars drawn_bars(const std::string& name, bool real, const models::StylisedFacts& f) {
    report::DrawnBars out;
    out.name = name;
    out.real = real;
    out.kurtosis = f.excess_kurtosis;
    out.kurtosis_of_24 = f.kurtosis_at[2];
    out.kurtosis_of_96 = f.kurtosis_at[3];
    out.hill = f.hill;
    out.leverage = f.leverage.front();
    out.volume_volatility = f.volume_volatility.value.value_or(std::nan(""));
    out.gain_loss = f.gain_loss.value.value_or(std::nan(""));
    out.acf = f.acf;
    out.acf_abs = f.acf_abs;
    return out;
}

std::vector<double> in_basis_points(std::span<const double> deviation) {
    std::vector<double> out(deviation.begin(), deviation.end());
    for (double& d : out) d *= 1e4;
    return out;
}

report::DrawnBars drawn_bars(const models::SourceRealism& s, bool real) {
    report::DrawnBars out = drawn_bars(real ? "real, later" : s.name, real, s.facts);
    out.wasserstein = s.wasserstein;
    out.acf_gap = s.acf_gap;
    out.acf_abs_gap = s.acf_abs_gap;
    out.nearest = s.memory.ratio;
    out.copies = s.memory.close_share;
    out.told_apart = s.discriminative;
    out.predictive = s.predictive;
    out.passed = s.passed();
    if (!real) out.deviation = in_basis_points(s.regime_deviation);
    return out;
}

Result<void> write_report(const AugmentationRun& run, const std::string& folder, const Context& context) {
    report::AugmentationReport page;
    page.series = to_string(run.bars.key);
    page.wasserstein_target = models::wasserstein_target;
    page.acf_gap_target = models::acf_gap_target;
    page.gap_lags = models::acf_gap_lags;
    if (run.realism) {
        const auto& r = *run.realism;
        page.bars.push_back(drawn_bars("real, learnt", true, r.real));
        page.bars.back().predictive = r.predictive_real;
        page.bars.back().deviation = in_basis_points(r.regime_deviation);
        page.bars.push_back(drawn_bars(r.later, true));
        for (const auto& s : r.sources) page.bars.push_back(drawn_bars(s, false));
        for (std::size_t k = 0; k < models::regime_conditions; ++k) page.regimes.push_back(k == 0 ? "unknown" : std::string(insight::regime_names[k]));
        page.regime_bars.assign(r.regime_bars.begin(), r.regime_bars.end());
        page.protocol.push_back(fmt::format("Sources were fitted on the first {} bars; the {} later ones only judge.", r.learnt, r.held_out));
    }
    if (run.trial) {
        for (const auto& a : run.trial->arms) page.trial.push_back({a.name, a.log_loss, a.accuracy});
        page.verdict = run.trial->verdict();
        page.accepted = run.trial->accepted();
        page.protocol.push_back(fmt::format("The trial: {} on {} features, {} purged walk-forward folds, {} predicted bars. In each fold every source was fitted on "
                                            "the training bars alone; drawn rows have the stated share of the weight; early stopping looks at real bars.",
                                            run.trial->member, run.columns, run.trial->folds, run.trial->rows));
        page.protocol.emplace_back("Augmentation enters a training only where an always-valid paired test at 5 % says that it beats no augmentation and block bootstrap.");
    }
    page.protocol.push_back("Generator: " + run.generator + ".");
    page.provenance = provenance(context);
    page.provenance.data = data_line(run.bars);
    return write_page(std::filesystem::path(folder) / "report.html", report::render_augmentation_report(page));
}

std::string text(double v, int digits) { return std::isfinite(v) ? fmt::format("{:.{}f}", v, digits) : "n/a"; }

void print_facts(const models::Realism& r) {
    using enum kit::Table::Align;
    kit::Table facts({{"bars", left}, {"kurtosis", right}, {"of 24", right}, {"of 96", right}, {"Hill", right}, {"ACF(r) 1", right}, {"ACF|r| 1", right}, {"24", right},
                      {"100", right}, {"leverage", right}, {"vol-vol", right}, {"loss/gain", right}});
    const auto add = [&](const std::string& name, const models::StylisedFacts& f) {
        facts.add({name, text(f.excess_kurtosis, 1), text(f.kurtosis_at[2], 1), text(f.kurtosis_at[3], 1), text(f.hill, 2), text(f.acf.front(), 3),
                   text(f.acf_abs.front(), 3), text(f.acf_abs[23], 3), text(f.acf_abs.back(), 3), text(f.leverage.front(), 3),
                   f.volume_volatility.value ? text(*f.volume_volatility.value, 3) : "n/a", f.gain_loss.value ? text(*f.gain_loss.value, 2) : "n/a"});
    };
    add("real, learnt", r.real);
    add("real, later", r.later.facts);
    for (const auto& s : r.sources) add(s.name, s.facts);
    kit::Table distances({{"bars", left}, {"Wasserstein", right}, {"ACF|r| gap", right}, {"ACF(r) gap", right}, {"nearest", right}, {"copies %", right},
                          {"told apart", right}, {"predictive", right}, {"s", right}, {"", left}});
    const auto measure = [&](const models::SourceRealism& s) {
        distances.add({s.name, text(s.wasserstein, 4), text(s.acf_abs_gap, 4), text(s.acf_gap, 4), text(s.memory.ratio, 3), text(100 * s.memory.close_share, 1),
                       text(s.discriminative, 3), text(s.predictive, 4), text(s.seconds, 0), s.passed() ? "passed" : "short"});
    };
    measure(r.later);
    for (const auto& s : r.sources) measure(s);
    fmt::print("{}\n{}Targets: Wasserstein < {}, ACF|r| gap < {}, nearest about 1, copies about 1 %. Learning from real bars: predictive {:.4f}.\n\n", facts.render(),
               distances.render(), models::wasserstein_target, models::acf_gap_target, r.predictive_real);
    kit::Table regimes({{"regime", left}, {"bars", right}, {"real bp", right}, {"gan bp", right}});
    for (std::size_t k = 0; k < models::regime_conditions; ++k)
        if (r.regime_bars[k] > 0)
            regimes.add({k == 0 ? "unknown" : std::string(insight::regime_names[k]), fmt::to_string(r.regime_bars[k]), text(1e4 * r.regime_deviation[k], 2),
                         text(1e4 * r.sources.front().regime_deviation[k], 2)});
    fmt::print("Deviation of the return by regime:\n{}\n", regimes.render());
}

void print_trial(const models::AugmentationTrial& t) {
    using enum kit::Table::Align;
    kit::Table arms({{"training rows", left}, {"log loss", right}, {"accuracy %", right}});
    for (const auto& a : t.arms) arms.add({a.name == "none" ? "real alone" : "real and " + a.name, text(a.log_loss, 5), text(100 * a.accuracy, 2)});
    fmt::print("{}{}.\n", arms.render(), t.verdict());
}

Result<void> augment(AugmentCommand& command, const Context& context) {
    TRY(BarColumns bars, read_series(context, command.series));
    command.request.trial = !command.facts_only;
    command.request.realism = !command.trial_only;
    TRY(const AugmentationRun run, run_augmentation(std::move(bars), command.request, context));
    if (!command.report.empty()) TRY_VOID(write_report(run, command.report, context));
    if (context.json) {
        fmt::print("{}\n", run_json(run).dump(2));
        return {};
    }
    if (run.realism) print_facts(*run.realism);
    if (run.trial) print_trial(*run.trial);
    if (!command.report.empty()) fmt::print("Report: {}\n", (std::filesystem::path(command.report) / "report.html").string());
    return {};
}

}  // namespace

void add_augment_commands(CLI::App& app, Context& context) {
    auto command = std::make_shared<AugmentCommand>();
    CLI::App* augment_command = app.add_subcommand("augment", "draws bars like those of a series, tells how like, and whether learning from them helps");
    augment_command->footer("A recurrent Wasserstein GAN under the rule regimes and the clock, beside block bootstrap, GARCH with t innovations and jitter.\n"
                            "The first four fifths of the bars are learnt from, the rest judges copies. The trial adds drawn rows to the training rows\n"
                            "of each purged fold; it is won only against no augmentation AND block bootstrap.\n\n"
                            "Example: aitrading augment EURUSD H1 --to 2018-02-01 --report augmentation");
    augment_command->add_option("symbol", command->series.symbol, "stored symbol")->required();
    augment_command->add_option("timeframe", command->series.timeframe, "M1 M5 M15 M30 H1 H4 D1 W1")->required();
    augment_command->add_option("--label", command->request.label, "as for evaluate")->capture_default_str();
    augment_command->add_option("--member", command->request.member, "whose training is augmented: lightgbm, xgboost or random_forest")->capture_default_str();
    augment_command->add_option("--folds", command->request.folds, "test blocks of the trial; the GAN is trained anew for each")->capture_default_str();
    augment_command->add_option("--share", command->request.drawn_share, "of drawn rows in the weight of a training")->check(CLI::Range(0.01, 0.99))->capture_default_str();
    augment_command->add_option("--generator", command->request.generator, "name=value words: width noise steps critic_steps batch length warm_up critic_width "
                                                                           "learning_rate penalty averaging");
    CLI::Option* facts_only = augment_command->add_flag("--facts-only", command->facts_only, "without the trial");
    augment_command->add_flag("--trial-only", command->trial_only, "without facts and distances")->excludes(facts_only);
    augment_command->add_option("--report", command->report, "folder for report.html");
    augment_command->add_option("--from", command->series.from, "first bar");
    augment_command->add_option("--to", command->series.to, "bars before this time");
    augment_command->callback([command, &context] { context.action = [command, &context] { return augment(*command, context); }; });
}

}  // namespace aitrading::apps
