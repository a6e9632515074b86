#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kit/events/kept_model.hpp"
#include "kit/events/ops_alerts.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace aitrading::kit {

struct StandingCheckOptions {
    std::string service;             ///< that carries it
    std::string read_model = "overview";
    int events_at_once = 20'000;     ///< of a topic in one turn
    std::int64_t snapshot_every = 50'000;
    std::uint64_t seed = 1;          ///< of the ids of its alerts
};

/// Keeps the read model `overview` of every topic of a bus and compares it with the events, without stopping anything. What differs
/// is told: ReadModelDiverged and OpsAlertRaised on `ops.alerts`, a metric, a record; what fits again: OpsAlertCleared.
/// One thread calls turn and ask; what it found may be read from any.
class StandingCheck {
  public:
    struct Found {
        std::string topic;
        CheckFound last;
    };
    /// @pre bus and telemetry outlive it
    StandingCheck(ports::EventBus& bus, const Telemetry& telemetry, StandingCheckOptions options, WallClock now);
    ~StandingCheck();

    /// A bounded piece of work on every topic. True: there is more to do now.
    /// @errors failed (the bus); what it said of single topics stands in `found`
    Result<bool> turn();
    /// Asks for a check of every topic. @param whole from the first event on
    void ask(bool whole);
    /// By topic.
    std::vector<Found> found() const;
    const std::string& read_model() const { return options_.read_model; }
    /// What differs or could not be checked, in words; empty: nothing.
    std::string shortfall() const;

  private:
    struct Topic {
        std::unique_ptr<KeptModel> model;
        std::int64_t told = 0;  ///< differences that were published last
        int waited = 0;         ///< turns that its check has waited for the model to come nearer
        std::string failed;     ///< last failure that was logged
    };
    Result<void> find_topics();
    bool step(const std::string& name, Topic& topic);
    void report(const std::string& name, Topic& topic);
    Result<void> tell(const std::string& name, Topic& topic, const CheckFound& found);
    void log_round();
    std::string alert_name(const std::string& topic) const { return "read_model_diverged/" + options_.read_model + "/" + topic; }

    ports::EventBus& bus_;
    Telemetry telemetry_;
    StandingCheckOptions options_;
    WallClock now_;
    std::unique_ptr<OpsAlerts> alerts_;
    std::map<std::string, Topic> topics_;
    int open_rounds_ = 0;  ///< topics whose check has not ended since it was asked for
    mutable std::mutex mutex_;
    std::map<std::string, CheckFound> found_;
};

}  // namespace aitrading::kit
