#include <cctype>

#include "insight/features/candlesticks.hpp"
#include "insight/features/registry_lines.hpp"

namespace aitrading::insight::lines {
namespace {

IndicatorEntry line_of(const CandleRule& rule) {
    std::string talib(rule.name);
    for (char& c : talib) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::vector<Parameter> parameters;
    if (rule.penetration > 0) parameters.push_back(real("penetration", rule.penetration, 0, 1000));
    if (rule.graded) parameters.push_back({"graded", 0, 0, 1, true});
    IndicatorEntry entry;
    entry.name = "cdl_" + std::string(rule.name);
    entry.parameters = std::move(parameters);
    entry.inputs = "open high low close";
    entry.make = [rule](Arguments a) -> std::unique_ptr<Indicator> {
        const double penetration = rule.penetration > 0 ? a.x(0) : 0;
        return std::make_unique<IndicatorOf<CandlePattern>>(CandlePattern(rule, penetration, rule.graded && a.n(0) == 1));
    };
    entry.warm_up = [rule](Arguments) { return rule.warm_up; };
    entry.source = "TA-Lib CDL" + talib + (rule.graded ? "; graded = 1 gives its ±80 and ±200" : "");
    return entry;
}

}  // namespace

void add_candlesticks(std::vector<IndicatorEntry>& r) {
    for (const CandleRule& rule : short_candle_rules()) r.push_back(line_of(rule));
    for (const CandleRule& rule : long_candle_rules()) r.push_back(line_of(rule));
}

}  // namespace aitrading::insight::lines
