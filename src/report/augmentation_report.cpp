#include "report/augmentation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "report/format.hpp"
#include "report/page.hpp"
#include "report/provenance.hpp"
#include "report/rows.hpp"

namespace aitrading::report {
namespace {

constexpr std::array<Ink, 6> source_inks{Ink::vermilion, Ink::blue, Ink::green, Ink::purple, Ink::orange, Ink::sky};

/// The series itself stands out, its later part steps back.
Ink ink_of(std::size_t i) {
    if (i < 2) return i == 0 ? Ink::text : Ink::grey;
    return source_inks[(i - 2) % source_inks.size()];
}

bool measured(const AugmentationReport& report) { return report.bars.size() >= 2; }

const DrawnBars* gan_of(const AugmentationReport& report) {
    const auto found = std::ranges::find(report.bars, "gan", &DrawnBars::name);
    return found == report.bars.end() ? nullptr : &*found;
}

std::string sentence(const AugmentationReport& report) {
    if (!report.trial.empty()) return report.accepted ? "Bars from the GAN help, and more than block bootstrap does" : "Bars from the GAN do not help";
    const DrawnBars* gan = gan_of(report);
    return gan != nullptr && gan->passed ? "Bars from the GAN are as near as was asked" : "Bars from the GAN fall short of a target";
}

std::vector<KeyFigure> figures_of(const AugmentationReport& report) {
    std::vector<KeyFigure> out;
    if (const DrawnBars* gan = gan_of(report)) {
        const auto style = [](bool good) { return good ? "gain" : "loss"; };
        out.push_back({"Wasserstein distance", number(gan->wasserstein, 3), fmt::format("of standardised returns; target below {}", number(report.wasserstein_target, 2)),
                       style(gan->wasserstein < report.wasserstein_target)});
        out.push_back({"Gap of the autocorrelation of |r|", number(gan->acf_abs_gap, 3),
                       fmt::format("mean over {} lags; target below {}", report.gap_lags, number(report.acf_gap_target, 2)), style(gan->acf_abs_gap < report.acf_gap_target)});
        out.push_back({"Nearest-neighbour ratio", number(gan->nearest, 2), "drawn over later real windows; copies give 0", style(gan->nearest > 0.9)});
        out.push_back({"Told apart from real", number(gan->told_apart, 3), "accuracy of a classifier less one half"});
    }
    for (const AugmentationRow& row : report.trial)
        if (row.name == "none" || row.name == "gan") out.push_back({row.name == "gan" ? "Log loss with the GAN" : "Log loss without", number(row.log_loss, 5), percent(row.accuracy, 2) + " right"});
    return out;
}

Picture curves(const AugmentationReport& report, const std::string& title, const std::string& subtitle, std::vector<double> DrawnBars::* member) {
    Picture picture;
    picture.title = title;
    picture.subtitle = subtitle;
    picture.table.columns.push_back({"Lag", true});
    for (const DrawnBars& b : report.bars) picture.table.columns.push_back({b.name, true});
    for (const std::size_t lag : {1U, 2U, 3U, 6U, 12U, 24U, 48U, 72U, 100U}) {
        std::vector<Cell> cells{fmt::to_string(lag)};
        for (const DrawnBars& b : report.bars) cells.emplace_back(lag <= (b.*member).size() ? number((b.*member)[lag - 1], 3) : "n/a");
        picture.table.rows.push_back(std::move(cells));
    }
    picture.draw = [&report, member](const Layout& layout) {
        CurveChart chart;
        chart.unit = "Autocorrelation";
        chart.below = "Lag in bars";
        for (std::size_t i = 0; i < report.bars.size(); ++i) {
            chart.names.push_back(report.bars[i].name);
            chart.values.push_back(report.bars[i].*member);
            chart.inks.push_back(ink_of(i));
        }
        return draw_curves(chart, layout);
    };
    return picture;
}

DataTable facts_table(const AugmentationReport& report) {
    DataTable t;
    t.columns = {{"Bars"}, {"Excess kurtosis", true}, {"of 24 bars", true}, {"of 96 bars", true}, {"Hill index", true}, {"ACF(r), lag 1", true}, {"Leverage, lag 1", true},
                 {"Volume and |r|", true}, {"Loss over gain", true}};
    for (const DrawnBars& b : report.bars)
        t.rows.push_back({Cell(b.name, b.real ? "strong" : ""), number(b.kurtosis, 1), number(b.kurtosis_of_24, 1), number(b.kurtosis_of_96, 1), number(b.hill, 2),
                          number(b.acf.empty() ? std::nan("") : b.acf.front(), 3), number(b.leverage, 3), number(b.volume_volatility, 3), number(b.gain_loss, 2)});
    t.remark = "Loss over gain: median bars until five deviations are lost over those until they are gained.";
    return t;
}

DataTable distance_table(const AugmentationReport& report) {
    DataTable t;
    t.columns = {{"Bars"}, {"Wasserstein", true}, {"Gap ACF|r|", true}, {"Gap ACF(r)", true}, {"Nearest neighbour", true}, {"Near copies", true}, {"Told apart", true},
                 {"Forecast error", true}, {"Targets"}};
    for (std::size_t i = 1; i < report.bars.size(); ++i) {
        const DrawnBars& b = report.bars[i];
        t.rows.push_back({Cell(b.name, b.real ? "strong" : ""), number(b.wasserstein, 4), number(b.acf_abs_gap, 4), number(b.acf_gap, 4), number(b.nearest, 3), percent(b.copies),
                          number(b.told_apart, 3), number(b.predictive, 4), b.real ? Cell("the market against itself", "faint") : Cell(b.passed ? "met" : "short", b.passed ? "gain" : "loss")});
    }
    t.remark = fmt::format("Forecast error: of the next size on later real bars after learning from these, in mean sizes; {} after learning from the real ones.",
                           number(report.bars.front().predictive, 4));
    return t;
}

DataTable regime_table(const AugmentationReport& report) {
    DataTable t;
    t.columns = {{"Regime"}, {"Bars", true}};
    std::vector<const DrawnBars*> shown;
    for (const DrawnBars& b : report.bars)
        if (b.deviation.size() == report.regimes.size()) shown.push_back(&b), t.columns.push_back({b.name + ", bp", true});
    for (std::size_t k = 0; k < report.regimes.size(); ++k) {
        if (report.regime_bars[k] == 0) continue;
        std::vector<Cell> cells{report.regimes[k], grouped(static_cast<std::int64_t>(report.regime_bars[k]))};
        for (const DrawnBars* b : shown) cells.emplace_back(number(b->deviation[k], 1));
        t.rows.push_back(std::move(cells));
    }
    return t;
}

Picture trial_picture(const AugmentationReport& report) {
    Picture picture;
    picture.title = report.accepted ? "Learning from drawn bars beats both alternatives" : "Learning from drawn bars does not beat both alternatives";
    picture.subtitle = "Log loss out of sample of the same learner on the same folds, by what its training rows were; lower is better.";
    picture.table = {{{"Training rows"}, {"Log loss", true}, {"Accuracy", true}}, {}, ""};
    for (const AugmentationRow& row : report.trial)
        picture.table.rows.push_back({row.name == "none" ? "real alone" : "real and " + row.name, number(row.log_loss, 5), percent(row.accuracy, 2)});
    picture.draw = [&report](const Layout& layout) {
        RowChart chart;
        chart.unit = "Log loss";
        for (const AugmentationRow& row : report.trial) {
            ValueRow value;
            value.label = row.name == "none" ? "real alone" : "real and " + row.name;
            value.value = row.log_loss;
            value.text = number(row.log_loss, 5);
            value.ink = row.name == "gan" ? Ink::vermilion : Ink::blue;
            chart.rows.push_back(value);
        }
        return draw_rows(chart, layout);
    };
    return picture;
}

}  // namespace

std::string render_augmentation_report(const AugmentationReport& report) {
    CHECK(measured(report) || !report.trial.empty());
    Page page("Drawn bars: " + report.series, "Augmentation", source_line(report.provenance, report.series), report.provenance.command_line);
    page.verdict(sentence(report), report.trial.empty() ? "Whether learning from them helps was not tried." : report.verdict + ".");
    page.figures(figures_of(report));
    if (measured(report)) {
        page.section("How like the market they are", "The later bars, which no source has seen, stand beside the sources: no source can be asked to be nearer than the market is to itself.");
        page.picture(curves(report, "Sizes of moves stay alike for days", "Autocorrelation of |r| by lag.", &DrawnBars::acf_abs));
        page.picture(curves(report, "Moves themselves are nearly uncorrelated", "Autocorrelation of r by lag.", &DrawnBars::acf));
        page.table(facts_table(report), "Stylised facts");
        page.table(distance_table(report), "Distances from the learnt bars, and whether they are copies");
        if (report.regimes.empty()) page.missing("Regimes", "No regime is known for these bars.");
        else page.table(regime_table(report), "Deviation of the return under each regime");
    }
    page.section("Whether learning from them helps");
    if (report.trial.empty()) page.missing("The trial", "It was left out (--facts-only).");
    else page.picture(trial_picture(report));
    add_protocol(page, report.protocol, report.provenance);
    return page.finish();
}

}  // namespace aitrading::report
