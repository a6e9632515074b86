#pragma once

#include <optional>
#include <span>

#include "models/ensemble/fitted_ensemble.hpp"
#include "models/evaluation/label_stream.hpp"

namespace aitrading::models {

/// All that goes on learning from labels while a model serves, in one place: the weights that follow the series, where the model
/// has any, and the interval of the target. Whatever joins them takes labels in `label`, speaks in `predict`, and is part of the bytes.
class LabelFedStates {
  public:
    /// As the model's training left them, for labels that come up to `horizon_bars` late.
    LabelFedStates(const FittedEnsemble& model, int horizon_bars) : weights_(model.online_weights()), interval_(model.interval_stream()) {
        interval_.finish_rows();
        interval_.await(static_cast<std::uint32_t>(horizon_bars));
    }

    /// A label that became known at the close of the present bar; it counts from the next bar on. No allocation.
    void label(const KnownLabel& label) {
        if (weights_) weights_->label(label.row, label.end, label.y);
        interval_.label(label.row, label.end, label.target);
    }
    /// For FittedEnsemble::answer at bar `row`.
    StreamPlace place(std::uint32_t row, int regime) { return {weights_ ? &*weights_ : nullptr, row, regime}; }
    /// Completes the answer of bar `row` from the labels that ended before it. No allocation. @pre rows increase
    void predict(std::uint32_t row, const IntervalInputs& inputs, int regime, RowPrediction& answer) {
        const TargetInterval interval = widen(interval_.predict(row, answer.p_up, inputs, regime), answer.widened);
        answer.low = interval.low;
        answer.high = interval.high;
    }

    /// Weights of the last answer, the stack last; empty where nothing follows the series.
    std::span<const double> mix() const { return weights_ ? weights_->weights() : std::span<const double>(); }

    void write(ByteWriter& out) const {
        interval_.write(out);
        interval_.write_more(out);
        interval_.write_open(out);
        out.put(weights_.has_value());
        if (weights_) weights_->write(out);
    }
    bool read(ByteReader& in, int horizon_bars) {
        const bool read = interval_.read(in) && interval_.read_more(in) && interval_.read_open(in);
        interval_.await(static_cast<std::uint32_t>(horizon_bars));
        const bool same = read && in.get<bool>() == weights_.has_value();
        return same && (!weights_ || weights_->read(in));
    }

  private:
    std::optional<OnlineWeights> weights_;
    IntervalStream interval_;
};

}  // namespace aitrading::models
