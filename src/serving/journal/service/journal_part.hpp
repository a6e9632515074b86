#pragma once

#include <memory>

#include "kit/lifecycle/service.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::serving {

/// The journal's part of `database-service`: JournalService on request; the read model `overview`, kept and checked on the period of
/// AITRADING_CHECK_PERIOD; deadlines sent back (AITRADING_TIMERS); old events removed (AITRADING_RETENTION). A difference makes the service degraded, a bus that has stopped
/// makes it not ready. @pre bus and ground outlive it
std::unique_ptr<kit::Service> make_journal_part(const kit::ServiceGround& ground, ports::EventBus& bus);

}  // namespace aitrading::serving
