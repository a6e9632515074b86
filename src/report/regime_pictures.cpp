#include "report/regime_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/interval.hpp"
#include "report/rows.hpp"

namespace aitrading::report {
namespace {

double share_of(std::int64_t part, std::int64_t all) { return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0; }

ValueRow row_of(int regime, double value) {
    const RegimeStyle& style = regime_style(regime);
    ValueRow row;
    row.label = regime_label(regime);
    row.value = value;
    row.ink = style.ink;
    row.shape = style.hatched ? Shape::diamond : Shape::circle;
    return row;
}

std::string bp(const Figure& f) { return f.value ? signed_number(*f.value, 2) : "n/a"; }

DataTable panel_table_of(const std::vector<RegimeRow>& rows) {
    DataTable table;
    table.columns = {{"Regime"}, {"n", true}, {"Share", true}, {"Accuracy", true}, {"95 % interval", true}, {"Base rate", true},
                     {"Log-loss skill", true}, {"90 % interval holds", true}, {"Gross, bp a bar", true}, {"Cost, bp", true}, {"Net, bp", true}};
    for (const RegimeRow& r : rows)
        table.rows.push_back({regime_label(r.regime), grouped(r.n), percent(r.share), percent(r.accuracy),
                              percent(r.low) + " to " + percent(r.high), percent(r.majority_rate), signed_percent(r.log_loss_skill, 2),
                              r.interval_coverage.value ? percent(*r.interval_coverage.value) : "n/a", bp(r.gross_bp), bp(r.cost_bp),
                              Cell(bp(r.net_bp), !r.net_bp.value ? "" : *r.net_bp.value >= 0 ? "gain" : "loss")});
    return table;
}

/// Regimes whose whole interval lies on one side of a reference.
struct Sides {
    std::size_t above = 0, below = 0;
};

template <class Low, class High, class Reference>
Sides sides_of(const std::vector<RegimeRow>& rows, Low low, High high, Reference reference) {
    Sides out;
    for (const RegimeRow& r : rows) {
        out.above += low(r) > reference(r);
        out.below += high(r) < reference(r);
    }
    return out;
}

std::string sides_text(Sides s, std::size_t of, const std::string& what) {
    if (s.above + s.below == 0) return fmt::format("In none of {} regimes can {} be told from it", of, what);
    return fmt::format("{} of {} regimes lie above {} and {} below, beyond their intervals", s.above, of, what, s.below);
}

}  // namespace

Picture regime_duration_picture(const RegimeFigures& f, const std::string& series) {
    RowChart chart;
    chart.unit = "bars";
    Picture out;
    out.table.columns = {{"Regime"}, {"Stays", true}, {"Median, bars", true}, {"95 % interval", true}, {"Bars", true}};
    const MedianStay* longest = nullptr;
    int longest_regime = 0;
    for (int k = 1; k <= static_cast<int>(regime_count); ++k) {
        const MedianStay& stay = f.stay[static_cast<std::size_t>(k - 1)];
        if (stay.stays == 0) continue;
        ValueRow row = row_of(k, stay.middle);
        row.has_band = std::isfinite(stay.low);
        if (row.has_band) row.band = {stay.low, stay.high};
        row.text = fmt::format("{} (n {})", number(stay.middle, stay.middle == std::floor(stay.middle) ? 0 : 1), grouped(stay.stays));
        chart.rows.push_back(std::move(row));
        const std::string interval_text = std::isfinite(stay.low) ? interval(stay.low, stay.high, 0) : "fewer than six stays";
        out.table.rows.push_back({regime_label(k), grouped(stay.stays), number(stay.middle, 1), interval_text,
                                  grouped(f.bars[static_cast<std::size_t>(k - 1)])});
        if (stay.stays >= 6 && (longest == nullptr || stay.middle > longest->middle)) longest = &stay, longest_regime = k;
    }
    out.title = longest == nullptr ? "No regime was left six times: nothing can be said of how long they last"
                                   : fmt::format("A stay in {} lasts longest: {} bars in the median", regime_style(longest_regime).name,
                                                 number(longest->middle, 0));
    out.subtitle = fmt::format("Median length of the whole stays in each regime of {}, in bars, with its 95 % interval by ranks; n = {} changes. "
                               "No interval: fewer than six stays.", series, grouped(f.changes));
    out.table.remark = "Stays that reach over the beginning or the end of the span are left out.";
    out.draw = [chart = std::move(chart)](const Layout& layout) { return draw_rows(chart, layout); };
    return out;
}

Picture regime_share_picture(const RegimeFigures& f, const std::string& series) {
    RowChart chart;
    chart.shares = chart.from_zero = true;
    chart.unit = "share of the bars with a known regime";
    Picture out;
    out.table.columns = {{"Regime"}, {"Bars", true}, {"Share", true}};
    std::size_t most = 0;
    std::string never;
    for (std::size_t k = 0; k < regime_count; ++k) {
        const int regime = static_cast<int>(k) + 1;
        if (f.bars[k] > f.bars[most]) most = k;
        if (f.bars[k] == 0) {
            never += (never.empty() ? "" : ", ") + std::string(regime_style(regime).name);
            continue;
        }
        ValueRow row = row_of(regime, share_of(f.bars[k], f.known));
        row.text = percent(row.value);
        chart.rows.push_back(std::move(row));
        out.table.rows.push_back({regime_label(regime), grouped(f.bars[k]), percent(share_of(f.bars[k], f.known))});
    }
    out.title = fmt::format("{} ruled {} of the time", regime_style(static_cast<int>(most) + 1).name, percent(share_of(f.bars[most], f.known)));
    if (!out.title.empty()) out.title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out.title[0])));
    out.subtitle = fmt::format("Share of the {} bars of {} with a known regime. Counted, not estimated: no interval.{}", grouped(f.known), series,
                               never.empty() ? "" : " Never came: " + never + ".");
    out.draw = [chart = std::move(chart)](const Layout& layout) { return draw_rows(chart, layout); };
    return out;
}

