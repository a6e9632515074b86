#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "serving/database/quotas.hpp"

namespace aitrading::serving {

/// What every tenant keeps in one store. The store cannot tell, so it is counted when a tenant comes first, every ten minutes and
/// before a refusal, and followed in between: lives that end, and keys that a full store drops, make the book say too much until it
/// is counted again, at most every two seconds. Other processes on the same store are seen at the next counting. Safe to use from
/// several threads; a counting holds up its own tenant alone.
class StockBook {
  public:
    using Count = std::function<Result<Stock>()>;
    /// @param what for errors: `values`
    explicit StockBook(std::string what) : what_(std::move(what)) {}

    /// Takes room for a change before it is made. @errors gate_refused (no room; says how much is held), those of `count`
    Result<void> take(std::string_view tenant, Stock change, Stock limit, SteadyTime now, const Count& count);
    /// The change was not made, or was undone.
    void give_back(std::string_view tenant, Stock change);
    /// Nobody knows what became of a change: counted anew next time.
    void doubt(std::string_view tenant);

  private:
    struct Entry {
        std::mutex mutex;
        Stock held;
        bool known = false;
        SteadyTime counted_at{};
    };
    std::shared_ptr<Entry> entry_of(std::string_view tenant);

    std::string what_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Entry>, std::less<>> entries_;
};

}  // namespace aitrading::serving
