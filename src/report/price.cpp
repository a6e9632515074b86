#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/run_pictures.hpp"

namespace aitrading::report {
namespace {

double at(UnixNanos time) { return static_cast<double>(time.value); }

std::string price_text(Price price, int digits) {
    return number(price.to_double(), digits);
}

/// Lowest and highest price of each pixel column, as upright segments that touch their neighbours.
std::vector<Point> price_segments(const BarColumns& bars, const Scale& x, const Scale& y) {
    std::vector<Point> ends;
    double low = 0, high = 0, column = NAN, before = NAN;
    const auto close_column = [&] {
        if (std::isnan(column)) return;
        double from = low, to = high;
        if (std::isfinite(before)) from = std::min(from, before), to = std::max(to, before);
        ends.push_back({column, y(from)});
        ends.push_back({column, y(to)});
    };
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double px = std::floor(x(bars.time[i])) + 0.5;
        if (px != column) {
            close_column();
            before = i > 0 ? bars.close[i - 1].to_double() : NAN;
            column = px;
            low = bars.low[i].to_double();
            high = bars.high[i].to_double();
        }
        low = std::min(low, bars.low[i].to_double());
        high = std::max(high, bars.high[i].to_double());
    }
    close_column();
    return ends;
}

NiceAxis price_axis(const BarColumns& bars, std::size_t from, std::size_t to, int target) {
    double low = INFINITY, high = -INFINITY;
    for (std::size_t i = from; i < to; ++i) {
        low = std::min(low, bars.low[i].to_double());
        high = std::max(high, bars.high[i].to_double());
    }
    return nice_axis(low, high, target);
}

/// Profit of the trades that closed in each column of three pixels, as bars from zero.
void draw_profit(Canvas& canvas, const Box& box, const RunResult& r, Scale::Range span, const std::string& currency,
                 const Layout& layout) {
    const Scale x(span, {box.left, box.right});
    constexpr double step = 3;
    std::vector<double> sums(static_cast<std::size_t>(box.width() / step) + 1, 0.0);
    for (const Trade& t : r.trade_list) {
        const double px = (x(t.closed) - box.left) / step;
        if (px >= 0 && px < static_cast<double>(sums.size())) sums[static_cast<std::size_t>(px)] += t.net.to_double();
    }
    const auto [low, high] = std::ranges::minmax(sums);
    const NiceAxis axis = nice_axis(std::min(low, 0.0), std::max(high, 1e-9), 2);
    const Scale y(axis.range, {box.bottom, box.top});
    draw_value_axis(canvas, box, axis, plain_label(axis), "Net of trades closed" + (currency.empty() ? "" : ", " + currency));
    canvas.line({box.left, y(0)}, {box.right, y(0)}, {.ink = Ink::text});
    for (const bool gain : {true, false}) {
        std::vector<Point> ends;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            if (sums[i] == 0 || (sums[i] > 0) != gain) continue;
            const double px = box.left + step * (static_cast<double>(i) + 0.5);
            ends.push_back({px, y(0)});
            ends.push_back({px, gain ? std::min(y(sums[i]), y(0) - 1) : std::max(y(sums[i]), y(0) + 1)});
        }
        canvas.segments(ends, {.ink = gain ? Ink::blue : Ink::vermilion, .width = 2.4});
    }
    draw_time_axis(canvas, box, span, layout);
}

Labeler price_label(int digits) {
    return [digits](double value) { return number(value, digits); };
}

int axis_digits(const NiceAxis& axis, const BarColumns& bars) { return std::min(std::max(axis.digits, 2), std::max(bars.digits, 0)); }

