#include "models/evaluation/unit_costs.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace aitrading::models {

HeldReturns held_returns(const BarColumns& bars, std::span<const std::uint32_t> rows) {
    HeldReturns out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t until =
            i + 1 < rows.size() ? rows[i + 1] : std::min<std::size_t>(rows[i] + 1, bars.size() - 1);
        CHECK(until >= rows[i] && until < bars.size());
        out.return_bp.push_back(1e4 * (bars.close[until].to_double() / bars.close[rows[i]].to_double() - 1));
        out.realised.push_back(bars.time[until]);
    }
    return out;
}

std::vector<double> unit_costs_bp(const BarColumns& bars, std::span<const std::uint32_t> rows, const FillCosts& costs) {
    std::vector<double> out;
    out.reserve(rows.size());
    for (const std::uint32_t row : rows) {
        const double price = bars.close[row].to_double();
        out.push_back(1e4 * (0.5 * costs.spread / price + costs.commission_share) + costs.commission_per_unit / price * 1e4);
    }
    return out;
}

Price usual_spread(const BarColumns& bars, Price otherwise) {
    std::vector<Price> spreads = bars.spread;
    if (bars.has_ask())
        for (std::size_t i = 0; i < bars.size(); ++i) spreads.push_back(bars.ask_close[i] - bars.close[i]);
    if (spreads.empty()) return otherwise;
    const auto middle = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2);
    std::ranges::nth_element(spreads, middle);
    return *middle;
}

}  // namespace aitrading::models
