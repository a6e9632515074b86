#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/ensemble/calibration.hpp"
#include "models/ensemble/meta_rows.hpp"
#include "models/ensemble/stack_choice.hpp"
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
};

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
    std::vector<CalibratedScore> members;

    /// Stack on all rows, in the form that wins on earlier rows. The ensemble's calibrator is chosen on stacked scores that the stack did not learn
    /// from: the rows in five parts, each scored by a stack of the parts before it (purged).
    /// @param out_score [rows] those scores; rows of the first part have those of the plain mean
    static MetaModel fit(const MetaRows& rows, int horizon, const MetaOptions& options,
                         std::vector<double>* out_score = nullptr);

    /// The plain stack and the calibrators; a form that is not plain is written apart.
    void write(ByteWriter& out) const;
    static MetaModel read(ByteReader& in);
};

}  // namespace aitrading::models
