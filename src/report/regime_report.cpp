#include "report/regime_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/page.hpp"
#include "report/provenance.hpp"
#include "report/regime_pictures.hpp"

namespace aitrading::report {
namespace {

std::size_t most_frequent(const RegimeFigures& f) {
    return static_cast<std::size_t>(std::ranges::max_element(f.bars) - f.bars.begin());
}

MedianStay all_stays(std::span<const int> regime) {
    std::vector<double> lengths;
    for (const RegimeStay& stay : regime_stays(regime))
        if (stay.whole) lengths.push_back(static_cast<double>(stay.bars()));
    std::ranges::sort(lengths);
    return median_stay(lengths);
}

std::vector<KeyFigure> figures_of(const RegimeReport& report, const RegimeFigures& f) {
    const auto& regime = report.series.regime;
    const std::vector<RegimeStay> stays = regime_stays(regime);
    const MedianStay median = all_stays(regime);
    const std::size_t most = most_frequent(f);
    std::size_t came = 0;
    for (const std::int64_t bars : f.bars) came += bars > 0;
    std::vector<KeyFigure> out;
    out.push_back({"Regime now", std::string(regime_style(stays.back().regime).brief),
                   fmt::format("number {}, for {}", stays.back().regime, counted(static_cast<std::int64_t>(stays.back().bars()), "bar", "bars"))});
    out.push_back({"Most of the time", percent(static_cast<double>(f.bars[most]) / static_cast<double>(f.known)),
                   std::string(regime_style(static_cast<int>(most) + 1).name)});
    out.push_back({"Median stay", counted(static_cast<std::int64_t>(median.middle), "bar", "bars"),
                   std::isfinite(median.low) && median.low > 0 ? fmt::format("95 % interval {}, n = {}", interval(median.low, median.high, 0), grouped(median.stays))
                                                               : "no interval: too few stays"});
    out.push_back({"Changes", grouped(f.changes), fmt::format("{} per 1,000 bars", number(1000.0 * static_cast<double>(f.changes) / static_cast<double>(f.known), 0))});
    out.push_back({"Regimes that came", fmt::format("{} of {}", came, regime_count), came == regime_count ? "each at least once" : "the others never"});
    out.push_back({"Bars with a regime", grouped(f.known), fmt::format("of {}", grouped(static_cast<std::int64_t>(regime.size())))});
    return out;
}

}  // namespace

std::string render_regime_report(const RegimeReport& report) {
    const BarColumns& bars = report.series.prices;
    const std::string series = to_string(bars.key);
    const std::string span = bars.size() > 0 ? fmt::format(" · {} to {}", date(bars.time.front()), date(bars.time.back())) : "";
    Page page("Regimes of " + series, fmt::format("Regime report{} · {} bars", span, grouped(static_cast<std::int64_t>(bars.size()))),
              source_line(report.provenance, series), report.provenance.command_line);
    if (report.series.known()) {
        const RegimeFigures f = regime_figures(report.series.regime);
        const std::size_t most = most_frequent(f);
        const double share = static_cast<double>(f.bars[most]) / static_cast<double>(f.known);
        page.verdict(fmt::format("{} was in {} {} of the time and changed its regime {} times in {} bars.", bars.key.symbol,
                                 regime_style(static_cast<int>(most) + 1).name, percent(share), grouped(f.changes), grouped(f.known)),
                     "Regimes are told by rule at each bar's close from that bar and earlier ones. They describe; whether a model earns more in one of them "
                     "is a question for aitrading evaluate.");
        page.figures(figures_of(report, f));
        page.section("Where it stands");
        page.picture(regime_close_up_picture(report.series));
        page.section("The whole span");
    } else {
        page.verdict("No regime is known on these bars.", "The rules need about 1,350 bars before the first regime: take a longer span or a smaller --window.");
        page.section("The whole span");
    }
    add_regime_pictures(page, report.series);
    if (!report.not_available.empty()) {
        page.section("What the rules could not see");
        page.list(report.not_available);
    }
    add_protocol(page, report.protocol, report.provenance);
    return page.finish();
}

}  // namespace aitrading::report
