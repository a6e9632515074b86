#pragma once

#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "models/ensemble/rule_regimes.hpp"

namespace aitrading::apps {

/// Currencies whose figures may move a series: the legs of the instrument, else the halves of a name that begins with six
/// letters (`EURUSD.oanda`), where the table knows both; empty where neither tells. @errors bad_input (the user's table), failed
Result<std::vector<std::string>> currencies_of(const Context& context, const std::string& symbol);

/// The twelve rules as they fit a stored series, with the releases of high impact of its currencies where the home has a
/// calendar with any. @errors bad_input, failed
Result<models::RuleRegimeOptions> regime_options(const Context& context, const BarColumns& bars, int window = 64);

}  // namespace aitrading::apps
