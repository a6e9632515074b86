#include "market/history/conclude_clock.hpp"

#include <fmt/format.h>

namespace aitrading::market {

Result<ClockConclusion> conclude_clock(const ClockEvidence& evidence) {
    ClockConclusion out;
    if (evidence.times_state_offset) return out;
    if (!evidence.asked.empty()) {
        TRY(out.clock, Clock::parse(evidence.asked));
        return out;
    }
    TRY(out.clock, Clock::parse(evidence.layout_clock));
    if (evidence.layout_clock_is_assumed)
        out.warning = fmt::format("the times are taken as {}: {}; if they are not, import with --timezone",
                                  out.clock.name(), evidence.layout_reason);
    return out;
}

}  // namespace aitrading::market
