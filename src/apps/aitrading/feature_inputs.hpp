#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "insight/features/feature_set.hpp"

namespace aitrading::apps {

/// The words of `--with` that ask for regimes and for correlations; every other word is a stored symbol.
inline constexpr const char* regimes_word = "regimes";
inline constexpr const char* correlation_word = "correlation";
bool asks_for_regimes(const std::vector<std::string>& with);

/// Where the levels of another market come from: the close of one symbol, or the dollar index of several.
struct MarketSource {
    std::vector<std::string> symbols;
    bool dollar_index = false;
};

/// A set of features as it fits one stored series, and the other markets that it looks at.
struct FeatureInputs {
    insight::FeatureSet set;
    std::vector<insight::CrossSeries> cross;
    /// What the columns of `correlation` look at, shared with the set: levels that are appended are seen by the bars that close at or after them.
    std::shared_ptr<std::vector<insight::CrossSeries>> markets;
    std::vector<MarketSource> sources;  ///< of each of `markets`

    Result<FeatureMatrix> compute(const BarColumns& bars) const { return set.compute(bars, cross); }
};

/// `default`: what the models see, the series alone. `wide`: more groups, and beside the series the dollar index from its
/// stored legs, gold, stocks, and the symbols of `with`, all of the same timeframe; what is not stored is absent with its
/// reason. The dollar index and gold are left out where they are the series itself. Both sets take the words `regimes`, the
/// twelve regimes by rule as columns behind the others, and `correlation`, how the series moves with those markets in several
/// timeframes at once (insight/correlation/correlation_guest.hpp).
/// @errors usage (another set, symbols of `with` with neither wide nor `correlation`, no market beside the series), not_found (a symbol of `with`), failed
Result<FeatureInputs> feature_inputs(const std::string& set, const std::vector<std::string>& with, const BarColumns& bars,
                                     const Context& context);

}  // namespace aitrading::apps
