#include "insight/features/liquidity.hpp"
#include "insight/features/registry_lines.hpp"

namespace aitrading::insight::lines {

void add_liquidity(std::vector<IndicatorEntry>& r) {
    r.push_back(line("roll_spread", {period(20, 2)}, "close", {}, [](A a) { return RollSpread(a.n(0)); },
                     [](A a) { return a.n(0) + 1; }, "Roll 1984; share of the price"));
    r.push_back(line("corwin_schultz", {period(20)}, "high low close", {}, [](A a) { return CorwinSchultz(a.n(0)); },
                     full_changes, "Corwin and Schultz 2012; share of the price"));
    r.push_back(line("amihud", {period(20)}, "close volume", {}, [](A a) { return Amihud(a.n(0)); }, full_changes,
                     "Amihud 2002: |log return| by close x volume"));
    r.push_back(line("kyle_lambda", {period(20, 2)}, "close volume", {}, [](A a) { return KyleLambda(a.n(0)); },
                     full_changes, "Kyle 1985: change on signed volume"));
    r.push_back(line("vpin", {count("buckets", 50), count("bars", 5)}, "close volume", {},
                     [](A a) { return Vpin(a.n(0), a.n(1)); }, [](A) { return 50; },
                     "Easley, López de Prado and O'Hara 2012; warm-up depends on volume"));
}

}  // namespace aitrading::insight::lines
