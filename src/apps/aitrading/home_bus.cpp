#include "apps/aitrading/home_bus.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "apps/aitrading/platform_ground.hpp"
#include "apps/aitrading/services_text.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "engines/event_bus/kafka/kafka_bus.hpp"

namespace aitrading::apps {
namespace {

constexpr std::chrono::seconds patience{10};  // with a broker that does not answer

Result<std::unique_ptr<kit::Settings>> settings_of(const Context& context) {
    TRY(const kit::ServiceTable table, load_service_table({}));
    return load_settings(table, context.home);
}

}  // namespace

bool on_kafka(const kit::Settings& settings) { return !settings.list("KAFKA_BROKERS").empty(); }

Result<std::unique_ptr<ports::EventBus>> open_home_bus(const kit::Settings& settings, const std::filesystem::path& home, const std::string& writer) {
    if (!on_kafka(settings)) return engines::open_journal({.folder = home / "journal", .limits = {}, .file_system = {}});
    engines::KafkaOptions options;
    options.brokers = fmt::format("{}", fmt::join(settings.list("KAFKA_BROKERS"), ","));
    options.prefix = settings.text("AITRADING_KAFKA_PREFIX");
    options.writer = writer;
    options.patience = patience;
    auto bus = engines::open_kafka_bus(options);
    if (bus) return bus;
    return fail(bus.error().code, fmt::format("setting KAFKA_BROKERS = {}: {}; start the brokers or correct the setting, or leave it empty for the journal of the home", options.brokers, bus.error().text),
                bus.error().retry_helps);
}

Result<std::unique_ptr<ports::EventBus>> open_home_bus(const Context& context) {
    TRY(const auto settings, settings_of(context));
    return open_home_bus(*settings, context.home, fmt::format("command-{}", ::getpid()));
}

Result<bool> home_is_on_kafka(const Context& context) {
    TRY(const auto settings, settings_of(context));
    return on_kafka(*settings);
}

}  // namespace aitrading::apps
