#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "kit/lifecycle/settings.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::apps {

/// Whether the home's events lie on Kafka (setting KAFKA_BROKERS) and not in its journal.
bool on_kafka(const kit::Settings& settings);

/// The event bus of a home, by configuration alone: Kafka where KAFKA_BROKERS names brokers, else the journal in HOME/journal.
/// @param writer who publishes: two at a time on one cluster must not share it
/// @errors failed (no broker answers, with what to do; another process has the journal: retry_helps)
Result<std::unique_ptr<ports::EventBus>> open_home_bus(const kit::Settings& settings, const std::filesystem::path& home, const std::string& writer);

/// The same for a command, with the settings of its home. @errors also bad_input (settings)
Result<std::unique_ptr<ports::EventBus>> open_home_bus(const Context& context);
/// on_kafka, for a command. @errors bad_input (settings)
Result<bool> home_is_on_kafka(const Context& context);

}  // namespace aitrading::apps
