#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.hpp"
#include "models/ensemble/calibration.hpp"
#include "models/ensemble/meta_rows.hpp"
#include "models/ensemble/venn_abers.hpp"

namespace aitrading::models {

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

    /// The calibrator of least log loss on the latest third of the rows from `from` on, purged; both fitted on all of them.
    /// @param score [rows] by what had not learnt from them
    static CalibratedScore fit(const MetaRows& rows, std::span<const double> score, std::size_t from, int horizon);

    void write(ByteWriter& out) const;
    static CalibratedScore read(ByteReader& in);
};

}  // namespace aitrading::models
