#include "serving/database/service/database_state.hpp"

#include <fmt/format.h>

namespace aitrading::serving {

void DatabaseState::open(DatabaseStores stores) {
    const std::lock_guard lock(mutex_);
    stores_ = std::make_shared<const DatabaseStores>(std::move(stores));
    troubles_.clear();
}

void DatabaseState::close() {
    uploads.drop_all();
    readers.drop_all();
    const std::lock_guard lock(mutex_);
    stores_.reset();
}

Result<std::shared_ptr<const DatabaseStores>> DatabaseState::stores() const {
    const std::lock_guard lock(mutex_);
    if (!stores_) return fail(ErrorCode::failed, "the stores are not open yet, or not any more", true);
    return stores_;
}

TenantLimits DatabaseState::limits() const {
    const std::lock_guard lock(mutex_);
    return limits_;
}

void DatabaseState::set_limits(const TenantLimits& limits) {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
}

void DatabaseState::note(const std::string& store, const Result<void>& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome) troubles_.erase(store);
    else troubles_.insert_or_assign(store, Error{outcome.error().code, fmt::format("{}: {}", store, outcome.error().text), outcome.error().retry_helps});
}

Result<void> DatabaseState::troubles() const {
    const std::lock_guard lock(mutex_);
    if (troubles_.empty()) return {};
    return std::unexpected(troubles_.begin()->second);
}

Result<std::chrono::milliseconds> time_left(const DatabaseState& state, const kit::Call& call) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(call.deadline.left(state.clocks.steady()));
    if (left.count() > 0) return left;
    return fail(ErrorCode::failed, "the deadline has passed; nothing more was done", true);
}

Result<int> page_size(std::string_view field, int wanted, int otherwise, std::int64_t most) {
    if (wanted == 0) return static_cast<int>(std::min<std::int64_t>(otherwise, most));
    if (wanted >= 1 && wanted <= most) return wanted;
    return fail(ErrorCode::bad_input, fmt::format("{}: 1 to {}, or 0 for {}", field, most, std::min<std::int64_t>(otherwise, most)));
}

}  // namespace aitrading::serving
