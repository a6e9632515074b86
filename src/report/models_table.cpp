#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/rows.hpp"

namespace aitrading::report {
namespace {

Cell skill_cell(double skill) {
    return Cell(signed_percent(skill, 2), skill > 0 ? "gain" : skill < 0 ? "loss" : "");
}

std::string p_value_text(double p) {
    if (!std::isfinite(p)) return "n/a";
    return p < 0.0001 ? "< 0.0001" : number(p, 4);
}

}  // namespace

Picture accuracy_picture(const std::vector<ModelPanel>& models) {
    RowChart chart;
    chart.shares = true;
    chart.unit = "Accuracy, % of scored bars";
    std::int64_t clear = 0, asked = 0;
    for (const ModelPanel& m : models) {
        const Panel& p = m.panel;
        chart.rows.push_back({.label = m.name,
                              .value = p.accuracy,
                              .band = {p.accuracy_low, p.accuracy_high},
                              .has_band = true,
                              .text = percent(p.accuracy),
                              .ink = m.baseline ? Ink::grey : Ink::blue,
                              .shape = m.baseline ? Shape::square : Shape::circle,
                              .reference = p.majority_rate,
                              .has_reference = true});
        if (m.baseline) continue;
        ++asked;
        clear += p.accuracy_low > p.majority_rate ? 1 : 0;
    }
    chart.reference_name = "always the more frequent answer";
    Picture picture;
    picture.title = asked == 0   ? "Only baselines were run"
                    : clear == 0 ? "No model is clearly more often right than always giving the more frequent answer"
                    : asked == 1 ? fmt::format("The model is more often right than the more frequent answer")
                                 : fmt::format("{} of {} models are clearly more often right than the more frequent answer", clear, asked);
    const Panel& first = models.front().panel;
    picture.subtitle = fmt::format("Accuracy with 95 % interval ({}), {} to {}, n = {}. Blue circles: models; grey squares: baselines.",
                                   first.interval.empty() || first.interval == "wilson" ? "Wilson" : first.interval, date(first.from), date(first.to), grouped(first.n));
    picture.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    picture.table = {{{"Model"}, {"Accuracy", true}, {"95 % interval", true}, {"Base rate", true}, {"n", true}}, {}, ""};
    for (const ModelPanel& m : models)
        picture.table.rows.push_back({m.name, percent(m.panel.accuracy),
                                      percent(m.panel.accuracy_low) + " to " + percent(m.panel.accuracy_high),
                                      percent(m.panel.majority_rate), grouped(m.panel.n)});
    return picture;
}

DataTable panel_table(const std::vector<ModelPanel>& models) {
    DataTable table;
    table.columns = {{"Model"}, {"Accuracy", true}, {"95 % interval", true}, {"Base rate", true}, {"p vs. base", true},
                     {"Log loss", true}, {"Log-loss skill", true}, {"Brier skill", true}, {"ROC AUC", true},
                     {"Balanced", true}, {"MCC", true}, {"Calibration error", true}, {"Noise up to", true},
                     {"Net Sharpe", true}, {"at 2× costs", true}, {"n", true}};
    for (const ModelPanel& m : models) {
        const Panel& p = m.panel;
        table.rows.push_back({Cell(m.name, m.baseline ? "faint" : "strong"), percent(p.accuracy),
                              percent(p.accuracy_low) + " to " + percent(p.accuracy_high), percent(p.majority_rate),
                              p_value_text(p.p_value_vs_majority), number(p.log_loss, 4), skill_cell(p.log_loss_skill),
                              skill_cell(p.brier_skill), number(p.roc_auc, 3), percent(p.balanced_accuracy),
                              signed_number(p.mcc, 3), percent(p.ece, 2), percent(p.ece_noise_p95, 2),
                              number(p.net_sharpe_1x, 2), number(p.net_sharpe_2x, 2), grouped(p.n)});
    }
    table.remark = "Skill: share of the constant forecast's loss that the model saves; above zero is better than knowing only the base rate.";
    return table;
}

Picture importance_picture(const std::vector<FeatureShare>& importance) {
    std::vector<FeatureShare> sorted = importance;
    std::erase_if(sorted, [](const FeatureShare& f) { return !std::isfinite(f.share); });
    std::ranges::stable_sort(sorted, std::greater<>{}, &FeatureShare::share);
    constexpr std::size_t most = 20;
    RowChart chart;
    chart.shares = true;
    chart.from_zero = true;
    chart.unit = "Share of the model's gain";
    double top = 0, rest = 0;
    bool intervals = false;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const FeatureShare& f = sorted[i];
        if (i < 5) top += f.share;
        if (i >= most) {
            rest += f.share;
            continue;
        }
        intervals |= f.has_interval;
        chart.rows.push_back({.label = f.name, .value = f.share, .band = {f.low, f.high}, .has_band = f.has_interval, .text = percent(f.share)});
    }
    Picture picture;
    const std::size_t five = std::min<std::size_t>(5, sorted.size());
    picture.title = fmt::format("The {} strongest of {} features carry {} of the gain", five, sorted.size(), percent(top));
    picture.subtitle = fmt::format("Share of the total gain by feature{}. {}{}", sorted.size() > most ? ", the first 20" : "",
                                   sorted.size() > most ? fmt::format("The other {} hold {}. ", sorted.size() - most, percent(rest)) : "",
                                   intervals ? "Whiskers: 95 % over the refits." : "No interval: one fit gives one number; correlated features share their gain by chance.");
    picture.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    picture.table = {{{"Feature"}, {"Share", true}}, {}, ""};
    for (const FeatureShare& f : sorted) picture.table.rows.push_back({f.name, percent(f.share, 2)});
    return picture;
}

