#include <algorithm>

#include "insight/features/channels.hpp"
#include "insight/features/hilbert.hpp"
#include "insight/features/memory.hpp"
#include "insight/features/pairs.hpp"
#include "insight/features/range_volatility.hpp"
#include "insight/features/registry_lines.hpp"
#include "insight/features/session_levels.hpp"

namespace aitrading::insight::lines {

void add_range_volatility(std::vector<IndicatorEntry>& r) {
    const std::string in = "open high low close";
    r.push_back(line("yang_zhang", {period(20, 2)}, in, {}, [](A a) { return YangZhang(a.n(0)); }, full_changes,
                     "Yang and Zhang 2000; per bar"));
    r.push_back(line("garman_klass", {period(20)}, in, {}, [](A a) { return GarmanKlass(a.n(0)); }, full_window,
                     "Garman and Klass 1980; per bar"));
    r.push_back(line("parkinson", {period(20)}, "high low", {}, [](A a) { return Parkinson(a.n(0)); }, full_window,
                     "Parkinson 1980; per bar"));
    r.push_back(line("rogers_satchell", {period(20)}, in, {}, [](A a) { return RogersSatchell(a.n(0)); }, full_window,
                     "Rogers and Satchell 1991; per bar"));
    r.push_back(line("realised_variance", {period(20)}, "close", {}, [](A a) { return RealisedVariance(a.n(0)); },
                     full_changes, "sum of squared log returns; Andersen and Bollerslev 1998"));
    r.push_back(line("realised_volatility", {period(20)}, "close", {}, [](A a) { return RealisedVolatility(a.n(0)); },
                     full_changes, "root of realised_variance"));
    r.push_back(line("bipower_variation", {period(20, 2)}, "close", {}, [](A a) { return BipowerVariation(a.n(0)); },
                     full_changes, "Barndorff-Nielsen and Shephard 2004"));
    r.push_back(line("jump_share", {period(20, 2)}, "close", {}, [](A a) { return JumpShare(a.n(0)); }, full_changes,
                     "max(0, 1 - bipower_variation / realised_variance)"));
}

void add_channels(std::vector<IndicatorEntry>& r) {
    const std::string in = "high low close";
    r.push_back(line("choppiness", {period(14, 2)}, in, {}, [](A a) { return Choppiness(a.n(0)); }, full_changes,
                     "Dreiss 1991"));
    r.push_back(line("vwap", {}, "time high low close volume", {}, [](A) { return Vwap(); }, at_once,
                     "typical price by volume since the day (UTC) began"));
    r.push_back(line("keltner", {period(20), real("width", 2, 0, 1000), count("atr_period", 10)}, in,
                     {"upper", "middle", "lower"}, [](A a) { return Keltner(a.n(0), a.x(1), a.n(2)); },
                     [](A a) { return std::max(a.n(0) - 1, a.n(2)); }, "Raschke's form: EMA and ATR"));
    r.push_back(line("donchian", {period(20)}, "high low", {"upper", "middle", "lower"},
                     [](A a) { return Donchian(a.n(0)); }, full_window, "Donchian 1960, this bar included"));
    r.push_back(line("ichimoku", {count("tenkan", 9), count("kijun", 26), count("senkou", 52)}, in,
                     {"tenkan", "kijun", "span_a", "span_b", "chikou"},
                     [](A a) { return Ichimoku(a.n(0), a.n(1), a.n(2)); },
                     [](A a) { return std::max({a.n(0), a.n(1), a.n(2)}) - 1; },
                     "Hosoda 1969; every line at the bar where it is known"));
    r.push_back(line("vortex", {period(14)}, in, {"plus", "minus"}, [](A a) { return Vortex(a.n(0)); }, full_changes,
                     "Botes and Siepman 2010"));
    r.push_back(line("supertrend", {period(10), real("factor", 3, 0, 1000)}, in, {"line", "direction"},
                     [](A a) { return Supertrend(a.n(0), a.x(1)); }, full_changes, "Seban; starts down, as charts do"));
    r.push_back(line("pivots", {{"kind", 0, 0, 3, true}}, "time high low close", {"p", "r1", "r2", "r3", "s1", "s2", "s3"},
                     [](A a) { return Pivots(a.n(0)); }, [](A) { return 1; },
                     "of the last closed day (UTC); kind 0 classic, 1 Fibonacci, 2 Camarilla, 3 Woodie"));
    r.push_back(line("mama", {real("fast_limit", 0.5, 0.01, 0.99), real("slow_limit", 0.05, 0.01, 0.99)}, "close", {"mama", "fama"},
                     [](A a) { return Mama(a.x(0), a.x(1)); }, [](A) { return 32; }, "TA-Lib MAMA; Ehlers 2001"));
    r.push_back(line("ht_period", {}, "close", {}, [](A) { return CyclePeriod(); }, [](A) { return 32; },
                     "TA-Lib HT_DCPERIOD; Ehlers 2001"));
    r.push_back(line("ht_phasor", {}, "close", {"in_phase", "quadrature"}, [](A) { return Phasor(); },
                     [](A) { return 32; }, "TA-Lib HT_PHASOR; Ehlers 2001"));
}

void add_memory(std::vector<IndicatorEntry>& r) {
    r.push_back(line("beta", {period(5)}, "high low", {}, [](A a) { return Beta(a.n(0)); }, full_changes,
                     "TA-Lib BETA of high and low"));
    r.push_back(line("correl", {period(30)}, "high low", {}, [](A a) { return Correl(a.n(0)); }, full_window,
                     "TA-Lib CORREL of high and low"));
    r.push_back(line("autocorrelation", {period(50, 2), count("lag", 1)}, "close", {},
                     [](A a) { return Autocorrelation(a.n(0), a.n(1)); }, [](A a) { return a.n(0) + a.n(1); },
                     "Pearson's, of log returns"));
    r.push_back(line("hurst", {period(100, 16)}, "close", {}, [](A a) { return Hurst(a.n(0)); }, full_window,
                     "generalised Hurst exponent, q = 2; Di Matteo 2007"));
    r.push_back(line("dfa", {period(128, 32)}, "close", {}, [](A a) { return Dfa(a.n(0)); }, full_window,
                     "Peng et al. 1994, overlapping windows"));
    r.push_back(line("entropy", {period(100), {"word", 3, 1, 8, true}}, "close", {},
                     [](A a) { return Entropy(a.n(0), a.n(1)); }, [](A a) { return a.n(0) + a.n(1) - 1; },
                     "bits, words of up and down; López de Prado 2018"));
    r.push_back(line("permutation_entropy", {period(100)}, "close", {}, [](A a) { return PermutationEntropy(a.n(0)); },
                     [](A a) { return a.n(0) + 1; }, "Bandt and Pompe 2002, order 3"));
}

}  // namespace aitrading::insight::lines