Picture regime_accuracy_picture(const std::string& model, const std::vector<RegimeRow>& rows) {
    RowChart chart;
    chart.shares = true;
    chart.unit = "accuracy";
    chart.reference_name = "majority rate of the same bars";
    std::int64_t n = 0;
    for (const RegimeRow& r : rows) {
        n += r.n;
        ValueRow row = row_of(r.regime, r.accuracy);
        row.band = {r.low, r.high};
        row.has_band = true;
        row.reference = r.majority_rate;
        row.has_reference = true;
        row.text = fmt::format("{} (n {})", percent(r.accuracy), grouped(r.n));
        chart.rows.push_back(std::move(row));
    }
    Picture out;
    out.title = sides_text(sides_of(rows, [](const RegimeRow& r) { return r.low; }, [](const RegimeRow& r) { return r.high; },
                                    [](const RegimeRow& r) { return r.majority_rate; }), rows.size(), "the base rate");
    out.subtitle = fmt::format("Accuracy of {} on the bars of each regime, 95 % interval, beside always giving the more frequent answer on the same "
                               "bars; n = {}. The regime is known at the bar's close. Of {} regimes chance alone sets {} apart.",
                               model, grouped(n), rows.size(), number(0.05 * static_cast<double>(rows.size()), 1));
    out.table = panel_table_of(rows);
    out.draw = [chart = std::move(chart)](const Layout& layout) { return draw_rows(chart, layout); };
    return out;
}

Picture regime_cost_picture(const std::vector<RegimeRow>& rows) {
    RowChart chart;
    chart.unit = "basis points a bar, after costs";
    chart.has_line = true;
    chart.line_name = "no gain";
    std::vector<RegimeRow> traded;
    for (const RegimeRow& r : rows) {
        if (!r.net_bp.value) continue;
        traded.push_back(r);
        ValueRow row = row_of(r.regime, *r.net_bp.value);
        if (r.net_low.value && r.net_high.value) row.band = {*r.net_low.value, *r.net_high.value}, row.has_band = true;
        row.text = fmt::format("{} (costs {})", signed_number(*r.net_bp.value, 2), number(r.cost_bp, 2));
        chart.rows.push_back(std::move(row));
    }
    Picture out;
    const Sides sides = sides_of(traded, [](const RegimeRow& r) { return r.net_low.value.value_or(-INFINITY); },
                                 [](const RegimeRow& r) { return r.net_high.value.value_or(INFINITY); }, [](const RegimeRow&) { return 0.0; });
    out.title = fmt::format("After costs {} of {} regimes gain and {} lose, beyond their intervals", sides.above, traded.size(), sides.below);
    out.subtitle = "Mean net result of a bar in the position that the model's side holds over all bars, told by the regime of the bar, in basis points "
                   "of the price, with 95 % interval by the bars' spread.";
    out.table = panel_table_of(traded);
    out.draw = [chart = std::move(chart)](const Layout& layout) { return draw_rows(chart, layout); };
    return out;
}

void add_regime_pictures(Page& page, const RegimePrices& series) {
    if (!series.known()) {
        page.missing("Price by regime and what followed what", "No regime is known for these bars; the rules need about 1,350 bars before the first.");
        return;
    }
    const RegimeFigures figures = regime_figures(series.regime);
    const std::string name = to_string(series.prices.key);
    page.picture(regime_price_picture(series));
    page.picture(regime_transition_picture(figures, name));
    page.pictures({regime_duration_picture(figures, name), regime_share_picture(figures, name)});
}

}  // namespace aitrading::report
