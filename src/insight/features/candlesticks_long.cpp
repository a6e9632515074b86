#include "insight/features/candlesticks.hpp"

// Patterns of three to five candles; c[0] is the newest.

namespace aitrading::insight {
namespace {

using C = const CandleView&;

int when(bool holds, int number) { return holds ? number : 0; }
bool within(double x, double a, double b) { return x > std::min(a, b) && x < std::max(a, b); }
bool white_3(C c) { return c[2].white() && c[1].white() && c[0].white(); }
bool black_3(C c) { return c[2].black() && c[1].black() && c[0].black(); }
bool rising_closes(C c) { return c[0].close > c[1].close && c[1].close > c[2].close; }
bool falling_closes(C c) { return c[0].close < c[1].close && c[1].close < c[2].close; }

/// `b` opens above the open of `a` and not far above its close.
bool opens_in_or_near(const CandleShape& b, const CandleShape& a) {
    return b.open > a.open && b.open <= a.close + a.near();
}

int abandoned_baby(C c, double penetration) {
    if (!(c[2].long_body() && c[1].doji() && c[0].body() > c[0].mean_body)) return 0;
    const double deep = c[2].body() * penetration;
    const bool down = c[2].white() && c[0].black() && c[0].close < c[2].close - deep && wholly_above(c[1], c[2]) &&
                      wholly_below(c[0], c[1]);
    const bool up = c[2].black() && c[0].white() && c[0].close > c[2].close + deep && wholly_below(c[1], c[2]) &&
                    wholly_above(c[0], c[1]);
    return when(down || up, 100 * c[0].colour());
}

int advance_block(C c, double) {
    const bool rises = white_3(c) && rising_closes(c) && opens_in_or_near(c[1], c[2]) && opens_in_or_near(c[0], c[1]) &&
                       c[2].long_body() && c[2].upper() < c[2].mean_shadow;
    if (!rises) return 0;
    const double a = c[2].body(), b = c[1].body(), d = c[0].body();
    const bool tires = (b < a - c[2].far() && d < b + c[1].near()) || d < b - c[1].far() ||
                       (d < b && b < a && (c[0].upper() > c[0].mean_shadow || c[1].upper() > c[1].mean_shadow)) ||
                       (d < b && c[0].long_upper());
    return when(tires, -100);
}

int breakaway(C c, double) {
    const bool colours = c[4].colour() == c[3].colour() && c[3].colour() == c[1].colour() && c[1].colour() == -c[0].colour();
    if (!c[4].long_body() || !colours) return 0;
    const auto goes = [&](int s) {
        const auto further = [s](const CandleShape& b, const CandleShape& a) {
            return s * b.high > s * a.high && s * b.low > s * a.low;
        };
        return (s > 0 ? body_above(c[3], c[4]) : body_below(c[3], c[4])) && further(c[2], c[3]) && further(c[1], c[2]) &&
               s * c[0].close < s * c[3].open && s * c[0].close > s * c[4].close;
    };
    return when(goes(c[4].colour()), 100 * c[0].colour());
}

/// Long candle, star beyond it, and a candle back into the first one's body.
template <bool doji>
bool star(C c, int from, double penetration) {
    const double back = c[2].body() * penetration;
    return c[2].long_body() && c[2].colour() == from && (doji ? c[1].doji() : c[1].no_long_body()) &&
           (from > 0 ? body_above(c[1], c[2]) : body_below(c[1], c[2])) && c[0].body() > c[0].mean_body &&
           c[0].colour() == -from && (from > 0 ? c[0].close < c[2].close - back : c[0].close > c[2].close + back);
}

int gap_side_by_side(C c, double) {
    const bool up = body_above(c[1], c[2]) && body_above(c[0], c[2]);
    const bool down = body_below(c[1], c[2]) && body_below(c[0], c[2]);
    const bool alike = c[0].body() >= c[1].body() - c[1].near() && c[0].body() <= c[1].body() + c[1].near() &&
                       c[0].open >= c[1].open - c[1].equal() && c[0].open <= c[1].open + c[1].equal();
    return when((up || down) && c[1].white() && c[0].white() && alike, up ? 100 : -100);
}

int identical_crows(C c, double) {
    const auto at_close = [](const CandleShape& b, const CandleShape& a) {
        return b.open <= a.close + a.equal() && b.open >= a.close - a.equal();
    };
    return when(black_3(c) && c[2].no_lower() && c[1].no_lower() && c[0].no_lower() && falling_closes(c) &&
                    at_close(c[1], c[2]) && at_close(c[0], c[1]),
                -100);
}

int line_strike(C c, double) {
    const auto near_body = [](const CandleShape& b, const CandleShape& a) {
        return b.open >= a.bottom() - a.near() && b.open <= a.top() + a.near();
    };
    const int s = c[1].colour();
    const bool colours = c[3].colour() == s && c[2].colour() == s && c[0].colour() == -s;
    if (!colours || !near_body(c[2], c[3]) || !near_body(c[1], c[2])) return 0;
    const bool runs = s * c[1].close > s * c[2].close && s * c[2].close > s * c[3].close;
    return when(runs && s * c[0].open > s * c[1].close && s * c[0].close < s * c[3].open, 100 * s);
}

int mat_hold(C c, double penetration) {
    const bool sizes = c[4].long_body() && c[3].short_body() && c[2].short_body() && c[1].short_body();
    const bool colours = c[4].white() && c[3].black() && c[0].white();
    if (!sizes || !colours || !body_above(c[3], c[4])) return 0;
    const double floor = c[4].close - c[4].body() * penetration;
    const auto holds = [&](const CandleShape& x) { return x.bottom() < c[4].close && x.bottom() > floor; };
    return when(holds(c[2]) && holds(c[1]) && c[2].top() < c[3].open && c[1].top() < c[2].top() &&
                    c[0].open > c[1].close && c[0].close > std::max({c[3].high, c[2].high, c[1].high}),
                100);
}

int three_methods(C c, double) {
    const int s = c[4].colour();
    const bool sizes = c[4].long_body() && c[3].short_body() && c[2].short_body() && c[1].short_body() && c[0].long_body();
    const bool colours = c[3].colour() == -s && c[2].colour() == -s && c[1].colour() == -s && c[0].colour() == s;
    if (!sizes || !colours) return 0;
    const auto touches = [&](const CandleShape& x) { return x.bottom() < c[4].high && x.top() > c[4].low; };
    return when(touches(c[3]) && touches(c[2]) && touches(c[1]) && s * c[2].close < s * c[3].close &&
                    s * c[1].close < s * c[2].close && s * c[0].open > s * c[1].close && s * c[0].close > s * c[4].close,
                100 * s);
}

int stars_in_south(C c, double) {
    return when(black_3(c) && c[2].long_body() && c[2].long_lower() && c[1].body() < c[2].body() &&
                    c[1].open > c[2].close && c[1].open <= c[2].high && c[1].low < c[2].close && c[1].low >= c[2].low &&
                    c[1].some_lower() && c[0].short_body() && c[0].no_lower() && c[0].no_upper() && c[0].low > c[1].low &&
                    c[0].high < c[1].high,
                100);
}

int tasuki_gap(C c, double) {
    const int s = c[1].colour();
    const bool alike = std::fabs(c[1].body() - c[0].body()) < c[1].near();
    const bool gap = s > 0 ? body_above(c[1], c[2]) : body_below(c[1], c[2]);
    const double edge = s > 0 ? c[2].top() : c[2].bottom();
    return when(gap && c[0].colour() == -s && within(c[0].open, c[1].open, c[1].close) &&
                    s * c[0].close < s * c[1].open && s * c[0].close > s * edge && alike,
                100 * s);
}

int three_inside(C c, double) {
    const bool inside = c[2].long_body() && c[1].no_long_body() && c[1].top() < c[2].top() && c[1].bottom() > c[2].bottom();
    const int s = c[2].colour();
    return when(inside && c[0].colour() == -s && s * c[0].close < s * c[2].open, -100 * s);
}

int three_outside(C c, double) {
    const int s = c[1].colour();
    return when(c[2].colour() == -s && s * c[1].close > s * c[2].open && s * c[1].open < s * c[2].close &&
                    s * c[0].close > s * c[1].close,
                100 * s);
}

int three_soldiers(C c, double) {
    return when(white_3(c) && c[2].no_upper() && c[1].no_upper() && c[0].no_upper() && rising_closes(c) &&
                    opens_in_or_near(c[1], c[2]) && opens_in_or_near(c[0], c[1]) &&
                    c[1].body() > c[2].body() - c[2].far() && c[0].body() > c[1].body() - c[1].far() && c[0].long_body(),
                100);
}

int tristar(C c, double) {
    const double tiny = c[2].tiny();
    if (c[2].body() > tiny || c[1].body() > tiny || c[0].body() > tiny) return 0;
    if (body_above(c[1], c[2]) && c[0].top() < c[1].top()) return -100;
    return when(body_below(c[1], c[2]) && c[0].bottom() > c[1].bottom(), 100);
}

constexpr CandleRule rules[]{
    {"2crows", 12, 0, false,
     [](C c, double) {
         return when(c[2].white() && c[2].long_body() && c[1].black() && body_above(c[1], c[2]) && c[0].black() &&
                         within(c[0].open, c[1].open, c[1].close) && within(c[0].close, c[2].open, c[2].close),
                     -100);
     }},
    {"3blackcrows", 13, 0, false,
     [](C c, double) {
         return when(c[3].white() && black_3(c) && c[2].no_lower() && c[1].no_lower() && c[0].no_lower() &&
                         within(c[1].open, c[2].open, c[2].close) && within(c[0].open, c[1].open, c[1].close) &&
                         c[3].high > c[2].close && falling_closes(c),
                     -100);
     }},
    {"3inside", 12, 0, false, three_inside},
    {"3linestrike", 8, 0, false, line_strike},
    {"3outside", 3, 0, false, three_outside},
    {"3starsinsouth", 12, 0, false, stars_in_south},
    {"3whitesoldiers", 12, 0, false, three_soldiers},
    {"abandonedbaby", 12, 0.3, false, abandoned_baby},
    {"advanceblock", 12, 0, false, advance_block},
    {"breakaway", 14, 0, false, breakaway},
    {"concealbabyswall", 13, 0, false,
     [](C c, double) {
         return when(c[3].black() && black_3(c) && c[3].no_lower() && c[3].no_upper() && c[2].no_lower() &&
                         c[2].no_upper() && body_below(c[1], c[2]) && c[1].some_upper() && c[1].high > c[2].close &&
                         c[0].high > c[1].high && c[0].low < c[1].low,
                     100);
     }},
    {"eveningdojistar", 12, 0.3, false, [](C c, double p) { return when(star<true>(c, 1, p), -100); }},
    {"eveningstar", 12, 0.3, false, [](C c, double p) { return when(star<false>(c, 1, p), -100); }},
    {"gapsidesidewhite", 7, 0, false, gap_side_by_side},
    {"identical3crows", 12, 0, false, identical_crows},
    {"ladderbottom", 14, 0, false,
     [](C c, double) {
         return when(c[4].black() && c[3].black() && c[2].black() && c[4].open > c[3].open && c[3].open > c[2].open &&
                         c[4].close > c[3].close && c[3].close > c[2].close && c[1].black() && c[1].some_upper() &&
                         c[0].white() && c[0].open > c[1].open && c[0].close > c[1].high,
                     100);
     }},
    {"mathold", 14, 0.5, false, mat_hold},
    {"morningdojistar", 12, 0.3, false, [](C c, double p) { return when(star<true>(c, -1, p), 100); }},
    {"morningstar", 12, 0.3, false, [](C c, double p) { return when(star<false>(c, -1, p), 100); }},
    {"risefall3methods", 14, 0, false, three_methods},
    {"stalledpattern", 12, 0, false,
     [](C c, double) {
         return when(white_3(c) && rising_closes(c) && c[2].long_body() && c[1].long_body() && c[1].no_upper() &&
                         opens_in_or_near(c[1], c[2]) && c[0].short_body() &&
                         c[0].open >= c[1].close - c[0].body() - c[1].near(),
                     -100);
     }},
    {"sticksandwich", 7, 0, false,
     [](C c, double) {
         return when(c[2].black() && c[1].white() && c[0].black() && c[1].low > c[2].close &&
                         c[0].close <= c[2].close + c[2].equal() && c[0].close >= c[2].close - c[2].equal(),
                     100);
     }},
    {"tasukigap", 7, 0, false, tasuki_gap},
    {"tristar", 12, 0, false, tristar},
    {"unique3river", 12, 0, false,
     [](C c, double) {
         return when(c[2].long_body() && c[2].black() && c[1].black() && c[1].close > c[2].close &&
                         c[1].open <= c[2].open && c[1].low < c[2].low && c[0].short_body() && c[0].white() &&
                         c[0].open > c[1].low,
                     100);
     }},
    {"upsidegap2crows", 12, 0, false,
     [](C c, double) {
         return when(c[2].white() && c[2].long_body() && c[1].black() && c[1].no_long_body() && body_above(c[1], c[2]) &&
                         c[0].black() && c[0].open > c[1].open && c[0].close < c[1].close && c[0].close > c[2].close,
                     -100);
     }},
    {"xsidegap3methods", 2, 0, false,
     [](C c, double) {
         const int s = c[2].colour();
         return when(c[1].colour() == s && c[0].colour() == -s && within(c[0].open, c[1].open, c[1].close) &&
                         within(c[0].close, c[2].open, c[2].close) &&
                         (s > 0 ? body_above(c[1], c[2]) : body_below(c[1], c[2])),
                     100 * s);
     }},
};

}  // namespace

std::span<const CandleRule> long_candle_rules() { return rules; }

}  // namespace aitrading::insight
