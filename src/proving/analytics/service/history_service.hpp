#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "kit/lifecycle/pump.hpp"
#include "kit/lifecycle/service.hpp"
#include "proving/analytics/service/calibrator.hpp"
#include "proving/analytics/service/history_recorder.hpp"

namespace aitrading::proving {

/// Keeps the histories of the platform while it runs: what crosses the bus is recorded, and how predictions fared is computed. A part of
/// `database-service`; a store or a bus that refuses makes it not ready, and says why.
class HistoryService final : public kit::Service {
  public:
    struct Options {
        HistoryRecorder::Options recorder;
        Calibrator::Options calibrator;
        std::chrono::milliseconds pause{200};  ///< after a turn in which nothing came: how much later than live a row may be
    };
    using Open = std::function<Result<std::shared_ptr<ports::HistoryStore>>()>;
    /// @param open called once, at the start @pre the bus outlives it
    HistoryService(ports::EventBus& bus, Open open, Calibrator::Past past, Options options, HistoryRecorder::Now now);
    ~HistoryService() override { pump_.stop(); }

    Result<void> start() override;
    Result<void> ready() override;
    std::int64_t lag() override;
    std::string last_error() override { return pump_.last_error(); }
    /// What has come is recorded first, as far as the deadline allows.
    void stop(Deadline deadline) override;
    RecorderCounts counts() const;
    std::uint64_t calibration_rows() const { return calibration_rows_; }

  private:
    Result<void> work(const std::stop_token& stop);

    ports::EventBus& bus_;
    Open open_;
    Calibrator::Past past_;
    Options options_;
    HistoryRecorder::Now now_;
    std::shared_ptr<ports::HistoryStore> store_;
    std::unique_ptr<Calibrator> calibrator_;
    std::unique_ptr<HistoryRecorder> recorder_;
    std::atomic<bool> started_ = false;  ///< store and recorder are there
    std::atomic<std::uint64_t> calibration_rows_ = 0;
    kit::Pump pump_;
};

}  // namespace aitrading::proving