Picture placebo_picture(const std::vector<PlaceboRow>& placebos) {
    RowChart chart;
    chart.shares = true;
    chart.unit = "Accuracy, %";
    chart.line = 0.5;
    chart.has_line = true;
    chart.line_name = "coin, 50 %";
    std::int64_t passed = 0;
    Picture picture;
    picture.table = {{{"Placebo"}, {"Accuracy", true}, {"Allowed", true}, {"n", true}, {"Result"}}, {}, ""};
    for (const PlaceboRow& p : placebos) {
        passed += p.passed ? 1 : 0;
        chart.rows.push_back({.label = p.name, .value = p.accuracy, .band = {p.expected_low, p.expected_high}, .has_band = true,
                              .text = percent(p.accuracy) + (p.passed ? " passed" : " failed"), .ink = p.passed ? Ink::blue : Ink::vermilion,
                              .shape = p.passed ? Shape::circle : Shape::cross});
        picture.table.rows.push_back({p.name, percent(p.accuracy, 2), percent(p.expected_low, 2) + " to " + percent(p.expected_high, 2),
                                      grouped(p.n), p.passed ? "passed" : "failed"});
    }
    const auto all = static_cast<std::int64_t>(placebos.size());
    picture.title = passed == all ? "On data that holds nothing the pipeline finds nothing"
                                  : fmt::format("{} of {} placebos found something where nothing is: there is a leak", all - passed, all);
    picture.subtitle = "Accuracy of the same pipeline on made-up nothing; the whisker is the band in which it must lie (50 % ± 3 standard errors).";
    picture.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    return picture;
}

Picture sensitivity_picture(const std::vector<SensitivityRow>& rows, const std::string& what) {
    RowChart chart;
    chart.unit = what;
    chart.has_line = true;
    chart.line_name = "nothing gained";
    Picture picture;
    picture.table = {{{"Assumption"}, {"Value", true}, {"95 % interval", true}}, {}, ""};
    std::int64_t above = 0, known = 0;
    for (const SensitivityRow& r : rows) {
        const bool band = r.low.value && r.high.value;
        const int digits = band ? digits_for((*r.high.value - *r.low.value) / 2) : 2;
        const double value = r.value.value.value_or(NAN);
        known += r.value.value ? 1 : 0;
        above += value > 0 ? 1 : 0;
        chart.rows.push_back({.label = r.what, .value = value, .band = {r.low.value.value_or(NAN), r.high.value.value_or(NAN)},
                              .has_band = band, .text = r.value.value ? signed_number(value, digits) : "n/a",
                              .ink = value >= 0 ? Ink::blue : Ink::vermilion, .shape = value >= 0 ? Shape::circle : Shape::diamond});
        picture.table.rows.push_back({r.what, r.value.value ? signed_number(value, digits) : "not available: " + r.value.reason,
                                      band ? interval(*r.low.value, *r.high.value, digits) : "n/a"});
    }
    picture.title = known == 0       ? "None of the changed assumptions gave a number"
                    : above == known ? "The result stays above zero under every assumption tried"
                    : above == 0   ? "The result is below zero under every assumption tried"
                                   : fmt::format("The sign hangs on the assumptions: above zero in {} of {}", above, known);
    picture.subtitle = what + " when one assumption changes; whiskers: 95 % interval where one was computed.";
    picture.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    return picture;
}

}  // namespace aitrading::report
