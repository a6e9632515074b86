#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/ensemble/pipeline.hpp"

namespace aitrading::apps {

/// Columns behind those of the models.
struct FurtherColumns {
    std::vector<std::string> names;
    std::function<std::span<const double>(std::uint32_t row)> values;  ///< one a name; empty: not known at that row
};

/// `<key>,p_up,p_low,p_high,low,high,regime,<one column per model>`, empty where not known: the one form in which
/// predictions leave the program and are kept with a model.
/// @param key_name first word of the header   @param key text that stands for a row of the feature matrix
/// @param regime of prediction i, 1 to 12, 0 where not known
std::string predictions_csv(const models::PipelineResult& pipeline, std::string_view key_name,
                            const std::function<std::string(std::uint32_t row)>& key, const std::function<int(std::size_t i)>& regime,
                            const FurtherColumns& further = {});

}  // namespace aitrading::apps
