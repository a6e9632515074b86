#pragma once

#include <optional>

#include "insight/features/averages.hpp"
#include "insight/features/directional.hpp"

namespace aitrading::insight {

/// Average of the true range of a kind of one's own: 0 the plain mean (MetaTrader's iATR), 1 the EMA, 2 Wilder's (TA-Lib's, the
/// standard).
class AtrOfKind {
  public:
    AtrOfKind(int n, int kind) {
        if (kind == 0) plain_.emplace(n);
        else if (kind == 1) exponential_.emplace(n);
        else wilder_.emplace(n);
    }
    double update(const Candle& bar) {
        const double range = range_.update(bar);
        if (is_unknown(range)) return unknown;
        return plain_ ? plain_->update(range) : exponential_ ? exponential_->update(range) : wilder_->update(range);
    }

  private:
    TrueRange range_;
    std::optional<Sma> plain_;
    std::optional<Ema> exponential_;
    std::optional<Rma> wilder_;
};

}  // namespace aitrading::insight
