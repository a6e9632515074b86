#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/format.hpp"
#include "report/regime_pictures.hpp"

namespace aitrading::report {
namespace {

constexpr double label_size = 12;

double at(UnixNanos time) { return static_cast<double>(time.value); }

/// One pixel column of the overview.
struct Column {
    double x = 0, low = 0, high = 0;
    std::size_t bars = 0;
    std::array<std::size_t, regime_count + 1> of{};  ///< bars by regime, 0 = not known
    int ruler() const { return static_cast<int>(std::ranges::max_element(of) - of.begin()); }
};

std::vector<Column> columns_of(const RegimePrices& s, const Scale& x) {
    std::vector<Column> out;
    for (std::size_t i = 0; i < s.regime.size(); ++i) {
        const double px = std::floor(x(s.prices.time[i])) + 0.5;
        double low = s.prices.low[i].to_double(), high = s.prices.high[i].to_double();
        if (out.empty() || px != out.back().x) {
            if (i > 0) {  // touch the neighbour, so that the line has no holes
                low = std::min(low, s.prices.close[i - 1].to_double());
                high = std::max(high, s.prices.close[i - 1].to_double());
            }
            out.push_back({px, low, high, 0, {}});
        }
        Column& column = out.back();
        column.low = std::min(column.low, low);
        column.high = std::max(column.high, high);
        ++column.bars;
        ++column.of[static_cast<std::size_t>(s.regime[i])];
    }
    return out;
}

void draw_price(Canvas& canvas, const std::vector<Column>& columns, const Scale& y) {
    for (int regime = 0; regime <= static_cast<int>(regime_count); ++regime) {
        std::vector<Point> ends;
        for (const Column& c : columns) {
            if (c.ruler() != regime) continue;
            ends.push_back({c.x, y(c.low) + 0.6});
            ends.push_back({c.x, y(c.high) - 0.6});
        }
        if (!ends.empty()) canvas.segments(ends, {.ink = regime == 0 ? Ink::grid : regime_style(regime).ink, .width = 1.4});
    }
}

/// A lane of one regime: full where it held the whole pixel, paler where it shared it.
void draw_lane(Canvas& canvas, const std::vector<Column>& columns, const RegimeStyle& style, double top, double height) {
    const auto number = static_cast<std::size_t>(style.number);
    constexpr std::array levels{0.34, 0.67, 1.0};
    for (std::size_t level = 0; level < levels.size(); ++level) {
        std::vector<Point> ends;
        for (const Column& c : columns) {
            const double share = static_cast<double>(c.of[number]) / static_cast<double>(c.bars);
            const bool here = share > 0 && share <= levels[level] && (level == 0 || share > levels[level - 1]);
            if (!here) continue;
            const double from = c.x - 0.5, middle = top + height / 2;
            if (!ends.empty() && std::abs(ends.back().x - from) < 0.01) ends.back().x = from + 1;
            else ends.push_back({from, middle}), ends.push_back({from + 1, middle});
        }
        if (!ends.empty()) canvas.segments(ends, {.ink = style.ink, .width = style.hatched ? height * 0.5 : height, .opacity = 0.2 + 0.8 * levels[level]});
    }
}

NiceAxis price_axis(const BarColumns& bars, std::size_t from, std::size_t to, int target) {
    double low = INFINITY, high = -INFINITY;
    for (std::size_t i = from; i < to; ++i) {
        low = std::min(low, bars.low[i].to_double());
        high = std::max(high, bars.high[i].to_double());
    }
    return nice_axis(low, high, target);
}

Labeler price_label(const NiceAxis& axis, const BarColumns& bars) {
    return [digits = std::min(std::max(axis.digits, 2), std::max(bars.digits, 0))](double value) { return number(value, digits); };
}

std::string lane_name(const RegimeStyle& style, bool narrow) {
    return narrow ? fmt::format("{} {}", style.number, style.brief) : regime_label(style.number);
}

Canvas draw_overview(const RegimePrices& s, const Layout& layout) {
    const RegimeFigures figures = regime_figures(s.regime);
    const NiceAxis axis = price_axis(s.prices, 0, s.prices.size(), layout.narrow ? 4 : 6);
    const Labeler label = price_label(axis, s.prices);
    double names = value_axis_width(axis, label, layout);
    std::size_t lanes = 0;
    for (const RegimeStyle& style : regime_styles()) {
        if (figures.bars[static_cast<std::size_t>(style.number - 1)] == 0) continue;
        ++lanes;
        names = std::max(names, width_em(lane_name(style, layout.narrow)) * label_size + 10);
    }
    const double lane = layout.narrow ? 15 : 17, upper = layout.narrow ? 190 : 280;
    const Box box{names, 28, layout.width - 54, 28 + upper};
    const double first = box.bottom + 12, bottom = first + lane * static_cast<double>(lanes) + 2;
    Canvas canvas(layout.width, bottom + 26);
    const Scale::Range span{at(s.prices.time.front()), at(s.prices.time.back())};
    const Scale x(span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    const std::vector<Column> columns = columns_of(s, x);
    draw_value_axis(canvas, box, axis, label, "Price of " + s.prices.key.symbol);
    draw_price(canvas, columns, y);
    double top = first;
    for (const RegimeStyle& style : regime_styles()) {
        const std::int64_t bars = figures.bars[static_cast<std::size_t>(style.number - 1)];
        if (bars == 0) continue;
        canvas.line({box.left, top + lane / 2}, {box.right, top + lane / 2}, {.ink = Ink::grid});
        draw_lane(canvas, columns, style, top + 2, lane - 4);
        canvas.text({box.left - 8, top + lane / 2 + 4}, lane_name(style, layout.narrow), {Anchor::end, style.ink, label_size});
        canvas.text({layout.width - 2, top + lane / 2 + 4}, percent(static_cast<double>(bars) / static_cast<double>(figures.known)),
                    {Anchor::end, Ink::faint, label_size});
        top += lane;
    }
    draw_time_axis(canvas, {box.left, first, box.right, bottom}, span, layout);
    return canvas;
}

/// The latest bars shown close up.
std::size_t close_up_from(const RegimePrices& s) {
    constexpr std::size_t most = 320;
    return s.regime.size() > most ? s.regime.size() - most : 0;
}

/// The band of one stay behind its bars; hatched where the regime's form is.
void draw_band(Canvas& canvas, const Box& band, const RegimeStyle& style, const std::string& hover) {
    canvas.rect(band, style.ink, 0.16, hover);
    if (!style.hatched) return;
    std::vector<Point> lines;
    for (int i = 0; band.left + 2 + 5 * i < band.right; ++i) {
        const double x = band.left + 2 + 5 * i;
        lines.push_back({x, band.top}), lines.push_back({x, band.bottom});
    }
    canvas.segments(lines, {.ink = style.ink, .dash = "2 4", .opacity = 0.5});
}

Canvas draw_close_up(const RegimePrices& s, const Layout& layout) {
    const std::size_t from = close_up_from(s), to = s.regime.size();
    const NiceAxis axis = price_axis(s.prices, from, to, layout.narrow ? 4 : 6);
    const Labeler label = price_label(axis, s.prices);
    const Box box{value_axis_width(axis, label, layout), 46, layout.width - 8, layout.narrow ? 246.0 : 346.0};
    Canvas canvas(layout.width, box.bottom + 28);
    const Scale::Range span{static_cast<double>(from) - 0.5, static_cast<double>(to) - 0.5};
    const Scale x(span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    draw_value_axis(canvas, box, axis, label, "");
    canvas.text({2, 14}, "Price of " + s.prices.key.symbol + ", regime by number", {Anchor::start, Ink::faint, label_size});
    double named_to = box.left;
    for (const RegimeStay& stay : regime_stays(std::span(s.regime).subspan(from))) {
        const RegimeStyle& style = regime_style(stay.regime);
        const double left = x(static_cast<double>(from + stay.from) - 0.5), right = x(static_cast<double>(from + stay.to) - 0.5);
        draw_band(canvas, {left, box.top, right, box.bottom}, style,
                  fmt::format("{}: {} bars from {}", regime_label(stay.regime), stay.bars(), date_time(s.prices.time[from + stay.from])));
        const std::string brief = fmt::format("{} {}", style.number, style.brief), plain = fmt::format("{}", style.number);
        const bool roomy = width_em(brief) * label_size < right - left - 4;
        const double middle = (left + right) / 2, half = width_em(roomy ? brief : plain) * label_size / 2;
        if (middle - half >= named_to) {
            canvas.text({middle, box.top - 8}, roomy ? brief : plain, {Anchor::middle, style.ink, label_size});
            named_to = middle + half + 4;
        }
        std::vector<Point> ranges;
        for (std::size_t i = from + stay.from; i < from + stay.to; ++i) {
            ranges.push_back({x(static_cast<double>(i)), y(s.prices.low[i].to_double())});
            ranges.push_back({x(static_cast<double>(i)), y(s.prices.high[i].to_double())});
        }
        canvas.segments(ranges, {.ink = style.ink, .width = layout.narrow ? 1.0 : 2.0});
    }
    // Bars without a regime, and weekends, would tear a time axis: bars stand side by side, dates where days begin.
    canvas.line({box.left, box.bottom}, {box.right, box.bottom}, {.ink = Ink::grey});
    double free_from = box.left;
    for (std::size_t i = from + 1; i < to; ++i) {
        if (date(s.prices.time[i]) == date(s.prices.time[i - 1])) continue;
        const double px = x(static_cast<double>(i) - 0.5), half = width_em("2018-01-31") * label_size / 2;
        if (px - half < free_from || px + half > layout.width) continue;
        canvas.line({px, box.bottom}, {px, box.bottom + 5}, {.ink = Ink::grey});
        canvas.text({px, box.bottom + 19}, date(s.prices.time[i]), {Anchor::middle, Ink::faint, label_size});
        free_from = px + half + 10;
    }
    return canvas;
}

/// The latest stays from a bar on.
DataTable stay_table(const RegimePrices& s, std::size_t from) {
    constexpr std::size_t most = 200;
    DataTable table;
    table.columns = {{"Since (UTC)"}, {"Regime"}, {"Bars", true}};
    const std::vector<RegimeStay> stays = regime_stays(std::span(s.regime).subspan(from));
    for (std::size_t i = stays.size(); i-- > 0 && table.rows.size() < most;)
        table.rows.push_back({s.prices.time[from + stays[i].from], Cell(regime_label(stays[i].regime)), Cell(grouped(static_cast<std::int64_t>(stays[i].bars())))});
    table.remark = fmt::format("Latest stay first; {} of {}.", grouped(static_cast<std::int64_t>(table.rows.size())), grouped(static_cast<std::int64_t>(stays.size())));
    return table;
}

}  // namespace

Picture regime_price_picture(const RegimePrices& s) {
    const RegimeFigures figures = regime_figures(s.regime);
    Picture out;
    out.title = fmt::format("{} changed its regime {} times in {} bars", s.prices.key.symbol, grouped(figures.changes), grouped(figures.known));
    out.subtitle = fmt::format("Price range of each pixel in the colour of the regime that ruled most of its bars, {} to {}, {} bars of {}; below, a lane for "
                               "each regime (paler where it shared a pixel; half as high: a fleeting form) with its share of time. "
                               "Each regime is known at its bar's close. Recorded prices carry no interval.",
                               date(s.prices.time.front()), date(s.prices.time.back()), grouped(static_cast<std::int64_t>(s.prices.size())),
                               name(s.prices.key.timeframe));
    out.draw = [&s](const Layout& layout) { return draw_overview(s, layout); };
    out.table = stay_table(s, 0);
    return out;
}

Picture regime_close_up_picture(const RegimePrices& s) {
    const std::size_t from = close_up_from(s);
    const std::vector<RegimeStay> stays = regime_stays(std::span(s.regime).subspan(from));
    Picture out;
    out.title = stays.empty() ? "No regime is known of the latest bars"
                              : fmt::format("At the end the regime is {}, for {} now", regime_style(stays.back().regime).name,
                                            counted(static_cast<std::int64_t>(stays.back().bars()), "bar", "bars"));
    out.subtitle = fmt::format("Range of each of the latest {} bars in the colour of its regime, {} to {}; bars stand side by side, closed hours left out.",
                               grouped(static_cast<std::int64_t>(s.regime.size() - from)), date_time(s.prices.time[from]), date_time(s.prices.time.back()));
    out.draw = [&s](const Layout& layout) { return draw_close_up(s, layout); };
    out.table = stay_table(s, from);
    return out;
}

}  // namespace aitrading::report
