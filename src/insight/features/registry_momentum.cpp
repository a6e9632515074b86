#include <algorithm>

#include "insight/features/momentum.hpp"
#include "insight/features/money_flow.hpp"
#include "insight/features/registry_lines.hpp"
#include "insight/features/shape.hpp"

namespace aitrading::insight::lines {

void add_momentum(std::vector<IndicatorEntry>& r) {
    r.push_back(line("rsi_cutler", {period(14)}, "close", {}, [](A a) { return RsiCutler(a.n(0)); }, full_changes,
                     "Cutler: RSI on plain means"));
    r.push_back(line("bop", {}, "open high low close", {}, [](A) { return Bop(); }, at_once, "TA-Lib BOP; Livshin 2001"));
    r.push_back(line("efficiency_ratio", {period(10)}, "close", {}, [](A a) { return EfficiencyRatio(a.n(0)); },
                     full_changes, "Kaufman 1995"));
    r.push_back(line("stochrsi", {count("rsi_period", 14, 2), count("period", 14), count("d", 3), count("k", 1)}, "close",
                     {"k", "d"}, [](A a) { return StochRsi(a.n(0), a.n(1), a.n(2), a.n(3)); },
                     [](A a) { return a.n(0) + a.n(1) + a.n(2) + a.n(3) - 3; }, "TA-Lib STOCHRSI"));
    r.push_back(line("aroon_oscillator", {period(14, 2)}, "high low", {}, [](A a) { return AroonOscillator(a.n(0)); },
                     full_changes, "TA-Lib AROONOSC"));
    r.push_back(line("fisher", {period(9)}, "high low", {"value", "trigger"}, [](A a) { return Fisher(a.n(0)); },
                     full_changes, "Ehlers 2002"));
    r.push_back(line("kst",
                     {count("roc_1", 10), count("roc_2", 15), count("roc_3", 20), count("roc_4", 30), count("mean_1", 10),
                      count("mean_2", 10), count("mean_3", 10), count("mean_4", 15), count("signal", 9)},
                     "close", {"line", "signal"},
                     [](A a) {
                         return Kst({a.n(0), a.n(1), a.n(2), a.n(3)}, {a.n(4), a.n(5), a.n(6), a.n(7)}, a.n(8));
                     },
                     [](A a) {
                         int longest = 0;
                         for (std::size_t i = 0; i < 4; ++i) longest = std::max(longest, a.n(i) + a.n(i + 4) - 1);
                         return longest + a.n(8) - 1;
                     },
                     "Pring 1992"));
    r.push_back(line("tsi", {count("long", 25), count("short", 13), count("signal", 13)}, "close", {"line", "signal"},
                     [](A a) { return Tsi(a.n(0), a.n(1), a.n(2)); }, [](A a) { return a.n(0) + a.n(1) + a.n(2) - 2; },
                     "Blau 1991"));
    r.push_back(line("awesome", {count("fast", 5), count("slow", 34)}, "high low", {},
                     [](A a) { return Awesome(a.n(0), a.n(1)); }, [](A a) { return a.n(1) - 1; }, "Williams 1998"));
    r.push_back(line("coppock", {period(10), count("first", 14), count("second", 11)}, "close", {},
                     [](A a) { return Coppock(a.n(0), a.n(1), a.n(2)); },
                     [](A a) { return std::max(a.n(1), a.n(2)) + a.n(0) - 1; }, "Coppock 1962"));
    r.push_back(line("dpo", {period(20)}, "close", {}, [](A a) { return DetrendedPrice(a.n(0)); },
                     [](A a) { return a.n(0) + a.n(0) / 2; }, "close less sma(n) of n/2 + 1 bars before"));
    r.push_back(line("elder_ray", {period(13)}, "high low close", {"bull", "bear"}, [](A a) { return ElderRay(a.n(0)); },
                     full_window, "Elder 1993"));
    r.push_back(line("mass_index", {period(25), count("ema_period", 9)}, "high low", {},
                     [](A a) { return MassIndex(a.n(0), a.n(1)); }, [](A a) { return 2 * (a.n(1) - 1) + a.n(0) - 1; },
                     "Dorsey 1992"));
    r.push_back(line("rvi", {period(14), count("deviation_period", 10, 2)}, "close", {},
                     [](A a) { return RelativeVolatility(a.n(0), a.n(1)); }, [](A a) { return a.n(0) + a.n(1) - 2; },
                     "Dorsey 1993: relative volatility index"));
}

void add_money_flow(std::vector<IndicatorEntry>& r) {
    const std::string in = "high low close volume";
    r.push_back(line("chaikin_money_flow", {period(20)}, in, {}, [](A a) { return ChaikinMoneyFlow(a.n(0)); }, full_window,
                     "Chaikin"));
    r.push_back(line("force_index", {period(13)}, "close volume", {}, [](A a) { return ForceIndex(a.n(0)); }, full_changes,
                     "Elder 1993"));
    r.push_back(line("ease_of_movement", {period(14), real("scale", 1e8, 1e-9, 1e18)}, "high low volume", {},
                     [](A a) { return EaseOfMovement(a.n(0), a.x(1)); }, full_changes, "Arms"));
    r.push_back(line("pvt", {}, "close volume", {}, [](A) { return PriceVolumeTrend(); }, at_once,
                     "sum of volume times relative change"));
    r.push_back(line("nvi", {}, "close volume", {}, [](A) { return VolumeIndex<-1>(); }, at_once, "Dysart; Fosback 1976"));
    r.push_back(line("pvi", {}, "close volume", {}, [](A) { return VolumeIndex<1>(); }, at_once, "Dysart; Fosback 1976"));
    r.push_back(line("volume_oscillator", {count("fast", 5), count("slow", 10)}, "volume", {},
                     [](A a) { return VolumeOscillator(a.n(0), a.n(1)); }, [](A a) { return a.n(1) - 1; },
                     "fast less slow EMA in percent"));
}

void add_shapes(std::vector<IndicatorEntry>& r) {
    r.push_back(line("average_price", {}, "open high low close", {}, [](A) { return AveragePrice(); }, at_once,
                     "TA-Lib AVGPRICE"));
    r.push_back(line("median_price", {}, "high low", {}, [](A) { return MedianPrice(); }, at_once, "TA-Lib MEDPRICE"));
    r.push_back(line("typical_price", {}, "high low close", {}, [](A) { return TypicalPrice(); }, at_once,
                     "TA-Lib TYPPRICE"));
    r.push_back(line("weighted_close", {}, "high low close", {}, [](A) { return WeightedClose(); }, at_once,
                     "TA-Lib WCLPRICE"));
    r.push_back(line("sum", {period(30, 2)}, "close", {}, [](A a) { return Sum(a.n(0)); }, full_window, "TA-Lib SUM"));
    r.push_back(line("highest", {period(30, 2)}, "close", {}, [](A a) { return Highest(a.n(0)); }, full_window,
                     "TA-Lib MAX"));
    r.push_back(line("lowest", {period(30, 2)}, "close", {}, [](A a) { return Lowest(a.n(0)); }, full_window,
                     "TA-Lib MIN"));
    r.push_back(line("rocp", {period(10)}, "close", {}, [](A a) { return Rocp(a.n(0)); }, full_changes, "TA-Lib ROCP"));
    r.push_back(line("rocr", {period(10)}, "close", {}, [](A a) { return Rocr(a.n(0)); }, full_changes, "TA-Lib ROCR"));
    r.push_back(line("linreg_angle", {period(14, 2)}, "close", {}, [](A a) { return LinregAngle(a.n(0)); }, full_window,
                     "TA-Lib LINEARREG_ANGLE"));
    r.push_back(line("linreg_intercept", {period(14, 2)}, "close", {}, [](A a) { return LinregIntercept(a.n(0)); },
                     full_window, "TA-Lib LINEARREG_INTERCEPT"));
    r.push_back(line("plus_dm", {period(14, 2)}, "high low", {}, [](A a) { return DirectionalMove<1>(a.n(0)); },
                     full_window, "TA-Lib PLUS_DM"));
    r.push_back(line("minus_dm", {period(14, 2)}, "high low", {}, [](A a) { return DirectionalMove<-1>(a.n(0)); },
                     full_window, "TA-Lib MINUS_DM"));
    r.push_back(line("stochastic_fast", {period(14), count("d", 3)}, "high low close", {"k", "d"},
                     [](A a) { return StochasticFast(a.n(0), a.n(1)); }, [](A a) { return a.n(0) + a.n(1) - 2; },
                     "TA-Lib STOCHF"));
    r.push_back(line("zscore", {period(20, 2)}, "close", {}, [](A a) { return Zscore(a.n(0)); }, full_window,
                     "distance from sma(n) in stddev(n)"));
    r.push_back(line("skewness", {period(60, 3)}, "close", {}, [](A a) { return Skewness(a.n(0)); }, full_changes,
                     "third standardised moment of n log returns"));
    r.push_back(line("kurtosis", {period(60, 4)}, "close", {}, [](A a) { return Kurtosis(a.n(0)); }, full_changes,
                     "excess kurtosis of n log returns"));
}

}  // namespace aitrading::insight::lines
