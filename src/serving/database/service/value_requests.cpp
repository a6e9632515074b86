#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"
#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "serving/database/page_marks.hpp"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// What asks from outside lies apart from what services keep in the same store under the same tenant (sessions, counters of limits).
constexpr std::string_view space = "api/";
constexpr std::size_t key_bytes_max = ports::kv_key_bytes_max - space.size();
constexpr std::int64_t counter_bytes = 20;
constexpr int keys_otherwise = 100, keys_counted_at_once = 1'000;
/// Keys are up to 508 bytes, and gRPC's clients take 4 MiB a message unless told otherwise.
constexpr std::int64_t keys_max = 5'000;

Result<std::string> stored_key(const std::string& key) {
    if (!key.empty() && key.size() <= key_bytes_max) return std::string(space) + key;
    return fail(ErrorCode::bad_input, fmt::format("key: 1 to {} bytes", key_bytes_max));
}

Stock size_of(std::size_t key_bytes, std::size_t value_bytes) { return {static_cast<std::int64_t>(key_bytes + value_bytes), 1}; }

/// Rounded up: a life never ends before it was asked to. @errors bad_input
Result<std::optional<milliseconds>> life_of(bool given, std::int64_t ns) {
    if (!given) return std::nullopt;
    const auto life = std::chrono::ceil<milliseconds>(nanoseconds(ns));
    if (ns > 0 && life <= ports::kv_life_max) return life;
    return fail(ErrorCode::bad_input, "lives_for_ns: more than 0 and at most 366 days");
}

/// Everything of a tenant, page by page. @errors those of the store; failed (the deadline)
Result<Stock> count_values(const DatabaseState& state, const DatabaseStores& stores, const kit::Call& call) {
    Stock out;
    std::string from;
    do {
        TRY_VOID(time_left(state, call));
        TRY(ports::ScanPage page, stores.values->scan(call.tenant, space, from, keys_counted_at_once));
        for (std::size_t first = 0; first < page.keys.size(); first += keys_counted_at_once) {
            const std::vector<std::string> keys(page.keys.begin() + static_cast<std::ptrdiff_t>(first),
                                                page.keys.begin() + static_cast<std::ptrdiff_t>(std::min(page.keys.size(), first + keys_counted_at_once)));
            TRY(const auto values, stores.values->get_many(call.tenant, keys));
            for (std::size_t i = 0; i < keys.size(); ++i)
                if (values[i]) out += size_of(keys[i].size(), values[i]->size());
        }
        from = std::move(page.next);
    } while (!from.empty());
    return out;
}

Result<void> take_room(DatabaseState& state, const DatabaseStores& stores, const kit::Call& call, Stock change) {
    const TenantLimits limits = state.limits();
    const auto taken = state.value_stock.take(call.tenant, change, {limits.value_bytes_max, limits.values_max}, state.clocks.steady(), [&] { return count_values(state, stores, call); });
    if (!taken && taken.error().code == ErrorCode::gate_refused) state.on_refused(call.tenant, "values");
    return taken;
}

/// The book follows what a call did: nothing where it says so, unknown where it broke on the way.
template <class T>
void settle(DatabaseState& state, const kit::Call& call, const Result<T>& outcome, bool changed, Stock change) {
    if (outcome && changed) return;
    if (!outcome && !outcome.error().retry_helps) state.value_stock.doubt(call.tenant);
    else state.value_stock.give_back(call.tenant, change);
}

Result<v1::GetValueReply> get_value(DatabaseState&, const DatabaseStores& stores, const v1::GetValueRequest& request, const kit::Call& call) {
    TRY(const std::string key, stored_key(request.key()));
    TRY(auto value, stores.values->get({call.tenant, key}));
    v1::GetValueReply reply;
    if (!value) return reply;
    TRY(const ports::Life life, stores.values->life({call.tenant, key}));
    if (!life.there) return reply;  // it ended between the two
    reply.set_found(true);
    reply.set_value(*std::move(value));
    if (life.left) reply.set_life_left_ns(nanoseconds(*life.left).count());
    return reply;
}

Result<ports::PutRule> rule_of(const v1::PutValueRequest& request) {
    using When = ports::PutRule::When;
    ports::PutRule rule;
    TRY(rule.lives_for, life_of(request.has_lives_for_ns(), request.lives_for_ns()));
    switch (request.condition()) {
        case v1::PutValueRequest::CONDITION_UNSPECIFIED: break;
        case v1::PutValueRequest::CONDITION_ABSENT: rule.when = When::absent; break;
        case v1::PutValueRequest::CONDITION_PRESENT: rule.when = When::present; break;
        default: return fail(ErrorCode::bad_input, fmt::format("condition {} is not known here", static_cast<int>(request.condition())));
    }
    if (request.has_expected() && rule.when != When::always) return fail(ErrorCode::bad_input, "a put expects a value or has a condition, not both");
    return rule;
}

