#include "insight/features/candlesticks.hpp"

// c[0] is the newest candle. Every rule says what must hold; the number says which way the pattern points.

namespace aitrading::insight {
namespace {

using C = const CandleView&;

int when(bool holds, int number) { return holds ? number : 0; }

int beside(const CandleShape& inner, const CandleShape& outer) {
    if (inner.top() < outer.top() && inner.bottom() > outer.bottom()) return -100 * outer.colour();
    if (inner.top() <= outer.top() && inner.bottom() >= outer.bottom()) return -80 * outer.colour();
    return 0;
}

int engulfing(C c, double) {
    const bool up = c[0].white() && c[1].black(), down = c[0].black() && c[1].white();
    const double low = c[0].bottom(), high = c[0].top(), inner_low = c[1].bottom(), inner_high = c[1].top();
    const bool around = (high >= inner_high && low < inner_low) || (high > inner_high && low <= inner_low);
    if (!(up || down) || !around) return 0;
    return (low != inner_low && high != inner_high ? 100 : 80) * c[0].colour();
}

bool marubozu(const CandleShape& c) { return c.long_body() && c.no_upper() && c.no_lower(); }

bool kicks(C c) {
    return c[1].colour() == -c[0].colour() && marubozu(c[1]) && marubozu(c[0]) &&
           ((c[1].black() && wholly_above(c[0], c[1])) || (c[1].white() && wholly_below(c[0], c[1])));
}

/// A long black candle, then a white one that opens below its low.
bool black_then_lower_white(C c) { return c[1].black() && c[1].long_body() && c[0].white() && c[0].open < c[1].low; }

/// 100 for a false break of an inside bar downwards, -100 upwards.
int hikkake_alone(C c) {
    if (!(c[1].high < c[2].high && c[1].low > c[2].low)) return 0;
    if (c[0].high < c[1].high && c[0].low < c[1].low) return 100;
    return when(c[0].high > c[1].high && c[0].low > c[1].low, -100);
}

/// The same with two bars inside each other, the first of which closes near its end.
int modified_hikkake_alone(C c) {
    const bool inside = c[2].high < c[3].high && c[2].low > c[3].low && c[1].high < c[2].high && c[1].low > c[2].low;
    if (!inside) return 0;
    if (c[0].high < c[1].high && c[0].low < c[1].low && c[2].close <= c[2].low + c[2].near()) return 100;
    return when(c[0].high > c[1].high && c[0].low > c[1].low && c[2].close >= c[2].high - c[2].near(), -100);
}

/// The newest trap of up to three bars ago is confirmed by the first close beyond the bar before it.
template <int (*trap)(C)>
int with_confirmation(C c, double) {
    if (const int now = trap(c); now != 0) return now;
    for (std::size_t ago = 1; ago <= 3; ++ago) {
        const int found = trap(c.before(ago));
        if (found == 0) continue;
        const CandleShape& beyond = c[ago + 1];
        const auto confirms = [&](const CandleShape& bar) {
            return found > 0 ? bar.close > beyond.high : bar.close < beyond.low;
        };
        for (std::size_t k = 1; k < ago; ++k)
            if (confirms(c[k])) return 0;
        return when(confirms(c[0]), 2 * found);
    }
    return 0;
}

constexpr CandleRule rules[]{
    {"belthold", 10, 0, false,
     [](C c, double) {
         return when(c[0].long_body() && (c[0].white() ? c[0].no_lower() : c[0].no_upper()), 100 * c[0].colour());
     }},
    {"closingmarubozu", 10, 0, false,
     [](C c, double) {
         return when(c[0].long_body() && (c[0].white() ? c[0].no_upper() : c[0].no_lower()), 100 * c[0].colour());
     }},
    {"counterattack", 11, 0, false,
     [](C c, double) {
         return when(c[1].colour() == -c[0].colour() && c[1].long_body() && c[0].long_body() &&
                         c[0].close <= c[1].close + c[1].equal() && c[0].close >= c[1].close - c[1].equal(),
                     100 * c[0].colour());
     }},
    {"darkcloudcover", 11, 0.5, false,
     [](C c, double penetration) {
         return when(c[1].white() && c[1].long_body() && c[0].black() && c[0].open > c[1].high &&
                         c[0].close > c[1].open && c[0].close < c[1].close - c[1].body() * penetration,
                     -100);
     }},
    {"doji", 10, 0, false, [](C c, double) { return when(c[0].doji(), 100); }},
    {"dojistar", 11, 0, false,
     [](C c, double) {
         return when(c[1].long_body() && c[0].doji() && (c[1].white() ? body_above(c[0], c[1]) : body_below(c[0], c[1])),
                     -100 * c[1].colour());
     }},
    {"dragonflydoji", 10, 0, false,
     [](C c, double) { return when(c[0].doji() && c[0].no_upper() && c[0].some_lower(), 100); }},
    {"engulfing", 2, 0, true, engulfing},
    {"gravestonedoji", 10, 0, false,
     [](C c, double) { return when(c[0].doji() && c[0].no_lower() && c[0].some_upper(), 100); }},
    {"hammer", 11, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].long_lower() && c[0].no_upper() && c[0].bottom() <= c[1].low + c[1].near(),
                     100);
     }},
    {"hangingman", 11, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].long_lower() && c[0].no_upper() &&
                         c[0].bottom() >= c[1].high - c[1].near(),
                     -100);
     }},
    {"harami", 11, 0, true,
     [](C c, double) { return c[1].long_body() && c[0].no_long_body() ? beside(c[0], c[1]) : 0; }},
    {"haramicross", 11, 0, true,
     [](C c, double) { return c[1].long_body() && c[0].doji() ? beside(c[0], c[1]) : 0; }},
    {"highwave", 10, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].very_long_upper() && c[0].very_long_lower(), 100 * c[0].colour());
     }},
    {"hikkake", 5, 0, true, with_confirmation<hikkake_alone>},
    {"hikkakemod", 10, 0, true, with_confirmation<modified_hikkake_alone>},
    {"homingpigeon", 11, 0, false,
     [](C c, double) {
         return when(c[1].black() && c[0].black() && c[1].long_body() && c[0].no_long_body() && c[0].open < c[1].open &&
                         c[0].close > c[1].close,
                     100);
     }},
    {"inneck", 11, 0, false,
     [](C c, double) {
         return when(black_then_lower_white(c) && c[0].close <= c[1].close + c[1].equal() && c[0].close >= c[1].close, -100);
     }},
    {"invertedhammer", 11, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].long_upper() && c[0].no_lower() && body_below(c[0], c[1]), 100);
     }},
    {"kicking", 11, 0, false, [](C c, double) { return when(kicks(c), 100 * c[0].colour()); }},
    {"kickingbylength", 11, 0, false,
     [](C c, double) { return when(kicks(c), 100 * (c[0].body() > c[1].body() ? c[0] : c[1]).colour()); }},
    {"longleggeddoji", 10, 0, false,
     [](C c, double) { return when(c[0].doji() && (c[0].long_lower() || c[0].long_upper()), 100); }},
    {"longline", 10, 0, false,
     [](C c, double) {
         return when(c[0].long_body() && c[0].upper() < c[0].mean_shadow && c[0].lower() < c[0].mean_shadow,
                     100 * c[0].colour());
     }},
    {"marubozu", 10, 0, false, [](C c, double) { return when(marubozu(c[0]), 100 * c[0].colour()); }},
    {"matchinglow", 6, 0, false,
     [](C c, double) {
         return when(c[1].black() && c[0].black() && c[0].close <= c[1].close + c[1].equal() &&
                         c[0].close >= c[1].close - c[1].equal(),
                     100);
     }},
    {"onneck", 11, 0, false,
     [](C c, double) {
         return when(black_then_lower_white(c) && c[0].close <= c[1].low + c[1].equal() &&
                         c[0].close >= c[1].low - c[1].equal(),
                     -100);
     }},
    {"piercing", 11, 0, false,
     [](C c, double) {
         return when(black_then_lower_white(c) && c[0].long_body() && c[0].close < c[1].open &&
                         c[0].close > c[1].close + c[1].body() * 0.5,
                     100);
     }},
    {"rickshawman", 10, 0, false,
     [](C c, double) {
         const double middle = c[0].low + c[0].range() / 2;
         return when(c[0].doji() && c[0].long_lower() && c[0].long_upper() && c[0].bottom() <= middle + c[0].near() &&
                         c[0].top() >= middle - c[0].near(),
                     100);
     }},
    {"separatinglines", 11, 0, false,
     [](C c, double) {
         return when(c[1].colour() == -c[0].colour() && c[0].open <= c[1].open + c[1].equal() &&
                         c[0].open >= c[1].open - c[1].equal() && c[0].long_body() &&
                         (c[0].white() ? c[0].no_lower() : c[0].no_upper()),
                     100 * c[0].colour());
     }},
    {"shootingstar", 11, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].long_upper() && c[0].no_lower() && body_above(c[0], c[1]), -100);
     }},
    {"shortline", 10, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].upper() < c[0].mean_shadow && c[0].lower() < c[0].mean_shadow,
                     100 * c[0].colour());
     }},
    {"spinningtop", 10, 0, false,
     [](C c, double) {
         return when(c[0].short_body() && c[0].long_upper() && c[0].long_lower(), 100 * c[0].colour());
     }},
    {"takuri", 10, 0, false,
     [](C c, double) { return when(c[0].doji() && c[0].no_upper() && c[0].very_long_lower(), 100); }},
    {"thrusting", 11, 0, false,
     [](C c, double) {
         return when(black_then_lower_white(c) && c[0].close > c[1].close + c[1].equal() &&
                         c[0].close <= c[1].close + c[1].body() * 0.5,
                     -100);
     }},
};

}  // namespace

std::span<const CandleRule> short_candle_rules() { return rules; }

}  // namespace aitrading::insight
