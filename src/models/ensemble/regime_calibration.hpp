#pragma once

#include <map>
#include <span>
#include <vector>

#include "models/ensemble/calibrated_score.hpp"
#include "models/ensemble/meta_rows.hpp"

namespace aitrading::models {

/// Calibrations of the stack's score that hold in one regime each, where that regime's own has proved better than that of all
/// rows.
///
/// A regime with `least_rows` rows or more is tried: its earlier two thirds fit a calibrator of its own (choose_calibrator) and
/// one of all rows up to there, its latest third judges both, purged. Its own is taken where it wins by a standard error of the
/// paired log losses, rows / horizon counting as independent; then it is fitted on all its rows, its Venn-Abers interval too.
class RegimeCalibration {
  public:
    static constexpr std::size_t least_rows = 500;

    /// A regime's own calibrator against that of all rows, on the regime's latest third.
    struct Trial {
        int regime = 0;
        double gain = 0, error = 0;  ///< log loss saved a row, and its standard error for independent rows
        bool taken = false;
    };

    RegimeCalibration() = default;  ///< no regime has its own
    /// @param rows with `regime`; none there: nothing is fitted   @param score [rows] of stacks that had not learnt from them
    /// @param from first row whose score counts
    static RegimeCalibration fit(const MetaRows& rows, std::span<const double> score, std::size_t from, int horizon);

    /// @param regime as known at the row; one without its own, or not known: `of_all` answers
    CalibratedScore::Value apply(double score, int regime, const CalibratedScore& of_all) const;
    std::vector<int> regimes() const;  ///< those that have their own, increasing
    bool empty() const { return own_.empty(); }
    const std::vector<Trial>& trials() const { return trials_; }  ///< of this fit, not stored

    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    std::map<int, CalibratedScore> own_;
    std::vector<Trial> trials_;
};

}  // namespace aitrading::models
