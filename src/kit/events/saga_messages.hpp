#pragma once

#include "domain/saga/saga.hpp"

namespace aitrading::kit {

/// Sagas are pure and say their deadlines as text; on the bus those are messages of the contracts, SagaDeadlineSet and
/// SagaDeadlinePassed, as is an operator's SagaResumed.

/// What a saga said, as it goes out: a deadline in its contract, anything else as it is. @errors bad_input (no deadline)
Result<Event> from_saga(Event said);
/// What a saga hears of an event: the text of a deadline, the instance of SagaResumed, anything else as it is. Data that are not
/// the contract's stay: what they mean is the saga's to say.
Event for_saga(const Event& event);
/// Of SagaDeadlineSet or SagaDeadlinePassed. @errors bad_input
Result<saga::Deadline> read_deadline(const Event& event);
/// SagaDeadlinePassed of a deadline that was set. Its id follows from the cause's, so that twice is once. @errors bad_input
Result<Event> deadline_passed(const Event& set, UnixNanos now);

}  // namespace aitrading::kit
