#include "report/evaluation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/page.hpp"
#include "report/prediction_maps.hpp"
#include "report/provenance.hpp"
#include "report/regime_pictures.hpp"
#include "report/verdict.hpp"

namespace aitrading::report {
namespace {

const ModelPanel& chosen_model(const EvaluationReport& report) {
    for (const ModelPanel& m : report.models)
        if (m.name == report.chosen) return m;
    for (const ModelPanel& m : report.models)
        if (!m.baseline) return m;
    return report.models.front();
}

std::string why(const Figure& figure, const char* otherwise) { return figure.reason.empty() ? otherwise : figure.reason; }

std::vector<KeyFigure> figures_of(const EvaluationReport& report, const ModelPanel& model) {
    const Panel& p = model.panel;
    const double gain = p.accuracy - p.majority_rate;
    std::vector<KeyFigure> out;
    out.push_back({"Accuracy", percent(p.accuracy), fmt::format("95 % interval {} to {}", percent(p.accuracy_low), percent(p.accuracy_high))});
    out.push_back({"Base rate", percent(p.majority_rate), fmt::format("the model: {} points", signed_number(gain * 100, 1)), ""});
    out.push_back({"Log-loss skill", signed_percent(p.log_loss_skill, 2), "of the constant's loss saved", p.log_loss_skill > 0 ? "gain" : "loss"});
    out.push_back({"Net Sharpe a year", p.net_sharpe_1x.value ? signed_number(*p.net_sharpe_1x.value, 2) : "n/a",
                   p.net_sharpe_1x.value ? fmt::format("gross {}, at 2× costs {}", number(p.gross_sharpe, 2), number(p.net_sharpe_2x, 2))
                                         : why(p.net_sharpe_1x, report.directional ? "no costs were stated" : "the label is no direction"),
                   p.net_sharpe_1x.value ? (*p.net_sharpe_1x.value >= 0 ? "gain" : "loss") : ""});
    out.push_back({"Scored bars", grouped(p.n), date(p.from) + " to " + date(p.to)});
    out.push_back({"p-value against the base rate", p.p_value_vs_majority < 0.001 ? "< 0.1\u00a0%" : percent(p.p_value_vs_majority),
                   fmt::format("for accuracy; {}", counted(report.trials, "trial", "trials"))});
    return out;
}

void add_knowledge(Page& page, const EvaluationReport& report, const ModelPanel& model) {
    page.section("What the models knew");
    page.picture(accuracy_picture(report.models));
    page.table(panel_table(report.models), "The whole panel");
    std::vector<Picture> pair;
    if (model.panel.reliability.empty()) page.missing("Reliability", "The panel holds no bins.");
    else pair.push_back(reliability_picture(model.name, model.panel));
    if (model.panel.accuracy_at.empty()) page.missing("Accuracy against coverage", "The panel holds no coverage points.");
    else pair.push_back(coverage_picture(model.name, model.panel));
    page.pictures(pair);
    if (report.importance.empty()) page.missing("Feature importance", "The models of this run keep none.");
    else page.picture(importance_picture(report.importance));
    if (!report.worth.empty()) page.picture(worth_picture(report.worth));
    else page.missing("Importance on tested bars", "Not asked for: evaluate --importance 12 deals the twelve strongest features anew.");
}

void add_places(Page& page, const EvaluationReport& report, const ModelPanel& model) {
    page.section("Where it worked");
    if (report.folds.empty()) page.missing("Folds over time", "The run states no folds.");
    else page.picture(folds_picture(model.name, report.folds));
    const std::vector<Picture> maps = prediction_maps(report.predictions, model.panel.horizon > 1);
    for (const Picture& p : maps) page.picture(p);
    if (maps.empty()) page.missing("Hour, weekday and month", "No cell holds 30 scored bars.");
}

void add_regimes(Page& page, const EvaluationReport& report, const ModelPanel& model) {
    page.section("The regimes it worked in");
    if (report.regimes.empty()) {
        page.missing("Regimes", "No regime is known for these bars: the rules need about 1,350 bars before the first.");
        return;
    }
    page.picture(regime_accuracy_picture(model.name, report.regimes));
    if (std::ranges::any_of(report.regimes, [](const RegimeRow& r) { return r.net_bp.value.has_value(); }))
        page.picture(regime_cost_picture(report.regimes));
    else
        page.missing("Costs by regime", report.directional ? "No costs were stated." : "The label speaks of no direction, so it cannot be traded by itself.");
    add_regime_pictures(page, report.series_regimes);
}

std::vector<SensitivityRow> cost_rows(const EvaluationReport& report, const Panel& p) {
    if (!report.costs.empty()) return report.costs;
    std::vector<SensitivityRow> rows;
    const auto add = [&](const char* what, const Figure& value) {
        if (value.value) rows.push_back({what, value, Figure::unknown("not computed"), Figure::unknown("not computed")});
    };
    add("Before costs", p.gross_sharpe);
    add("After costs", p.net_sharpe_1x);
    add("At twice the costs", p.net_sharpe_2x);
    return rows;
}

void add_costs(Page& page, const EvaluationReport& report, const ModelPanel& model) {
    page.section("What it would cost", report.cost_model.empty() ? "" : "Cost model: " + report.cost_model + ".");
    const std::vector<SensitivityRow> rows = cost_rows(report, model.panel);
    if (rows.empty())
        page.missing("Costs", report.directional ? why(model.panel.net_sharpe_1x, "No costs were stated.")
                                                 : "The label speaks of no direction, so it cannot be traded by itself.");
    else
        page.picture(sensitivity_picture(rows, "Sharpe ratio a year"));
}

std::string text_of(const Figure& f, int digits, bool share) {
    if (!f.value) return "not available: " + why(f, "not computed");
    return share ? percent(*f.value) : number(*f.value, digits);
}

void add_doubts(Page& page, const EvaluationReport& report, const ModelPanel& model) {
    const Panel& p = model.panel;
    page.section("What could be wrong");
    const std::string trials = !report.trials_text.empty() ? report.trials_text
                               : report.trials <= 1        ? "One set of hyper-parameters; nothing was chosen among several."
                                                           : fmt::format("{} sets of hyper-parameters were tried.", grouped(report.trials));
    page.terms({{"Trials", trials},
                {"Probability of a true Sharpe ratio above zero", text_of(p.psr, 3, true)},
                {"… deflated for the trials", text_of(p.dsr, 3, true)},
                {"Probability of backtest overfitting (PBO)", text_of(p.pbo, 3, true)},
                {"Shortest track record that would prove it, years", text_of(p.min_track_record_years, 1, false)}});
    if (report.placebos.empty()) page.missing("Placebos", "None was run beside this evaluation.");
    else page.picture(placebo_picture(report.placebos));
}

}  // namespace

std::string render_evaluation_report(const EvaluationReport& report) {
    CHECK(!report.models.empty());
    const ModelPanel& model = chosen_model(report);
    const Panel& p = model.panel;
    Page page(fmt::format("{} of {}", report.label, report.series),
              fmt::format("Evaluation report · {} to {} · {} scored bars, all out of sample", date(p.from), date(p.to), grouped(p.n)),
              source_line(report.provenance, report.series), report.provenance.command_line);
    page.verdict(evaluation_verdict(report.label, model, report.models),
                 fmt::format("Judged by log loss it saves {} of what the constant forecast loses; ranking quality (ROC AUC) {}, where 0.5 is chance.",
                             signed_percent(p.log_loss_skill, 2), number(p.roc_auc, 3)));
    page.figures(figures_of(report, model));
    add_knowledge(page, report, model);
    add_places(page, report, model);
    add_regimes(page, report, model);
    add_costs(page, report, model);
    add_doubts(page, report, model);
    add_protocol(page, report.protocol, report.provenance);
    return page.finish();
}

}  // namespace aitrading::report
