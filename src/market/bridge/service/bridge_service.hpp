#pragma once

#include <memory>

#include "kit/lifecycle/pump.hpp"
#include "kit/lifecycle/service.hpp"
#include "market/bridge/service/data_bridge.hpp"

namespace aitrading::market {

/// The service `data-bridge`: one feed, on a thread of its own. It is ready while the feed speaks and after it has ended in peace.
class BridgeService final : public kit::Service {
  public:
    explicit BridgeService(std::unique_ptr<DataBridge> bridge) : bridge_(std::move(bridge)) {}
    ~BridgeService() override { pump_.stop(); }

    Result<void> start() override {
        pump_.start([this](const std::stop_token& stop) { return bridge_->run(stop); });
        return {};
    }
    Result<void> ready() override { return pump_.health(); }
    std::string last_error() override { return pump_.last_error(); }
    void stop(Deadline) override { pump_.stop(); }
    BridgeCounts counts() const { return bridge_->counts(); }
    /// Whether the feed has said everything.
    bool ended() const { return pump_.ended(); }

  private:
    std::unique_ptr<DataBridge> bridge_;
    kit::Pump pump_;
};

}  // namespace aitrading::market
