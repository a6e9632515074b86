#include "proving/analytics/calibration.hpp"

#include <algorithm>
#include <cmath>

#include "models/evaluation/scores.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::proving {
namespace {

constexpr int bins = 10, simulations = 200;
constexpr std::uint64_t noise_seed = 11;

}  // namespace

Result<OutcomeStream> OutcomeStream::of(std::string_view label, int digits) {
    TRY(models::LabelStream labels, models::LabelStream::of(label, digits));
    return OutcomeStream(std::move(labels));
}

void OutcomeStream::update(const Bar& bar, UnixNanos known) {
    if (bar.time <= last_) return;
    last_ = bar.time;
    times_.push_back(bar.time);
    open_[bar.time.value] = true;
    for (const models::KnownLabel& label : labels_.update(bar)) {
        if (label.row < first_row_) continue;
        const std::int64_t time = times_[label.row - first_row_].value;
        if (open_.erase(time) == 0) continue;  // forgotten
        told_[time] = {label.exists(), label.y, label.row, label.end, known};
    }
}

OutcomeStream::State OutcomeStream::state_of(UnixNanos bar) const {
    if (told_.contains(bar.value)) return State::told;
    return bar > last_ || open_.contains(bar.value) ? State::open : State::never;
}

void OutcomeStream::forget(UnixNanos up_to) {
    while (!times_.empty() && times_.front() <= up_to) {
        told_.erase(times_.front().value);
        open_.erase(times_.front().value);
        times_.pop_front();
        ++first_row_;
    }
}

void CalibrationLine::say(const Said& said) {
    if (said.bar <= last_said_ || !(said.p_up >= 0 && said.p_up <= 1)) return;
    last_said_ = said.bar;
    waiting_.push_back(said);
}

std::vector<ports::HistoryRow> CalibrationLine::settle(const OutcomeStream& stream) {
    std::vector<ports::HistoryRow> out;
    while (!waiting_.empty()) {
        const Said said = waiting_.front();
        const OutcomeStream::State state = stream.state_of(said.bar);
        if (state == OutcomeStream::State::open) break;
        waiting_.pop_front();
        const bool told = state == OutcomeStream::State::told && stream.outcome(said.bar).exists;
        if (said.degraded || !told) {
            ++(said.degraded ? degraded_ : left_out_);
            continue;
        }
        taken_.push_back({said, stream.outcome(said.bar)});
        if (taken_.size() < outcomes_) continue;
        out.push_back(row());
        taken_.clear();
        left_out_ = degraded_ = 0;
    }
    return out;
}

ports::HistoryRow CalibrationLine::row() const {
    std::vector<double> p;
    std::vector<float> y;
    std::vector<std::uint32_t> rows, ends;
    UnixNanos known = taken_.front().outcome.known;
    for (const Taken& one : taken_) {
        p.push_back(one.said.p_up);
        y.push_back(one.outcome.y);
        rows.push_back(one.outcome.row);
        ends.push_back(one.outcome.end);
        known = std::max(known, one.outcome.known);
    }
    const auto ones = static_cast<std::int64_t>(std::ranges::count(y, 1.0F));
    const auto n = static_cast<std::int64_t>(y.size());
    const std::vector<ReliabilityBin> reliability = models::reliability_bins(y, p, bins);
    const models::Interval base = models::wilson(ones, n);
    std::vector<double> count, predicted, observed;
    for (const ReliabilityBin& bin : reliability) {
        const double unknown = std::nan("");
        count.push_back(static_cast<double>(bin.count));
        predicted.push_back(bin.count > 0 ? bin.predicted : unknown);
        observed.push_back(bin.count > 0 ? bin.observed : unknown);
    }
    return {symbol_,
            known,
            {key_.timeframe, key_.model, key_.version, key_.label, taken_.front().said.bar, taken_.back().said.bar, n, left_out_, degraded_, models::mean(p),
             static_cast<double>(ones) / static_cast<double>(n), models::brier_score(y, p), models::log_loss(y, p), models::calibration_error(reliability),
             models::calibration_noise_p95(p, rows, ends, bins, simulations, noise_seed), base.low, base.high, std::move(count), std::move(predicted), std::move(observed)}};
}

}  // namespace aitrading::proving
