#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/ensemble/calibrated_score.hpp"
#include "models/ensemble/meta_rows.hpp"
#include "models/ensemble/regime_calibration.hpp"
#include "models/ensemble/stack_choice.hpp"

namespace aitrading::models {

struct MetaOptions {
    StackOptions stack;
    FormOptions form;                ///< what the stack may be made of, if validation says so
    std::vector<std::string> names;  ///< [members]; needed where `form` allows anything
};

/// Everything between the members' probabilities and the answer.
struct MetaModel {
    MetaStack stack;
    std::vector<FormTrial> trials;  ///< how the stack's form was chosen
    CalibratedScore ensemble;
    RegimeCalibration by_regime;  ///< of the ensemble, where a regime has its own; written apart
    std::vector<CalibratedScore> members;

    /// The stack's answer from its score. @param regime by rule, as known at the row; 0 or below: not known
    CalibratedScore::Value answer(double score, int regime) const { return by_regime.apply(score, regime, ensemble); }

    /// Stack on all rows, in the form that wins on earlier rows. The ensemble's calibrator is chosen on stacked scores that the stack did not learn
    /// from: the rows in five parts, each scored by a stack of the parts before it (purged).
    /// @param out_score [rows] those scores; rows of the first part have those of the plain mean
    static MetaModel fit(const MetaRows& rows, int horizon, const MetaOptions& options,
                         std::vector<double>* out_score = nullptr);

    /// The plain stack and the calibrators; a form that is not plain and what regimes have of their own are written apart.
    void write(ByteWriter& out) const;
    static MetaModel read(ByteReader& in);
};

}  // namespace aitrading::models
