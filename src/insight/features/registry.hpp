#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "insight/features/indicator.hpp"

namespace aitrading::insight {

/// A parameter of an indicator, in the order in which it is written.
struct Parameter {
    std::string name;
    double standard = 0, least = 0, greatest = 0;
    bool whole = true;
};

/// The values of an indicator's parameters.
class Arguments {
  public:
    explicit Arguments(std::span<const double> values) : values_(values) {}
    int n(std::size_t i) const { return static_cast<int>(values_[i]); }
    double x(std::size_t i) const { return values_[i]; }

  private:
    std::span<const double> values_;
};

/// What the registry knows of an indicator.
struct IndicatorEntry {
    std::string name;
    std::vector<Parameter> parameters;
    std::string inputs;                ///< columns of a bar that it reads
    std::vector<std::string> outputs;  ///< empty for one output, which bears the indicator's name
    std::function<std::unique_ptr<Indicator>(Arguments)> make;
    std::function<int(Arguments)> warm_up;  ///< bars before the first known value
    std::string source;
    bool ordered = false;  ///< the first parameter must not be above the second

    bool needs_volume() const { return inputs.find("volume") != std::string::npos; }
    /// Bars before the first value at the standard parameters.
    int standard_warm_up() const;
};

/// All indicators, in the order of the command line's list.
const std::vector<IndicatorEntry>& indicator_registry();

/// An indicator as somebody asked for it: `rsi`, `rsi(14)`, `macd(12,26,9)`, `macd.signal`.
struct IndicatorRequest {
    const IndicatorEntry* entry = nullptr;
    std::vector<double> arguments;     ///< one for each parameter
    std::vector<std::string> columns;  ///< names of the columns it gives
    std::vector<std::size_t> chosen;   ///< outputs behind those columns

    std::unique_ptr<Indicator> make() const { return entry->make(Arguments(arguments)); }
    int warm_up() const { return entry->warm_up(Arguments(arguments)); }
};

/// Reads a name with optional parameters (missing ones take their standards) and an optional output.
/// @errors usage: unknown name, output or number of parameters, a value out of its range
Result<IndicatorRequest> parse_indicator(std::string_view text);

/// The columns of several indicators over the same bars, in the order asked. [sum of columns][bars]
/// Bars are taken in blocks that stay in the cache while every indicator passes over them.
std::vector<std::vector<double>> compute_indicators(std::span<const IndicatorRequest> requests,
                                                    std::span<const Candle> bars);

}  // namespace aitrading::insight
