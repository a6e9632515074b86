#include "report/model_card.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/page.hpp"
#include "report/provenance.hpp"
#include "report/regime_pictures.hpp"
#include "report/verdict.hpp"

namespace aitrading::report {
namespace {

std::string text_of(const Figure& f, int digits) {
    if (!f.value) return "not available: " + (f.reason.empty() ? std::string("not computed") : f.reason);
    return number(*f.value, digits);
}

std::vector<KeyFigure> figures_of(const Panel& p) {
    std::vector<KeyFigure> out;
    out.push_back({"Accuracy", percent(p.accuracy), fmt::format("95 % interval {} to {}", percent(p.accuracy_low), percent(p.accuracy_high))});
    out.push_back({"Base rate", percent(p.majority_rate), fmt::format("the model: {} points", signed_number((p.accuracy - p.majority_rate) * 100, 1))});
    out.push_back({"Log-loss skill", signed_percent(p.log_loss_skill, 2), "of the constant's loss saved", p.log_loss_skill > 0 ? "gain" : "loss"});
    out.push_back({"Calibration error", percent(p.ece, 2), fmt::format("noise alone reaches {} in one of twenty", percent(p.ece_noise_p95, 2))});
    out.push_back({"Net Sharpe a year", p.net_sharpe_1x.value ? signed_number(*p.net_sharpe_1x.value, 2) : "n/a",
                   p.net_sharpe_1x.value ? "after costs" : p.net_sharpe_1x.reason,
                   p.net_sharpe_1x.value ? (*p.net_sharpe_1x.value >= 0 ? "gain" : "loss") : ""});
    out.push_back({"Scored bars", grouped(p.n), date(p.from) + " to " + date(p.to)});
    return out;
}

void add_knowledge(Page& page, const ModelCard& card) {
    const ModelPanel& model = card.models.front();
    page.section("What it knew", "Each bar was predicted by a fit that had not seen it; the final model has no other out-of-sample record yet.");
    page.picture(accuracy_picture(card.models));
    page.table(panel_table(card.models), "The whole panel");
    std::vector<Picture> pair;
    if (!model.panel.reliability.empty()) pair.push_back(reliability_picture(model.name, model.panel));
    if (!model.panel.accuracy_at.empty()) pair.push_back(coverage_picture(model.name, model.panel));
    page.pictures(pair);
    if (card.importance.empty()) page.missing("Feature importance", "The members of this model keep none.");
    else page.picture(importance_picture(card.importance));
    if (card.worth.empty()) page.missing("Importance on tested bars", card.worth_missing.empty() ? "It was not asked for." : card.worth_missing);
    else page.picture(worth_picture(card.worth));
    std::vector<Picture> curves;
    for (const DependenceCurve& c : card.dependence)
        if (c.at.size() > 1) curves.push_back(dependence_picture(c));
    if (!curves.empty()) page.pictures(curves);
}

void add_places(Page& page, const ModelCard& card) {
    page.section("Where it worked");
    if (card.folds.empty()) page.missing("Folds over time", "The run states no folds.");
    else page.picture(folds_picture(card.models.front().name, card.folds));
    if (card.regimes.empty()) page.missing("Regimes", "No regime is known for these bars: the rules need about 1,350 bars before the first.");
    else page.picture(regime_accuracy_picture(card.models.front().name, card.regimes));
}

void add_doubts(Page& page, const ModelCard& card) {
    const Panel& p = card.models.front().panel;
    page.section("What could be wrong", card.cost_model.empty() ? "" : "Costs: " + card.cost_model + ".");
    std::vector<std::pair<std::string, std::string>> rows{{"Trials", counted(card.trials, "configuration tried on this series and label", "configurations tried on this series and label")}};
    if (card.directional) {
        rows.emplace_back("Sharpe ratio a year before costs", text_of(p.gross_sharpe, 2));
        rows.emplace_back("… after costs", text_of(p.net_sharpe_1x, 2));
        rows.emplace_back("… at twice the costs", text_of(p.net_sharpe_2x, 2));
        rows.emplace_back("Probability of a true Sharpe ratio above zero", text_of(p.psr, 3));
        rows.emplace_back("… deflated for the trials", text_of(p.dsr, 3));
        rows.emplace_back("Probability of backtest overfitting (PBO)", text_of(p.pbo, 3));
        rows.emplace_back("Shortest track record that would prove it, years", text_of(p.min_track_record_years, 1));
    }
    page.terms(rows);
    if (!card.limits.empty()) page.list(card.limits);
}

}  // namespace

std::string render_model_card(const ModelCard& card) {
    CHECK(!card.models.empty());
    const ModelPanel& model = card.models.front();
    Page page(card.name, fmt::format("Model card · {} of {} · trained on {} to {}", card.label, card.series, date(card.training_from), date(card.training_end)),
              source_line(card.provenance, card.series), card.provenance.command_line);
    page.verdict(evaluation_verdict(card.label, model, card.models), panel_advice(model.panel));
    page.figures(figures_of(model.panel));
    page.section("What it is");
    page.terms(card.made_of);
    if (!card.use.empty()) page.list(card.use);
    add_knowledge(page, card);
    add_places(page, card);
    add_doubts(page, card);
    add_protocol(page, card.protocol, card.provenance);
    return page.finish();
}

}  // namespace aitrading::report
