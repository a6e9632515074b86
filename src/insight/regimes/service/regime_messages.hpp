#pragma once

#include "insight/regimes/service/regime_service.hpp"

namespace aitrading::v1 {
class RegimeClassified;
}

namespace aitrading::insight {

/// The contract's words for what was told. @param degraded bars are missing before it
void fill(v1::RegimeClassified& message, const ServedRegimes& served, const ToldRegime& told, bool degraded);

}  // namespace aitrading::insight
