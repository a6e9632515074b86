#pragma once

#include <memory>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/feed_choice.hpp"
#include "models/ensemble/service/other_markets.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::apps {

/// The other markets of a model's features as the feed will bring them, and the features' levels cut to those of the past. None: they
/// look at the model's own series alone.
/// @param inputs fresh, as made from all stored bars: what the columns are does not hang on where the feed begins
/// @errors not_found (a market that the feed does not bring), as read_series
Result<std::shared_ptr<models::OtherMarkets>> other_markets(const Context& context, const models::ModelMetadata& model, FeatureInputs& inputs, const FeedChoice& choice);

}  // namespace aitrading::apps
