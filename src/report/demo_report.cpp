#include "report/demo_report.hpp"

#include <fmt/format.h>

#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/page.hpp"
#include "report/provenance.hpp"
#include "report/verdict.hpp"

namespace aitrading::report {
namespace {

std::string optimum_note(const DemoCard& card) {
    if (card.optimum.value) return fmt::format("the best possible is {}", percent(*card.optimum.value));
    return card.rival.empty() || !card.rival_accuracy.value
               ? "the best possible is unknown on real data"
               : fmt::format("{} alone: {}", card.rival, percent(*card.rival_accuracy.value));
}

std::string log_loss_note(const DemoCard& card) {
    if (card.rival.empty() || !card.rival_log_loss.value) return "of the constant's loss saved";
    return fmt::format("{} in log loss ({} against {})", card.panel.log_loss < *card.rival_log_loss.value ? "beats " + card.rival : "loses to " + card.rival,
                       number(card.panel.log_loss, 4), number(*card.rival_log_loss.value, 4));
}

void add_card(Page& page, const DemoCard& card) {
    const Panel& p = card.panel;
    page.begin_card(card.title, card.subtitle);
    page.figures({{"Right", percent(p.accuracy), fmt::format("{} to {} (95 %)", percent(p.accuracy_low), percent(p.accuracy_high))},
                  {"Base rate", percent(p.majority_rate), "the more frequent answer"},
                  {"Log-loss skill", signed_percent(p.log_loss_skill, 1), log_loss_note(card), p.log_loss_skill > 0 ? "gain" : "loss"},
                  {"Scored bars", grouped(p.n), optimum_note(card)}});
    page.paragraph(card.advice.empty() ? panel_advice(p) : card.advice);
    if (p.accuracy_at.empty())
        page.missing("Accuracy against coverage", "The panel holds no coverage points.");
    else
        page.picture(coverage_picture(card.model.empty() ? "the model" : card.model, p));
    page.end_card();
}

std::string demo_verdict(const DemoReport& report) {
    const RunResult& r = report.run.result;
    const std::string many = report.cards.empty() ? "" : "What can be predicted is shown with its base rate; what cannot is called a coin. ";
    return many + run_verdict(r);
}

}  // namespace

std::string render_demo_report(const DemoReport& report) {
    const RunResult& r = report.run.result;
    Page page("Three honest results, then the costed back-test", "aitrading demo · every number on this page was measured by the command below",
              source_line(report.provenance, to_string(r.series)), report.provenance.command_line);
    page.verdict(demo_verdict(report), "All predictions are out of sample: walk-forward, purged, calibrated on earlier bars only.");
    page.section("What is predictable, and what is not");
    if (report.cards.empty()) {
        page.missing("Results", "No evaluation was run.");
    } else {
        page.begin_cards();
        for (const DemoCard& card : report.cards) add_card(page, card);
        page.end_cards();
    }
    page.section(fmt::format("The costed back-test: {} on {}", r.strategy, to_string(r.series)), run_explanation(r, report.run.currency.empty() ? quote_currency(r.series.symbol) : report.run.currency));
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
