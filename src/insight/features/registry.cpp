#include "insight/features/registry.hpp"

#include <algorithm>

#include "insight/features/averages.hpp"
#include "insight/features/candlesticks.hpp"
#include "insight/features/directional.hpp"
#include "insight/features/oscillators.hpp"
#include "insight/features/range_averages.hpp"
#include "insight/features/registry_lines.hpp"
#include "insight/features/regression.hpp"
#include "insight/features/volume.hpp"

namespace aitrading::insight {
namespace {

using namespace lines;

// One line each: name, parameters, inputs, outputs, class, warm-up, source. Standards are TA-Lib's, except where
// everybody else's differ (bollinger 20, stochastic 14).
void add_averages(std::vector<IndicatorEntry>& r) {
    r.push_back(line("sma", {period(30)}, "close", {}, [](A a) { return Sma(a.n(0)); }, full_window, "TA-Lib SMA"));
    r.push_back(line("ema", {period(30)}, "close", {}, [](A a) { return Ema(a.n(0)); }, full_window, "TA-Lib EMA"));
    r.push_back(line("wma", {period(30)}, "close", {}, [](A a) { return Wma(a.n(0)); }, full_window, "TA-Lib WMA"));
    r.push_back(line("dema", {period(30)}, "close", {}, [](A a) { return Dema(a.n(0)); },
                     [](A a) { return 2 * (a.n(0) - 1); }, "TA-Lib DEMA; Mulloy 1994"));
    r.push_back(line("tema", {period(30)}, "close", {}, [](A a) { return Tema(a.n(0)); },
                     [](A a) { return 3 * (a.n(0) - 1); }, "TA-Lib TEMA; Mulloy 1994"));
    r.push_back(line("trima", {period(30)}, "close", {}, [](A a) { return Trima(a.n(0)); }, full_window, "TA-Lib TRIMA"));
    r.push_back(line("kama", {period(30, 2)}, "close", {}, [](A a) { return Kama(a.n(0)); }, full_changes,
                     "TA-Lib KAMA; Kaufman 1995"));
    r.push_back(line("t3", {period(5), real("volume_factor", 0.7, 0, 1)}, "close", {},
                     [](A a) { return T3(a.n(0), a.x(1)); }, [](A a) { return 6 * (a.n(0) - 1); }, "TA-Lib T3; Tillson 1998"));
    r.push_back(line("hma", {period(9, 2)}, "close", {}, [](A a) { return Hma(a.n(0)); },
                     [](A a) { return a.n(0) + Hma::root(a.n(0)) - 2; }, "Hull 2005, halves and roots rounded down"));
    r.push_back(line("zlema", {period(20, 3)}, "close", {}, [](A a) { return Zlema(a.n(0)); },
                     [](A a) { return (a.n(0) - 1) / 2 + a.n(0) - 1; }, "Ehlers and Way 2010"));
    r.push_back(line("vwma", {period(20)}, "close volume", {}, [](A a) { return Vwma(a.n(0)); }, full_window,
                     "sum of close x volume by sum of volume"));
    r.push_back(line("rma", {period(14)}, "close", {}, [](A a) { return Rma(a.n(0)); }, full_window,
                     "Wilder 1978: weight 1/n from the mean of the first n"));
    r.push_back(line("midpoint", {period(14)}, "close", {}, [](A a) { return Midpoint(a.n(0)); }, full_window,
                     "TA-Lib MIDPOINT"));
    r.push_back(line("midprice", {period(14)}, "high low", {}, [](A a) { return Midprice(a.n(0)); }, full_window,
                     "TA-Lib MIDPRICE"));
}

void add_oscillators(std::vector<IndicatorEntry>& r) {
    r.push_back(line("rsi", {period(14, 2)}, "close", {}, [](A a) { return Rsi(a.n(0)); }, full_changes, "TA-Lib RSI"));
    r.push_back(line("cmo", {period(14, 2)}, "close", {}, [](A a) { return Cmo(a.n(0)); }, full_changes, "TA-Lib CMO"));
    r.push_back(line("roc", {period(10)}, "close", {}, [](A a) { return Roc(a.n(0)); }, full_changes, "TA-Lib ROC"));
    r.push_back(line("momentum", {period(10)}, "close", {}, [](A a) { return Momentum(a.n(0)); }, full_changes,
                     "TA-Lib MOM"));
    r.push_back(line("willr", {period(14, 2)}, "high low close", {}, [](A a) { return Willr(a.n(0)); }, full_window,
                     "TA-Lib WILLR"));
    r.push_back(line("cci", {period(14, 2)}, "high low close", {}, [](A a) { return Cci(a.n(0)); }, full_window,
                     "TA-Lib CCI; Lambert 1980"));
    r.push_back(line("mfi", {period(14, 2)}, "high low close volume", {}, [](A a) { return Mfi(a.n(0)); }, full_changes,
                     "TA-Lib MFI"));
    r.push_back(line("obv", {}, "close volume", {}, [](A) { return Obv(); }, at_once, "TA-Lib OBV"));
    r.push_back(line("ad", {}, "high low close volume", {}, [](A) { return Ad(); }, at_once, "TA-Lib AD"));
    r.push_back(line("adosc", {count("fast", 3, 2), count("slow", 10, 2)}, "high low close volume", {},
                     [](A a) { return Adosc(a.n(0), a.n(1)); }, [](A a) { return a.n(1) - 1; }, "TA-Lib ADOSC"));
    r.push_back(line("trix", {period(30)}, "close", {}, [](A a) { return Trix(a.n(0)); },
                     [](A a) { return 3 * (a.n(0) - 1) + 1; }, "TA-Lib TRIX"));
    r.push_back(line("ultosc", {count("first", 7), count("second", 14), count("third", 28)}, "high low close", {},
                     [](A a) { return Ultosc(a.n(0), a.n(1), a.n(2)); },
                     [](A a) { return std::max({a.n(0), a.n(1), a.n(2)}); }, "TA-Lib ULTOSC; Williams 1985"));
    r.push_back(line("apo", {count("fast", 12, 2), count("slow", 26, 2), kind()}, "close", {},
                     [](A a) { return Apo(a.n(0), a.n(1), a.n(2)); }, [](A a) { return a.n(1) - 1; }, "TA-Lib APO"));
    r.push_back(line("ppo", {count("fast", 12, 2), count("slow", 26, 2), kind()}, "close", {},
                     [](A a) { return Ppo(a.n(0), a.n(1), a.n(2)); }, [](A a) { return a.n(1) - 1; }, "TA-Lib PPO"));
}

void add_directional(std::vector<IndicatorEntry>& r) {
    const std::string in = "high low close";
    r.push_back(line("natr", {period(14)}, in, {}, [](A a) { return Natr(a.n(0)); }, full_changes, "TA-Lib NATR"));
    r.push_back(line("atr", {period(14), {"kind", 2, 0, 2, true}}, in, {}, [](A a) { return AtrOfKind(a.n(0), a.n(1)); }, full_changes,
                     "TA-Lib ATR (kind 2, Wilder); 0: plain mean, MetaTrader iATR; 1: EMA"));
    r.push_back(line("true_range", {}, in, {}, [](A) { return TrueRange(); }, [](A) { return 1; }, "TA-Lib TRANGE"));
    r.push_back(line("adx", {period(14, 2)}, in, {}, [](A a) { return Adx(a.n(0)); },
                     [](A a) { return 2 * a.n(0) - 1; }, "TA-Lib ADX"));
    r.push_back(line("adxr", {period(14, 2)}, in, {}, [](A a) { return Adxr(a.n(0)); },
                     [](A a) { return 3 * a.n(0) - 2; }, "TA-Lib ADXR"));
    r.push_back(line("dx", {period(14, 2)}, in, {}, [](A a) { return Dx(a.n(0)); }, full_changes, "TA-Lib DX"));
    r.push_back(line("plus_di", {period(14, 2)}, in, {}, [](A a) { return PlusDi(a.n(0)); }, full_changes,
                     "TA-Lib PLUS_DI"));
    r.push_back(line("minus_di", {period(14, 2)}, in, {}, [](A a) { return MinusDi(a.n(0)); }, full_changes,
                     "TA-Lib MINUS_DI"));
    r.push_back(line("psar", {real("step", 0.02, 0, 1), real("limit", 0.2, 0, 1)}, "high low", {},
                     [](A a) { return Psar(a.x(0), a.x(1)); }, [](A) { return 1; }, "TA-Lib SAR; Wilder 1978"));
}

void add_regression(std::vector<IndicatorEntry>& r) {
    r.push_back(line("stddev", {period(5), real("factor", 1, 0, 1000)}, "close", {},
                     [](A a) { return Stddev(a.n(0), a.x(1)); }, full_window, "TA-Lib STDDEV"));
    r.push_back(line("variance", {period(5)}, "close", {}, [](A a) { return Variance(a.n(0)); }, full_window,
                     "TA-Lib VAR"));
    r.push_back(line("linreg", {period(14, 2)}, "close", {}, [](A a) { return Linreg(a.n(0)); }, full_window,
                     "TA-Lib LINEARREG"));
    r.push_back(line("linreg_slope", {period(14, 2)}, "close", {}, [](A a) { return LinregSlope(a.n(0)); },
                     full_window, "TA-Lib LINEARREG_SLOPE"));
    r.push_back(line("tsf", {period(14, 2)}, "close", {}, [](A a) { return Tsf(a.n(0)); }, full_window, "TA-Lib TSF"));
}

void add_several_outputs(std::vector<IndicatorEntry>& r) {
    r.push_back(line("macd", {count("fast", 12, 2), count("slow", 26, 2), count("signal", 9)}, "close",
                     {"line", "signal", "histogram"}, [](A a) { return Macd(a.n(0), a.n(1), a.n(2)); },
                     [](A a) { return a.n(1) + a.n(2) - 2; }, "TA-Lib MACD"));
    r.push_back(line("bollinger", {period(20, 2), real("width", 2, 0, 1000)}, "close", {"upper", "middle", "lower"},
                     [](A a) { return Bollinger(a.n(0), a.x(1)); }, full_window, "TA-Lib BBANDS"));
    r.push_back(line("stochastic", {period(14), count("k", 3), count("d", 3)}, "high low close", {"k", "d"},
                     [](A a) { return Stochastic(a.n(0), a.n(1), a.n(2)); },
                     [](A a) { return a.n(0) + a.n(1) + a.n(2) - 3; }, "TA-Lib STOCH"));
    r.push_back(line("aroon", {period(14, 2)}, "high low", {"up", "down"}, [](A a) { return Aroon(a.n(0)); },
                     full_changes, "TA-Lib AROON; Chande 1995"));
}

std::vector<IndicatorEntry> build() {
    std::vector<IndicatorEntry> r;
    add_averages(r);
    add_oscillators(r);
    add_directional(r);
    add_regression(r);
    add_several_outputs(r);
    add_range_volatility(r);
    add_channels(r);
    add_momentum(r);
    add_money_flow(r);
    add_shapes(r);
    add_memory(r);
    add_liquidity(r);
    add_candlesticks(r);
    return r;
}

}  // namespace

const std::vector<IndicatorEntry>& indicator_registry() {
    static const std::vector<IndicatorEntry> registry = build();
    return registry;
}

int IndicatorEntry::standard_warm_up() const {
    std::vector<double> values;
    values.reserve(parameters.size());
    for (const Parameter& p : parameters) values.push_back(p.standard);
    return warm_up(Arguments(values));
}

std::vector<std::vector<double>> compute_indicators(std::span<const IndicatorRequest> requests,
                                                    std::span<const Candle> bars) {
    constexpr std::size_t block_bars = 512;  // 24 kB of candles: inside a first-level cache
    std::vector<std::vector<double>> columns;
    std::vector<std::unique_ptr<Indicator>> made;
    for (const IndicatorRequest& request : requests) {
        made.push_back(request.make());
        for (std::size_t i = 0; i < request.columns.size(); ++i) columns.emplace_back(bars.size());
    }
    CandlePatterns patterns;
    for (std::size_t r = 0, first = 0; r < requests.size(); first += requests[r++].columns.size())
        if (const auto* pattern = dynamic_cast<const IndicatorOf<CandlePattern>*>(made[r].get())) {
            patterns.add(pattern->indicator(), columns[first].data());
            made[r].reset();
        }
    std::vector<double> unwanted(block_bars);
    std::vector<double*> to;
    for (std::size_t begin = 0; begin < bars.size(); begin += block_bars) {
        const auto block = bars.subspan(begin, std::min(block_bars, bars.size() - begin));
        patterns.update(block);
        for (std::size_t r = 0, first = 0; r < requests.size(); first += requests[r++].columns.size()) {
            const IndicatorRequest& request = requests[r];
            if (!made[r]) continue;
            to.assign(made[r]->outputs(), unwanted.data());
            for (std::size_t i = 0; i < request.chosen.size(); ++i)
                to[request.chosen[i]] = columns[first + i].data() + begin;
            made[r]->update_all(block, to);
        }
    }
    return columns;
}

}  // namespace aitrading::insight
