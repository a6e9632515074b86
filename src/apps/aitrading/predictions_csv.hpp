#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "models/ensemble/pipeline.hpp"

namespace aitrading::apps {

/// `<key>,p_up,p_low,p_high,low,high,regime,<one column per model>`, empty where not known: the one form in which
/// predictions leave the program and are kept with a model.
/// @param key_name first word of the header   @param key text that stands for a row of the feature matrix
/// @param regime of prediction i, 1 to 12, 0 where not known
std::string predictions_csv(const models::PipelineResult& pipeline, std::string_view key_name,
                            const std::function<std::string(std::uint32_t row)>& key, const std::function<int(std::size_t i)>& regime);

}  // namespace aitrading::apps
