#pragma once

#include <set>
#include <string>
#include <string_view>

#include "ports/table_store/schema.hpp"

namespace aitrading::serving {

/// Calls of WriteRows that named an idempotency key: a row is written in the transaction of its writes.
ports::TableSchema service_writes_table();
/// What people call the objects of the archive, which itself knows contents alone.
ports::TableSchema object_labels_table();

/// Whether a table is the service's own: it is neither shown nor read nor written from outside.
bool is_service_table(std::string_view table);

/// Tables that WriteRows may change; all others are read only: another service keeps their rules (unique users, usage that is
/// counted), which a row written past it would break.
using WritableTables = std::set<std::string, std::less<>>;

}  // namespace aitrading::serving
