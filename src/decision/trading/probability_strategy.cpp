#include "decision/trading/probability_strategy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aitrading::trading {
namespace {

Result<void> check_point(const ProbabilitySeries& series, std::size_t i, std::int64_t bar_nanos) {
    const ProbabilityPoint& p = series.points[i];
    const std::string where = fmt::format("prediction {} of model {} (bar {})", i + 1, series.model, to_iso8601(p.bar));
    if (i > 0 && p.bar <= series.points[i - 1].bar)
        return fail(ErrorCode::bad_input, where + ": bar does not come after the one before; sort the predictions");
    const UnixNanos close{p.bar.value + bar_nanos};
    if (p.known > close)
        return fail(ErrorCode::gate_refused,
                    fmt::format("{}: known only at {}, after the bar's close at {}: a leak", where,
                                to_iso8601(p.known), to_iso8601(close)));
    if (!p.out_of_fold && close <= series.training_end)
        return fail(ErrorCode::gate_refused,
                    fmt::format("{}: the model was trained on bars up to {}; before that only out-of-fold "
                                "predictions may be traded: a leak", where, to_iso8601(series.training_end)));
    if (p.out_of_fold && close > series.training_end)
        return fail(ErrorCode::gate_refused,
                    fmt::format("{}: marked out-of-fold after the training end {}; a fold cannot have been left out "
                                "there", where, to_iso8601(series.training_end)));
    return {};
}

}  // namespace

Result<std::unique_ptr<ProbabilityStrategy>> ProbabilityStrategy::create(ProbabilitySeries series,
                                                                         const ProbabilityOptions& options) {
    if (series.points.empty())
        return fail(ErrorCode::bad_input,
                    fmt::format("model {} has no predictions in this span; choose --from and --to inside it", series.model));
    for (std::size_t i = 0; i < series.points.size(); ++i)
        TRY_VOID(check_point(series, i, options.bar_nanos));
    return std::unique_ptr<ProbabilityStrategy>(new ProbabilityStrategy(std::move(series), options));
}

void ProbabilityStrategy::follow_range(Price close) {
    if (bars_++ > 0) {
        const double move = std::abs((close - last_close_).to_double());
        // A plain mean while young, then exponential: no start value to guess.
        const double step = 1.0 / static_cast<double>(std::min<std::int64_t>(bars_ - 1, options_.range_bars));
        expected_move_ += step * (move - expected_move_);
    }
    last_close_ = close;
}

int ProbabilityStrategy::wish(double edge, Quantity position) const {
    const int held = position.raw > 0 ? 1 : (position.raw < 0 ? -1 : 0);
    const double needed = expected_move_ > 0 ? options_.round_trip_cost.to_double() / (2 * expected_move_) : 1.0;
    if (std::abs(edge) > needed) return edge > 0 ? 1 : -1;
    return edge * held > 0 ? held : 0;
}

void ProbabilityStrategy::on_bar(const BarClosed& event, const AccountView& account, OrderCommands& out) {
    follow_range(event.bar.close);
    while (next_ < series_.points.size() && series_.points[next_].bar < event.bar.time) ++next_;
    if (next_ == series_.points.size() || series_.points[next_].bar != event.bar.time) return;
    const double edge = series_.points[next_].up.value() - 0.5;
    Order order;
    if (order_towards(wish(edge, account.position()), options_.size, account.position(), order)) out.submit(order);
}

std::vector<std::string> ProbabilityStrategy::notes() const {
    const auto out_of_fold = std::ranges::count_if(series_.points, &ProbabilityPoint::out_of_fold);
    return {fmt::format("model:{}: {} out-of-fold predictions up to the training end {}, {} of the model itself after it",
                        series_.model, out_of_fold, to_iso8601(series_.training_end),
                        static_cast<std::int64_t>(series_.points.size()) - out_of_fold),
            "trades where |p - 1/2| exceeds cost / (2 E|move|); keeps a position while p stays on its side"};
}

}  // namespace aitrading::trading
