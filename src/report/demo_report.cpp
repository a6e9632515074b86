#include "report/demo_report.hpp"

#include <fmt/format.h>

#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/page.hpp"
#include "report/provenance.hpp"
#include "report/verdict.hpp"

namespace aitrading::report {
namespace {

/// What to measure the accuracy against besides the base rate: the optimum, a baseline, or nothing.
KeyFigure yardstick(const DemoCard& card) {
    if (card.optimum.value) return {"Best possible", percent(*card.optimum.value), "by the exact filter of this market"};
    if (!card.rival.empty() && card.rival_accuracy.value) return {"Baseline " + card.rival, percent(*card.rival_accuracy.value), "accuracy of the usual simple model"};
    return {"Best possible", "unknown", "on a real market nobody knows it"};
}

std::string log_loss_note(const DemoCard& card) {
    if (card.rival.empty() || !card.rival_log_loss.value) return "of the constant's loss saved";
    return fmt::format("{} in log loss: {} against {}", card.panel.log_loss < *card.rival_log_loss.value ? "beats " + card.rival : "loses to " + card.rival,
                       number(card.panel.log_loss, 4), number(*card.rival_log_loss.value, 4));
}

void add_card(Page& page, const DemoCard& card, const Interval& range) {
    const Panel& p = card.panel;
    page.begin_card(card.title, card.subtitle);
    page.figures({{"Accuracy", percent(p.accuracy), fmt::format("95 % interval {} to {}", percent(p.accuracy_low), percent(p.accuracy_high))},
                  {"Base rate", percent(p.majority_rate), fmt::format("the more frequent answer, n = {}", grouped(p.n))},
                  yardstick(card),
                  {"Log-loss skill", signed_percent(p.log_loss_skill), log_loss_note(card), p.log_loss_skill >= 0.0005 ? "gain" : p.log_loss_skill <= -0.0005 ? "loss" : ""}});
    page.paragraph(card.advice.empty() ? panel_advice(p) : card.advice);
    if (p.accuracy_at.empty())
        page.missing("Accuracy against coverage", "The panel holds no coverage points.");
    else
        page.picture(coverage_picture(card.model.empty() ? "the model" : card.model, p, range));
    page.end_card();
}

std::string demo_verdict(const DemoReport& report) {
    std::int64_t better = 0;
    for (const DemoCard& card : report.cards) better += card.panel.accuracy_low > card.panel.majority_rate ? 1 : 0;
    return fmt::format("{} of {} questions can be answered better than by the base rate.", better, report.cards.size());
}

}  // namespace

std::string render_demo_report(const DemoReport& report) {
    const RunResult& r = report.run.result;
    Page page("Three honest results, then the costed back-test", "aitrading demo · every number on this page was measured by the command below",
              source_line(report.provenance, to_string(r.series)), report.provenance.command_line);
    page.verdict(report.cards.empty() ? run_verdict(r) : demo_verdict(report), report.cards.empty() ? "" : "And the back-test: " + run_verdict(r));
    page.section("What is predictable, and what is not", "All predictions are out of sample; the accuracy axis is the same in all pictures.");
    if (report.cards.empty()) {
        page.missing("Results", "No evaluation was run.");
    } else {
        std::vector<const Panel*> panels;
        panels.reserve(report.cards.size());
        for (const DemoCard& card : report.cards) panels.push_back(&card.panel);
        page.begin_cards();
        for (const DemoCard& card : report.cards) add_card(page, card, coverage_range(panels));
        page.end_cards();
    }
    const std::string currency = report.run.currency.empty() ? quote_currency(r.series.symbol) : report.run.currency;
    page.section(fmt::format("The costed back-test: {} on {}", r.strategy, to_string(r.series)), run_verdict(r) + " " + run_explanation(r, currency));
    page.figures(run_figures(report.run));
    add_run_sections(page, report.run);
    if (!report.next.empty()) {
        page.section("What to type next");
        page.terms(report.next);
    }
    std::vector<std::string> protocol = report.run.protocol;
    protocol.insert(protocol.end(), r.notes.begin(), r.notes.end());
    Provenance provenance = report.provenance;
    if (provenance.hash.empty()) provenance.hash = r.hash;
    add_protocol(page, protocol, provenance);
    return page.finish();
}

}  // namespace aitrading::report
