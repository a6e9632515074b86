#pragma once

#include "decision/trading/strategy.hpp"

namespace aitrading::trading {

struct EmaCrossOptions {
    int fast = 10, slow = 30;
    Quantity size;  ///< units held, long or short
};

/// Each EMA starts at the first close and moves by 2/(n+1) of the distance to each further close. From the slow-th bar
/// on: long while fast > slow, short while fast < slow, unchanged when equal. Reverses in one order.
/// O(1) time and memory for each bar.
class EmaCross final : public Strategy, public TargetRule {
  public:
    /// @pre 1 <= fast < slow, size > 0
    explicit EmaCross(const EmaCrossOptions& options);
    std::string name() const override;
    int target(const Bar& bar) override;
    void on_bar(const BarClosed& event, const AccountView& account, OrderCommands& out) override;

  private:
    EmaCrossOptions options_;
    double fast_step_, slow_step_;
    double fast_ = 0, slow_ = 0;
    std::int64_t bars_ = 0;
    int target_ = 0;
};

}  // namespace aitrading::trading
