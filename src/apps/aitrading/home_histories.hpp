#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "kit/lifecycle/composite_service.hpp"
#include "ports/event_bus/event_bus.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::apps {

/// Where the histories of a home lie.
std::filesystem::path histories_folder(const std::filesystem::path& home);

/// The histories of the home, opened for writing by whoever asks first. Safe to use from several threads.
class HomeHistories {
  public:
    explicit HomeHistories(std::filesystem::path home) : home_(std::move(home)) {}
    /// @errors failed (another process has them: retry_helps), gate_refused (damaged)
    Result<std::shared_ptr<ports::HistoryStore>> open();

  private:
    std::filesystem::path home_;
    std::mutex mutex_;
    std::shared_ptr<ports::HistoryStore> store_;
};

/// The part of `database-service` that records what crosses the bus, and computes how predictions fared.
/// @param bus_name tells its offsets from those of another bus that the home may have used before @pre context and bus outlive it
kit::CompositeService::Part recording_part(const Context& context, ports::EventBus& bus, const std::string& bus_name, const std::shared_ptr<HomeHistories>& histories);

}  // namespace aitrading::apps
