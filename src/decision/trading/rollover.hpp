#pragma once

#include "base/time.hpp"

namespace aitrading::trading {

/// The first 17:00 in New York strictly after `time`: 21:00 UTC while the United States keep summer time, 22:00 UTC
/// otherwise. Summer time by the rule in force since 2007 (second Sunday of March, first Sunday of November), and by
/// that of 1987 to 2006 before it (first Sunday of April, last Sunday of October).
UnixNanos next_rollover(UnixNanos time);

/// Nights of interest charged at a rollover: Monday, Tuesday, Thursday and Friday one, Wednesday three (spot settles
/// two days later, so Wednesday's pays for the weekend), Saturday and Sunday none. @pre `rollover` from next_rollover
int nights_charged(UnixNanos rollover);

}  // namespace aitrading::trading
