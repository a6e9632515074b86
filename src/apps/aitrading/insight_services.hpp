#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/feed_choice.hpp"
#include "insight/correlation/service/correlation_service.hpp"
#include "insight/regimes/service/regime_service.hpp"
#include "kit/lifecycle/composite_service.hpp"

namespace aitrading::apps {

/// What the hybrid-ai-engine tells beside predictions.
class InsightServices {
  public:
    /// @pre context and bus outlive it and its parts   @param unset why nothing is told where no feed is set
    InsightServices(const Context& context, ports::EventBus& bus, std::shared_ptr<kit::LiveTopic> bars, std::string unset);
    /// Regimes of every series that the feed brings: by rule, and the fitted states of the models that answer.
    kit::CompositeService::Part regimes(const kit::ServiceGround& ground) const;
    /// Correlations of the universe `feed`: the symbols of each timeframe in which the feed brings at least two.
    kit::CompositeService::Part correlation(const kit::ServiceGround& ground) const;
    const std::shared_ptr<kit::LiveTopic>& matrices_topic() const { return matrices_; }
    const std::shared_ptr<kit::LiveTopic>& regimes_topic() const { return regimes_; }

  private:
    const Context& context_;
    ports::EventBus& bus_;
    std::shared_ptr<kit::LiveTopic> bars_, regimes_, matrices_;
    std::string unset_;
};

}  // namespace aitrading::apps
