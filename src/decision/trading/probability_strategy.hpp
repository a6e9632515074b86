#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "decision/trading/strategy.hpp"

namespace aitrading::trading {

/// What a model said about one bar.
struct ProbabilityPoint {
    UnixNanos bar;             ///< opening time of the bar after which it was said
    UnixNanos known;           ///< when it was known; at the bar's close at the latest
    Probability up;            ///< of a rise
    bool out_of_fold = false;  ///< said by a fold that had not seen this bar; false = by the final model
};

/// The predictions of one model with the span it learned from.
struct ProbabilitySeries {
    std::string model;
    UnixNanos training_end;    ///< close of the last bar the final model has seen, labels included
    std::vector<ProbabilityPoint> points;  ///< in increasing order of `bar`
};

struct ProbabilityOptions {
    Quantity size;             ///< units held, long or short
    std::int64_t bar_nanos = 0;///< length of a bar
    Price round_trip_cost;     ///< for each unit: whole spread, slippage and commission of both fills
    int range_bars = 200;      ///< the expected move is the mean |close - close| of about so many bars
};

/// Trades the sign of p - 1/2 where |p - 1/2| exceeds what the costs eat: a bet on a move of E|r| pays from
/// p = 1/2 + cost / (2 E|r|) on (specs, ml section 10). In between a position is kept while p stays on its side of 1/2
/// and closed otherwise; a bar without a prediction changes nothing.
class ProbabilityStrategy final : public Strategy {
  public:
    /// Refuses whatever could not have been known: a prediction known only after its bar's close, one of the final
    /// model on a bar that it was trained on, an out-of-fold one after the training end.
    /// @errors gate_refused (leak), bad_input (no predictions, out of order)
    static Result<std::unique_ptr<ProbabilityStrategy>> create(ProbabilitySeries series,
                                                               const ProbabilityOptions& options);
    std::string name() const override { return "model:" + series_.model; }
    void on_bar(const BarClosed& event, const AccountView& account, OrderCommands& out) override;
    std::vector<std::string> notes() const override;

  private:
    ProbabilityStrategy(ProbabilitySeries series, const ProbabilityOptions& options)
        : series_(std::move(series)), options_(options) {}
    void follow_range(Price close);
    int wish(double edge, Quantity position) const;

    ProbabilitySeries series_;
    ProbabilityOptions options_;
    std::size_t next_ = 0;
    double expected_move_ = 0;
    Price last_close_;
    std::int64_t bars_ = 0;
};

}  // namespace aitrading::trading
