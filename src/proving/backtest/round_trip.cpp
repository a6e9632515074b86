#include "proving/backtest/round_trip.hpp"

namespace aitrading::backtest {

Price round_trip_cost(const RunOptions& run, const BarColumns& bars) {
    Price cost = run.spread.value_or(Price{});
    const trading::VenueRules& rules = run.engine.rules;
    if (rules.slippage.kind == trading::Slippage::Kind::fixed) cost += rules.slippage.distance + rules.slippage.distance;
    if (bars.size() == 0) return cost;
    if (!run.spread && bars.has_spread()) cost += bars.spread.back();
    if (!run.spread && bars.has_ask()) cost += bars.ask_close.back() - bars.close.back();
    const double fee = rules.commission.of(bars.close.back(), rules.commission.one_lot).to_double() / rules.commission.one_lot.to_double();
    return cost + Price::from_double(2 * fee);
}

}  // namespace aitrading::backtest
