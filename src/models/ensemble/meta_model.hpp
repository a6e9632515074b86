#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/calibration.hpp"
#include "models/ensemble/stack.hpp"
#include "models/ensemble/venn_abers.hpp"

namespace aitrading::models {

/// Members' logits on rows that they had not learnt from, in time order.
struct MetaRows {
    std::size_t members = 0;
    std::vector<double> logits;           ///< [rows x members]
    std::vector<float> y;                 ///< 0 or 1
    std::vector<std::uint32_t> row, end;  ///< label spans
    std::size_t size() const { return y.size(); }
};

/// A score's way to a probability.
struct CalibratedScore {
    Calibrator calibrator;
    VennAbers interval;
    struct Value {
        double p = 0.5, low = 0, high = 1;
    };
    /// The calibrated probability; the interval is Venn-Abers', widened where the calibrator's p lies outside
    /// of it.
    Value apply(double score) const;
};

/// Everything between the members' probabilities and the answer.
struct MetaModel {
    Stack stack;
    CalibratedScore ensemble;
    std::vector<CalibratedScore> members;

    /// Stack on all rows. The ensemble's calibrator is chosen on stacked scores that the stack did not learn
    /// from: the rows in five parts, each scored by a stack of the parts before it (purged).
    /// @param out_score [rows] those scores; rows of the first part have those of the plain mean
    static MetaModel fit(const MetaRows& rows, int horizon, const StackOptions& options,
                         std::vector<double>* out_score = nullptr);

    void write(ByteWriter& out) const;
    static MetaModel read(ByteReader& in);
};

}  // namespace aitrading::models
