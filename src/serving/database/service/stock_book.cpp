#include "serving/database/service/stock_book.hpp"

#include <fmt/format.h>

namespace aitrading::serving {
namespace {

constexpr std::chrono::minutes counted_every{10};
constexpr std::chrono::seconds counted_at_most_every{2};
/// More tenants than these are forgotten and counted again when they come back.
constexpr std::size_t tenants_max = 4'096;

}  // namespace

std::shared_ptr<StockBook::Entry> StockBook::entry_of(std::string_view tenant) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(tenant);
    if (found != entries_.end()) return found->second;
    if (entries_.size() >= tenants_max) entries_.clear();
    return entries_.emplace(std::string(tenant), std::make_shared<Entry>()).first->second;
}

Result<void> StockBook::take(std::string_view tenant, Stock change, Stock limit, SteadyTime now, const Count& count) {
    const std::shared_ptr<Entry> entry = entry_of(tenant);
    const std::lock_guard lock(entry->mutex);
    const nanoseconds age = now - entry->counted_at;
    const bool no_room = entry->known && !fits(entry->held, change, limit);
    if (!entry->known || age >= counted_every || (no_room && age >= counted_at_most_every)) {
        TRY(entry->held, count());
        entry->known = true;
        entry->counted_at = now;
    }
    if (!fits(entry->held, change, limit))
        return fail(ErrorCode::gate_refused, fmt::format("your quota of {} is used up: {} of {} bytes, {} of {} of them; remove some first", what_, entry->held.bytes, limit.bytes,
                                                         entry->held.things, limit.things));
    entry->held += change;
    return {};
}

void StockBook::give_back(std::string_view tenant, Stock change) {
    const std::shared_ptr<Entry> entry = entry_of(tenant);
    const std::lock_guard lock(entry->mutex);
    entry->held += -change;
}

void StockBook::doubt(std::string_view tenant) {
    const std::shared_ptr<Entry> entry = entry_of(tenant);
    const std::lock_guard lock(entry->mutex);
    entry->known = false;
}

}  // namespace aitrading::serving
