#pragma once

#include <map>
#include <memory>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/insight_services.hpp"
#include "insight/features/service/feature_desk.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/live_topic/live_topic.hpp"
#include "models/ensemble/service/prediction_desk.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::apps {

/// The services of a feed and what is made of it, as settings AITRADING_FEED… and AITRADING_SERVED_MODELS say: `data-bridge`,
/// `feature-engineering`, `hybrid-ai-engine`. They meet on live topics of this process and leave the same in the journal. Requests of the
/// contracts' FeatureService and PredictionService are answered beside them, also where no feed is set.
class MarketServices {
  public:
    /// @pre context and bus outlive it and what the factories make
    MarketServices(const Context& context, ports::EventBus& bus);
    std::map<std::string, kit::ServiceFactory> factories();
    const std::shared_ptr<kit::LiveTopic>& bars_topic() const { return bars_; }

  private:
    const Context& context_;
    ports::EventBus& bus_;
    std::shared_ptr<kit::LiveTopic> ticks_, bars_, vectors_, predictions_;
    InsightServices insight_;
    std::shared_ptr<insight::FeatureDesk> feature_desk_;          ///< answers requests about features
    std::shared_ptr<models::PredictionBoard> board_;              ///< between live predictions and requests
    std::shared_ptr<models::PredictionDesk> prediction_desk_;     ///< answers requests about predictions
};

}  // namespace aitrading::apps
