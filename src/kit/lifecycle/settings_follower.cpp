#include "kit/lifecycle/settings_follower.hpp"

#include "aitrading/v1/oversight.pb.h"
#include "kit/contracts/contracts.hpp"

namespace aitrading::kit {

SettingsFollower::SettingsFollower(ports::EventBus& bus, Settings& settings, Log& log) : bus_(bus), settings_(settings), log_(log) {}

Result<int> SettingsFollower::follow() {
    int applied = 0;
    TRY(const std::vector<std::int64_t> ends, bus_.ends("settings.changes"));
    next_.resize(ends.size(), 1);
    for (std::size_t p = 0; p < ends.size(); ++p) {
        if (next_[p] > ends[p]) continue;
        TRY(const std::vector<ports::Delivery> some, bus_.read("settings.changes", {static_cast<int>(p), next_[p]}, {}));
        for (const ports::Delivery& delivery : some) {
            next_[p] = delivery.position.offset + 1;
            if (delivery.event.type != "SettingChanged") continue;
            const auto message = unpack_as<v1::SettingChanged>(delivery.event);
            const Result<bool> done = message ? settings_.apply(message->key(), message->new_value()) : std::unexpected(message.error());
            applied += done && *done ? 1 : 0;
            log_.write({.level = done ? LogLevel::info : LogLevel::warning, .kind = LogClass::audit, .service = "settings", .trace = delivery.event.trace,
                        .action = "change " + delivery.event.subject, .outcome = !done ? "refused" : *done ? "ok" : "environment wins",
                        .message = "setting changed by an event", .fields = {{"reason", done ? std::string() : done.error().text}}});
        }
    }
    return applied;
}

}  // namespace aitrading::kit
