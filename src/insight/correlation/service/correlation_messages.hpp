#pragma once

#include "insight/correlation/service/correlation_service.hpp"

namespace aitrading::v1 {
class CorrelationMatrixComputed;
}

namespace aitrading::insight {

/// The contract's words for the last row of a universe. @pre it has one   @param degraded bars are missing before it
void fill(v1::CorrelationMatrixComputed& message, const ServedUniverse& universe, double told_p_max, bool degraded);

}  // namespace aitrading::insight
