#pragma once

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// The last position of each partition among what was polled.
std::vector<ports::Position> last_positions(const std::vector<ports::Delivery>& polled);

/// Commits; false where members came or went, so that the same events are polled again by whoever has them now.
/// @errors as Subscription::commit, otherwise
Result<bool> commit_or_poll_again(ports::Subscription& member, const ports::Commit& step);

}  // namespace aitrading::kit
