#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "kit/bench.hpp"
#include "models/ensemble/pipeline.hpp"

namespace aitrading::models {

/// One way to answer, by the calibrated probabilities of tested rows.
struct MetaVariant {
    std::string name;
    std::vector<double> p;
    std::string note;
};

/// The stack in its plain form and in those that validation may choose (members are fitted once), and weights that follow the
/// block over members and stack.
/// @param entry gets the tested entries
Result<std::vector<MetaVariant>> meta_variants(const FeatureMatrix& features, const LabelSet& labels, std::span<const Split> splits,
                                               std::span<const Learner* const> learners, const PipelineOptions& options,
                                               std::vector<std::uint32_t>& entry);

/// Log loss of each variant less that of the first, with the 95 % interval of resampled blocks of 240 rows.
std::vector<kit::BenchRow> meta_rows(const std::string& prefix, const std::vector<MetaVariant>& variants, const LabelSet& labels,
                                     std::span<const std::uint32_t> entry);

/// The same on the hours of a series before `to`: LightGBM, XGBoost and a forest on the default features, six blocks, and
/// regimes learnt anew for each.
Result<std::vector<kit::BenchRow>> meta_stage_of_series(const std::string& path, UnixNanos to, const std::string& label, int threads);

}  // namespace aitrading::models
