#pragma once

#include <optional>
#include <string>

#include "apps/aitrading/commands.hpp"

namespace aitrading::apps {

/// A stored version as a person names it.
struct ModelWord {
    std::string name;
    std::optional<int> version;  ///< none: the newest
};

/// Reads `NAME` (the newest version), `NAME@3`, `NAME@production` (the version of that name which serves) or
/// `EURUSD/H1/next_bar` (whatever serves that instrument, timeframe and label).
/// @param version given beside the word, as by --version
/// @errors usage (no such form; a version given twice; several serve), not_found (nothing serves)
Result<ModelWord> model_word(const Context& context, const std::string& word, std::optional<int> version = {});

}  // namespace aitrading::apps