Result<v1::PutValueReply> put_value(DatabaseState& state, const DatabaseStores& stores, const v1::PutValueRequest& request, const kit::Call& call) {
    TRY(const std::string key, stored_key(request.key()));
    TRY(const ports::PutRule rule, rule_of(request));
    TRY_VOID(ports::check_value(request.value()));
    TRY(const auto before, stores.values->get({call.tenant, key}));
    Stock change = size_of(key.size(), request.value().size());
    if (before) change += -size_of(key.size(), before->size());
    TRY_VOID(take_room(state, stores, call, change));
    const Result<bool> stored = request.has_expected() ? stores.values->compare_and_set({call.tenant, key}, request.expected(), request.value(), rule.lives_for)
                                                       : stores.values->put({call.tenant, key}, request.value(), rule);
    settle(state, call, stored, stored.value_or(false), change);
    if (!stored) return std::unexpected(stored.error());
    v1::PutValueReply reply;
    reply.set_stored(*stored);
    return reply;
}

Result<v1::DeleteValueReply> delete_value(DatabaseState& state, const DatabaseStores& stores, const v1::DeleteValueRequest& request, const kit::Call& call) {
    TRY(const std::string key, stored_key(request.key()));
    TRY(const auto before, stores.values->get({call.tenant, key}));
    TRY(const bool removed, stores.values->remove({call.tenant, key}));
    if (removed && before) state.value_stock.give_back(call.tenant, size_of(key.size(), before->size()));
    v1::DeleteValueReply reply;
    reply.set_removed(removed);
    return reply;
}

Result<v1::AddToCounterReply> add_to_counter(DatabaseState& state, const DatabaseStores& stores, const v1::AddToCounterRequest& request, const kit::Call& call) {
    TRY(const std::string key, stored_key(request.key()));
    ports::Addition addition{.delta = request.delta(), .lives_for = {}};
    if (request.has_lowest()) addition.min = request.lowest();
    if (request.has_highest()) addition.max = request.highest();
    TRY(addition.lives_for, life_of(request.has_lives_for_ns(), request.lives_for_ns()));
    TRY(const auto before, stores.values->get({call.tenant, key}));
    const Stock change = before ? Stock{} : size_of(key.size(), counter_bytes);
    TRY_VOID(take_room(state, stores, call, change));
    const Result<ports::Counted> counted = stores.values->add({call.tenant, key}, addition);
    settle(state, call, counted, counted && counted->added, change);
    if (!counted) return std::unexpected(counted.error());
    v1::AddToCounterReply reply;
    reply.set_value(counted->value);
    reply.set_added(counted->added);
    return reply;
}

Result<v1::ScanKeysReply> scan_keys(DatabaseState& state, const DatabaseStores& stores, const v1::ScanKeysRequest& request, const kit::Call& call) {
    TRY(const int count, page_size("keys_max", request.keys_max(), keys_otherwise, std::min(keys_max, state.limits().page_rows_max)));
    if (request.prefix().size() > key_bytes_max) return fail(ErrorCode::bad_input, fmt::format("prefix: at most {} bytes", key_bytes_max));
    Fingerprint print;
    for (const std::string_view part : {std::string_view("keys"), std::string_view(call.tenant), std::string_view(request.prefix())}) print.add(part);
    std::string from;
    if (!request.page().empty()) {
        TRY(from, read_text_mark(request.page(), print.value()));
    }
    TRY(const ports::ScanPage page, stores.values->scan(call.tenant, std::string(space) + request.prefix(), from, count));
    v1::ScanKeysReply reply;
    for (const std::string& key : page.keys)
        if (const auto shown = std::string_view(key).substr(space.size()); is_utf8(shown)) reply.add_keys(std::string(shown));
    if (!page.next.empty()) reply.set_next_page(make_text_mark(print.value(), page.next));
    return reply;
}

}  // namespace

void add_value_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state) {
    answer(handlers, state, "aitrading.v1.KeyValueService/GetValue", get_value);
    answer(handlers, state, "aitrading.v1.KeyValueService/PutValue", put_value);
    answer(handlers, state, "aitrading.v1.KeyValueService/DeleteValue", delete_value);
    answer(handlers, state, "aitrading.v1.KeyValueService/AddToCounter", add_to_counter);
    answer(handlers, state, "aitrading.v1.KeyValueService/ScanKeys", scan_keys);
}

}  // namespace aitrading::serving
