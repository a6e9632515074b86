#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.hpp"
#include "kit/requests/handlers.hpp"
#include "ports/archive/archive.hpp"
#include "ports/key_value/key_value.hpp"
#include "ports/series_store/history_store.hpp"
#include "ports/series_store/series_store.hpp"
#include "ports/table_store/table_store.hpp"
#include "serving/database/quotas.hpp"
#include "serving/database/service/open_objects.hpp"
#include "serving/database/service/stock_book.hpp"
#include "serving/database/service_tables.hpp"

namespace aitrading::serving {

/// What the database service serves; the engines are whoever opens them's choice. All are there. @pre tables has the tables of
/// service_tables.hpp
struct DatabaseStores {
    std::shared_ptr<ports::TableStore> tables;
    std::shared_ptr<ports::KeyValue> values;
    std::shared_ptr<ports::Archive> archive;
    std::shared_ptr<ports::SeriesStore> series;
    std::shared_ptr<ports::HistoryReader> histories;  ///< may be none: then requests for them are told so
    WritableTables writable;
    /// Keeps what an engine has in memory alone; `last`: nothing comes after it. Empty: there is nothing of that kind.
    std::function<Result<void>(bool last)> keep;
};

struct DatabaseClocks {
    std::function<SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
    std::function<UnixNanos()> wall = [] { return UnixNanos{std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; };
};

/// What all requests of one database service work with. Safe to use from several threads.
class DatabaseState {
  public:
    explicit DatabaseState(DatabaseClocks given = {}) : clocks(std::move(given)) {}

    void open(DatabaseStores stores);
    /// No request comes to the stores from now on; those that run keep them until they end.
    void close();
    /// @errors failed with retry_helps: not open yet, or not any more
    Result<std::shared_ptr<const DatabaseStores>> stores() const;

    TenantLimits limits() const;
    /// @pre check_limits
    void set_limits(const TenantLimits& limits);

    /// What a store said last when it could not serve; empty: it can. A later success of the same store takes it back.
    void note(const std::string& store, const Result<void>& outcome);
    Result<void> troubles() const;

    const DatabaseClocks clocks;
    std::shared_ptr<kit::CallGate> gate;  ///< before every request; none: nobody is limited
    /// Told of each refusal by what a tenant keeps: `values`, `objects`, `uploads`.
    std::function<void(const std::string& tenant, const std::string& quota)> on_refused = [](const std::string&, const std::string&) {};
    StockBook value_stock{"values"}, object_stock{"objects"};
    Uploads uploads{object_stock};
    OpenReaders readers;

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const DatabaseStores> stores_;
    TenantLimits limits_;
    std::map<std::string, Error> troubles_;
};

/// What is left of a call's time. @errors failed with retry_helps: nothing
Result<std::chrono::milliseconds> time_left(const DatabaseState& state, const kit::Call& call);

/// How many to put on a page. @param wanted 0: `otherwise`   @errors bad_input, with the field
Result<int> page_size(std::string_view field, int wanted, int otherwise, std::int64_t most);

/// Answers a request with a function over the open stores.
template <class Request, class Reply>
void answer(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state, std::string_view name,
            Result<Reply> (*function)(DatabaseState&, const DatabaseStores&, const Request&, const kit::Call&)) {
    kit::RequestHandlers::Handler& handler = handlers.on<Request, Reply>(name, [state, function](const Request& request, const kit::Call& call) -> Result<Reply> {
        TRY(const auto stores, state->stores());
        TRY([[maybe_unused]] const auto left, time_left(*state, call));
        return function(*state, *stores, request, call);
    });
    handler.gate = state->gate;
}

void add_table_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state);
void add_value_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state);
void add_object_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state);
void add_series_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state);
void add_history_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state);

}  // namespace aitrading::serving
