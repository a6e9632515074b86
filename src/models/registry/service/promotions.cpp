#include "models/registry/service/promotions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/registry/service/registry_file.hpp"

namespace aitrading::models {
namespace {

bool blank(const std::string& text) { return std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\n'; }); }

/// The gates' verdict as the change records it. @errors usage, gate_refused
Result<void> pass_gates(const ModelMetadata& metadata, const PromotionRequest& request, Change& change) {
    if (request.force && blank(request.reason)) return fail(ErrorCode::usage, "--force needs --reason TEXT: it is kept in the registry's record");
    const std::vector<PromotionGate> gates = promotion_gates(metadata);
    change.gates = to_text(gates);
    const bool passed = std::ranges::all_of(gates, &PromotionGate::passed);
    change.forced = !passed;
    if (passed || request.force) return {};
    return fail(ErrorCode::gate_refused, fmt::format("{} version {} does not pass and is not promoted; train a better one, or --force with --reason TEXT:\n{}",
                                                     metadata.name, metadata.version, change.gates));
}

bool matches(const Change& change, const RollbackRequest& request) {
    std::string label = request.label;
    std::erase(label, ' ');
    return (request.name.empty() || change.name == request.name) && (request.symbol.empty() || change.key.series.symbol == request.symbol) &&
           (!request.timeframe || change.key.series.timeframe == *request.timeframe) && (label.empty() || change.key.label == label);
}

Result<ProductionKey> key_of(const std::vector<Change>& changes, const RollbackRequest& request) {
    std::vector<const Change*> found = in_production(changes);
    std::string all, some;
    for (const Change* c : found) all += fmt::format("\n  {}: {} version {}", to_string(c->key), c->name, c->version);
    std::erase_if(found, [&request](const Change* c) { return !matches(*c, request); });
    for (const Change* c : found) some += fmt::format("\n  {}: {} version {}", to_string(c->key), c->name, c->version);
    if (found.size() == 1) return found.front()->key;
    if (found.size() > 1) return fail(ErrorCode::usage, "several are in production; name one by --symbol, --timeframe or --label:" + some);
    if (all.empty()) return fail(ErrorCode::not_found, "nothing is in production; `aitrading models promote` puts a version there");
    return fail(ErrorCode::not_found, fmt::format("nothing in production is of that kind{}; there is:{}",
                                                  request.name.empty() ? "" : " (" + request.name + ")", all));
}

}  // namespace

Result<Change> Promotions::promote(const PromotionRequest& request) const {
    TRY(const ModelEntry entry, store_.show(request.name, request.version));
    Change change{.time = request.now, .key = ProductionKey::of(entry.metadata), .name = request.name, .version = request.version,
                  .content = entry.content_hash, .reason = request.reason, .command_line = request.command_line};
    TRY_VOID(pass_gates(entry.metadata, request, change));
    TRY(RegistryFile registry, RegistryFile::open_or_create(store_.folder()));
    TRY(SqlTransaction transaction, registry.begin());
    TRY_VOID(store_.adopt(registry));
    TRY(const std::vector<Change> changes, registry.changes());
    if (const Change* now = models::in_production(changes, change.key)) {
        if (now->name == change.name && now->version == change.version) return *now;
        change.before = now->id;
    }
    TRY(Change added, registry.add(change));
    TRY_VOID(transaction.commit());
    return added;
}

Result<Change> Promotions::rollback(const RollbackRequest& request) const {
    TRY(std::optional<RegistryFile> registry, RegistryFile::open_existing(store_.folder()));
    if (!registry) return std::unexpected(key_of({}, request).error());
    TRY(SqlTransaction transaction, registry->begin());
    TRY(const std::vector<Change> changes, registry->changes());
    TRY(const ProductionKey key, key_of(changes, request));
    TRY(Change change, plan_rollback(changes, key));
    TRY_VOID(store_.show(change.name, change.version));
    change.time = request.now;
    change.command_line = request.command_line;
    TRY(Change added, registry->add(change));
    TRY_VOID(transaction.commit());
    return added;
}

Result<std::vector<Change>> Promotions::history() const {
    TRY(std::optional<RegistryFile> registry, RegistryFile::open_existing(store_.folder()));
    if (!registry) return std::vector<Change>{};
    return registry->changes();
}

Result<std::vector<Change>> Promotions::in_production() const {
    TRY(const std::vector<Change> changes, history());
    std::vector<Change> current;
    for (const Change* change : models::in_production(changes)) current.push_back(*change);
    return current;
}

}  // namespace aitrading::models
