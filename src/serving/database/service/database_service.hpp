#pragma once

#include <functional>
#include <memory>

#include "kit/lifecycle/service.hpp"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {

struct DatabaseServiceOptions {
    /// Opens all stores, in the service's start. @errors what is wrong and which setting says so
    std::function<Result<DatabaseStores>()> open;
    DatabaseClocks clocks;
    std::chrono::milliseconds looks_every{1'000};  ///< at the health of the stores, at uploads that nobody goes on with
    std::chrono::minutes keeps_every{5};           ///< what lives in memory alone
};

/// The service `database-service`: tables, values, objects and series of its callers' tenants (TableService, KeyValueService,
/// ArchiveService, SeriesService of the contracts). Whose data a call reaches is the caller's identity and nothing that it says.
/// It is not ready while a store says that it cannot serve. @pre the ground outlives it and has the settings of quota_settings.hpp
std::unique_ptr<kit::Service> make_database_service(const kit::ServiceGround& ground, DatabaseServiceOptions options);

}  // namespace aitrading::serving
