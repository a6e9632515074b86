#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "insight/features/registry.hpp"

// How a line of the registry is written: name, parameters, inputs, outputs, class, warm-up, source. Standards are TA-Lib's,
// except where everybody else's differ (bollinger 20, stochastic 14).

namespace aitrading::insight::lines {

inline constexpr double period_max = 100'000;

inline Parameter count(std::string name, int standard, int least = 1) {
    return {std::move(name), static_cast<double>(standard), static_cast<double>(least), period_max, true};
}
inline Parameter real(std::string name, double standard, double least, double greatest) {
    return {std::move(name), standard, least, greatest, false};
}
inline Parameter period(int standard, int least = 1) { return count("period", standard, least); }
/// 0: plain mean, 1: EMA, as TA-Lib numbers them.
inline Parameter kind() { return {"kind", 0, 0, 1, true}; }

template <class Make>
IndicatorEntry line(std::string name, std::vector<Parameter> parameters, std::string inputs,
                    std::vector<std::string> outputs, Make make, int (*warm_up)(Arguments), std::string source) {
    const auto behind_interface = [make](Arguments a) -> std::unique_ptr<Indicator> {
        using I = decltype(make(a));
        return std::make_unique<IndicatorOf<I>>(make(a));
    };
    const bool ordered = parameters.size() >= 2 && parameters[0].name == "fast" && parameters[1].name == "slow";
    return {std::move(name), std::move(parameters), std::move(inputs),  std::move(outputs),
            behind_interface, warm_up,              std::move(source), ordered};
}

using A = Arguments;

inline int full_window(A a) { return a.n(0) - 1; }
inline int full_changes(A a) { return a.n(0); }
inline int at_once(A) { return 0; }

/// Each adds the lines of one family.
void add_range_volatility(std::vector<IndicatorEntry>& r);
void add_channels(std::vector<IndicatorEntry>& r);
void add_momentum(std::vector<IndicatorEntry>& r);
void add_money_flow(std::vector<IndicatorEntry>& r);
void add_shapes(std::vector<IndicatorEntry>& r);
void add_memory(std::vector<IndicatorEntry>& r);
void add_liquidity(std::vector<IndicatorEntry>& r);
void add_candlesticks(std::vector<IndicatorEntry>& r);

}  // namespace aitrading::insight::lines
