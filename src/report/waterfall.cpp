#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/run_pictures.hpp"

namespace aitrading::report {
namespace {

struct Step {
    std::string name;
    double from = 0, to = 0;  ///< of the bar, in money
    double half = NAN;        ///< 95 % half width at `to`
    bool total = false;
};

std::vector<Step> steps_of(const RunResult& r) {
    const double half = profit_half_width(r);
    double level = r.gross.to_double();
    std::vector<Step> steps{{"Before costs", 0, level, half, true}};
    const auto cost = [&](const char* name, Money amount) {
        if (amount.raw == 0) return;
        steps.push_back({name, level, level - amount.to_double()});
        level -= amount.to_double();
    };
    cost("Spread", r.cost_parts.spread);
    cost("Commission", r.cost_parts.commission);
    cost("Slippage", r.cost_parts.slippage);
    cost("Swap", r.cost_parts.swap);
    const double rest = level - r.net.to_double();
    if (std::abs(rest) >= 0.01) steps.push_back({"Other", level, r.net.to_double()});
    steps.push_back({"Net", 0, r.net.to_double(), half, true});
    return steps;
}

NiceAxis axis_of(const std::vector<Step>& steps, int target) {
    double low = 0, high = 0;
    for (const Step& s : steps) {
        const double half = std::isfinite(s.half) ? s.half : 0;
        low = std::min({low, s.from, s.to - half});
        high = std::max({high, s.from, s.to + half});
    }
    return nice_axis(low, high, target);
}

std::string value_text(const Step& s) { return signed_number(s.total ? s.to : s.to - s.from, 0); }

void draw_step(Canvas& canvas, const Step& s, const Scale& y, double left, double right, const Layout& layout) {
    const auto [top, bottom] = std::minmax({y(s.from), y(s.to)});
    const bool gain = s.total ? s.to >= 0 : s.to >= s.from;
    canvas.rect({left, top, right, std::max(bottom, top + 1)}, gain ? Ink::blue : Ink::vermilion, s.total ? 1 : 0.6);
    const double middle = (left + right) / 2;
    double text_y = (gain ? top - 8 : bottom + 16);
    if (std::isfinite(s.half)) {
        const double high = y(s.to + s.half), low = y(s.to - s.half);
        canvas.line({middle, high}, {middle, low}, {.ink = Ink::text, .width = 1.5});
        for (const double end : {high, low}) canvas.line({middle - 6, end}, {middle + 6, end}, {.ink = Ink::text, .width = 1.5});
        text_y = high - 8;
    }
    canvas.text({middle, text_y}, value_text(s), {Anchor::middle, Ink::text, layout.narrow ? 11.0 : 13.0, true, true});
}

Canvas draw(const std::vector<Step>& steps, const std::string& currency, const Layout& layout) {
    const NiceAxis axis = axis_of(steps, layout.narrow ? 4 : 6);
    const double left = value_axis_width(axis, plain_label(axis), layout);
    const double height = layout.narrow ? 220 : 300;
    Canvas canvas(layout.width, 28 + height + (layout.narrow ? 44 : 30));
    const Box box{left, 28, layout.width - 2, 28 + height};
    draw_value_axis(canvas, box, axis, plain_label(axis), currency.empty() ? "Profit" : "Profit, " + currency);
    const Scale y(axis.range, {box.bottom, box.top});
    canvas.line({box.left, y(0)}, {box.right, y(0)}, {.ink = Ink::text});
    const double pitch = box.width() / static_cast<double>(steps.size()), bar = std::min(pitch * 0.62, 96.0);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double middle = box.left + pitch * (static_cast<double>(i) + 0.5);
        if (i + 1 < steps.size())
            canvas.line({middle + bar / 2, y(steps[i].to)}, {middle + pitch - bar / 2, y(steps[i].to)}, {.ink = Ink::grey, .dash = "2 2"});
        draw_step(canvas, steps[i], y, middle - bar / 2, middle + bar / 2, layout);
        // Two neighbouring names may be wider than their bars on a phone: every other one stands a line lower.
        const double drop = layout.narrow && i % 2 == 1 ? 14 : 0;
        canvas.text({middle, box.bottom + 18 + drop}, steps[i].name, {Anchor::middle, Ink::faint, layout.narrow ? 11.0 : 12.0});
    }
    return canvas;
}

}  // namespace

Picture waterfall_picture(const RunResult& r, const std::string& currency) {
    Picture picture;
    const double per_trade = r.trades > 0 ? r.costs.to_double() / static_cast<double>(r.trades) : 0;
    const std::string each = number(per_trade, 2) + (currency.empty() ? "" : "\u00a0" + currency);
    picture.title = r.gross.raw > 0 && r.net.raw <= 0
                        ? fmt::format("Costs of {} turned a gain of {} into a loss", money(r.costs, currency), money(r.gross, currency))
                        : fmt::format("Costs took {}, {} a trade", money(r.costs, currency), each);
    picture.subtitle = fmt::format(
        "Profit before costs, each cost, and what is left{}; {}, {} a trade. Upright lines: 95 % interval from the daily "
        "swings. Costs are counted, not estimated, so they have none.",
        currency.empty() ? "" : ", in " + currency, counted(r.trades, "trade", "trades"), each);
    const std::vector<Step> steps = steps_of(r);
    picture.table = {{{"Step"}, {"Amount", true}, {"Level after it", true}}, {}, ""};
    for (const Step& s : steps)
        picture.table.rows.push_back({s.name, signed_number(s.total ? s.to : s.to - s.from, 2), number(s.to, 2)});
    picture.draw = [steps, currency](const Layout& layout) { return draw(steps, currency, layout); };
    return picture;
}

}  // namespace aitrading::report
