#pragma once

#include <string>
#include <vector>

#include "serving/database/service/cells.hpp"
#include "serving/database/service/database_state.hpp"

namespace aitrading::v1 {
class WriteRowsRequest;
}

namespace aitrading::serving {

/// A table by the name that a request gives. @errors not_found: there is none, or it is the service's own
Result<const ports::Table*> shown_table(const DatabaseStores& stores, const std::string& name);

/// One change of a request, checked against its table.
struct PlannedWrite {
    const ports::Table* table = nullptr;
    bool erase = false;
    GivenRow put;
    ports::Key key;  ///< of an erase
    ports::Expect expect;
};

struct PlannedWrites {
    std::vector<PlannedWrite> all;
    std::string key;    ///< of idempotency; empty: none
    std::string print;  ///< names what is written
};

/// @pre the stores outlive what comes back
/// @errors bad_input (nothing to write, a change that says nothing, both a condition and a version, an unknown column, a key of
/// idempotency that is too long), not_found (table), gate_refused (the table is not open to writes)
Result<PlannedWrites> planned_writes(const DatabaseStores& stores, const v1::WriteRowsRequest& request);

/// Does all of it in one transaction, and notes the key of idempotency there; where that is noted already, and not a week old, it does
/// nothing. A secret column that a put does not name keeps what it holds. How many rows were put or removed; the same again for a repeat.
/// @errors those of Transaction; bad_input (the key was used for other writes)
Result<std::int64_t> write_all(ports::Transaction& transaction, const PlannedWrites& writes, UnixNanos now);

}  // namespace aitrading::serving