Canvas draw_overview(const RunResult& r, const BarColumns& bars, const std::string& currency, const Layout& layout) {
    const NiceAxis axis = price_axis(bars, 0, bars.size(), layout.narrow ? 4 : 6);
    const Labeler label = price_label(axis_digits(axis, bars));
    const double left = std::max(value_axis_width(axis, label, layout), 52.0);
    const EndLabel last{0, "Last", price_text(bars.close.back(), bars.digits), Ink::text};
    const double right = layout.width - end_label_width({&last, 1}, layout);
    const double upper = layout.narrow ? 190 : 280, lower = layout.narrow ? 70 : 90;
    const bool trades = !r.trade_list.empty();
    Canvas canvas(layout.width, 28 + upper + (trades ? 44 + lower : 0) + 28);
    const Box box{left, 28, right, 28 + upper};
    const Scale::Range span{at(bars.time.front()), at(bars.time.back())};
    const Scale x(span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    draw_value_axis(canvas, box, axis, label, "Price of " + bars.key.symbol);
    canvas.segments(price_segments(bars, x, y), {.ink = Ink::grey, .width = 1.2});
    EndLabel end = last;
    end.y = y(bars.close.back().to_double());
    draw_end_labels(canvas, box, {end}, layout);
    if (trades)
        draw_profit(canvas, {left, box.bottom + 44, right, box.bottom + 44 + lower}, r, span, currency, layout);
    else
        draw_time_axis(canvas, box, span, layout);
    return canvas;
}

struct CloseUp {
    std::size_t first_bar = 0, end_bar = 0;      ///< bars shown
    std::size_t first_trade = 0, end_trade = 0;  ///< trades shown
};

/// The last trades, at most 24 of them and at most 600 bars.
CloseUp close_up_of(const RunResult& r, const BarColumns& bars) {
    CloseUp view;
    view.end_trade = r.trade_list.size();
    view.first_trade = view.end_trade;
    const auto bar_at = [&](UnixNanos time) {
        return static_cast<std::size_t>(std::ranges::upper_bound(bars.time, time) - bars.time.begin());
    };
    view.end_bar = std::min(bars.size(), bar_at(r.trade_list.back().closed) + 10);
    view.first_bar = view.end_bar;
    while (view.first_trade > 0 && view.end_trade - view.first_trade < 24) {
        const std::size_t bar = bar_at(r.trade_list[view.first_trade - 1].opened);
        if (view.first_trade < view.end_trade && view.end_bar - std::min(bar, view.end_bar) > 600) break;
        view.first_bar = std::min(view.first_bar, bar > 11 ? bar - 11 : 0);
        --view.first_trade;
    }
    return view;
}

std::string trade_text(const Trade& t, const BarColumns& bars, const std::string& currency) {
    return fmt::format("{} {} at {}, out {} at {}: {}", t.side == Side::buy ? "long from" : "short from", date_time(t.opened),
                       price_text(t.entry, bars.digits), date_time(t.closed), price_text(t.exit, bars.digits),
                       signed_money(t.net, currency));
}

void draw_close_up_trades(Canvas& canvas, const RunResult& r, const CloseUp& view, const BarColumns& bars, const Scale& x,
                          const Scale& y, const std::string& currency) {
    for (std::size_t i = view.first_trade; i < view.end_trade; ++i) {
        const Trade& t = r.trade_list[i];
        const Ink ink = t.net.raw >= 0 ? Ink::blue : Ink::vermilion;
        const Point entry{x(t.opened), y(t.entry.to_double())}, exit{x(t.closed), y(t.exit.to_double())};
        canvas.line(entry, exit, {.ink = ink, .width = 1.5, .dash = t.net.raw >= 0 ? "" : "5 3"});
        const std::string text = trade_text(t, bars, currency);
        canvas.marker(t.side == Side::buy ? Shape::triangle_up : Shape::triangle_down, entry, 6, ink, text);
        canvas.marker(Shape::square, exit, 3, ink, text);
    }
}

void draw_key(Canvas& canvas, const Layout& layout) {
    double x = 2;
    double y = 12;
    const auto item = [&](Shape shape, Ink ink, const std::string& text) {
        canvas.marker(shape, {x + 6, y}, shape == Shape::square ? 3.5 : 6, ink);
        canvas.text({x + 16, y + 4}, text, {Anchor::start, Ink::faint, 12});
        x += width_em(text) * 12 + 30;
    };
    item(Shape::triangle_up, Ink::text, "long entry");
    item(Shape::triangle_down, Ink::text, "short entry");
    item(Shape::square, Ink::text, "exit");
    if (layout.narrow) x = 2, y += 18;
    for (const bool gain : {true, false}) {
        canvas.line({x, y}, {x + 18, y}, {.ink = gain ? Ink::blue : Ink::vermilion, .width = 2, .dash = gain ? "" : "5 3"});
        canvas.text({x + 24, y + 4}, gain ? "gain" : "loss", {Anchor::start, gain ? Ink::blue : Ink::vermilion, 12, true});
        x += 66;
    }
}

Canvas draw_close_up(const RunResult& r, const BarColumns& bars, const CloseUp& view, const std::string& currency,
                     const Layout& layout) {
    const NiceAxis axis = price_axis(bars, view.first_bar, view.end_bar, layout.narrow ? 4 : 6);
    const Labeler label = price_label(std::min(std::max(axis.digits, 2), bars.digits));
    const double left = value_axis_width(axis, label, layout), top = layout.narrow ? 66 : 48;
    const Box box{left, top, layout.width - 12, top + (layout.narrow ? 230 : 330)};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_key(canvas, layout);
    const Scale::Range span{at(bars.time[view.first_bar]), at(bars.time[view.end_bar - 1])};
    const Scale x(span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    draw_value_axis(canvas, box, axis, label, "Price");
    std::vector<Point> ranges, closes;
    for (std::size_t i = view.first_bar; i < view.end_bar; ++i) {
        const double px = x(bars.time[i]);
        ranges.push_back({px, y(bars.low[i].to_double())});
        ranges.push_back({px, y(bars.high[i].to_double())});
        closes.push_back({px, y(bars.close[i].to_double())});
    }
    canvas.segments(ranges, {.ink = Ink::grey, .width = 1, .opacity = 0.6});
    canvas.polyline(closes, {.ink = Ink::grey, .width = 1.2});
    draw_close_up_trades(canvas, r, view, bars, x, y, currency);
    draw_time_axis(canvas, box, span, layout);
    return canvas;
}

}  // namespace

Picture price_picture(const RunResult& r, const BarColumns& bars, const std::string& currency) {
    Picture picture;
    const double change = bars.close.front().raw != 0 ? bars.close.back().to_double() / bars.close.front().to_double() - 1 : NAN;
    picture.title = fmt::format("{} moved by {} while {} were made", bars.key.symbol, signed_percent(change),
                                counted(r.trades, "trade", "trades"));
    picture.subtitle = fmt::format("Lowest and highest price of each pixel, {} bars of {}, {} to {}. Below: net profit of the "
                                   "trades by the time they closed, {} drawn. Recorded prices carry no interval.",
                                   grouped(static_cast<std::int64_t>(bars.size())), name(bars.key.timeframe), date(bars.time.front()),
                                   date(bars.time.back()), counted(static_cast<std::int64_t>(r.trade_list.size()), "trade", "trades"));
    picture.draw = [&r, &bars, currency](const Layout& layout) { return draw_overview(r, bars, currency, layout); };
    return picture;
}

Picture close_up_picture(const RunResult& r, const BarColumns& bars, const std::string& currency) {
    const CloseUp view = close_up_of(r, bars);
    std::int64_t gains = 0;
    for (std::size_t i = view.first_trade; i < view.end_trade; ++i) gains += r.trade_list[i].net.raw > 0 ? 1 : 0;
    const auto count = static_cast<std::int64_t>(view.end_trade - view.first_trade);
    Picture picture;
    picture.title = fmt::format("Of the last {}, {} made money after costs", counted(count, "trade", "trades"), grouped(gains));
    picture.subtitle = fmt::format("Close (line) and range (upright) of each bar, {} to {}, with entries and exits at the prices paid.",
                                   date_time(bars.time[view.first_bar]), date_time(bars.time[view.end_bar - 1]));
    picture.draw = [&r, &bars, view, currency](const Layout& layout) { return draw_close_up(r, bars, view, currency, layout); };
    return picture;
}

}  // namespace aitrading::report
