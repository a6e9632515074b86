#include "kit/events/keeper.hpp"

#include <utility>

namespace aitrading::kit {
namespace {

constexpr std::chrono::seconds room_wait{30};

}  // namespace

Result<void> Keeper::open() { return bus_ != nullptr ? bus_->create_topic(topic_, {}) : Result<void>{}; }

void Keeper::add(const Event& event) {
    if (bus_ != nullptr) waiting_.push_back(event);
}

Result<void> Keeper::flush() {
    if (told_->failed) return fail(ErrorCode::failed, topic_ + " is not kept any more: " + told_->why);
    if (waiting_.empty()) return {};
    const auto told = [state = told_](const Result<std::vector<ports::Receipt>>& receipts) {
        if (receipts) {
            state->events += receipts->size();
        } else if (!state->failed) {
            state->why = receipts.error().text;
            state->failed = true;
        }
    };
    return bus_->publish(topic_, std::exchange(waiting_, {}), told, room_wait);
}

}  // namespace aitrading::kit
