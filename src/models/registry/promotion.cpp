#include "models/registry/promotion.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aitrading::models {

ProductionKey ProductionKey::of(const ModelMetadata& metadata) {
    ProductionKey key{metadata.series, metadata.label};
    std::erase(key.label, ' ');
    return key;
}

std::string to_string(const ProductionKey& key) { return fmt::format("{} {}", to_string(key.series), key.label); }

std::string_view name(ChangeKind kind) { return kind == ChangeKind::promotion ? "promotion" : "rollback"; }

const Change* in_production(std::span<const Change> changes, const ProductionKey& key) {
    const auto found = std::find_if(changes.rbegin(), changes.rend(), [&key](const Change& c) { return c.key == key; });
    return found == changes.rend() ? nullptr : &*found;
}

std::vector<const Change*> in_production(std::span<const Change> changes) {
    std::vector<const Change*> current;
    for (const Change& change : changes) {
        const auto same = std::ranges::find_if(current, [&change](const Change* c) { return c->key == change.key; });
        if (same == current.end()) current.push_back(&change);
        else *same = &change;
    }
    return current;
}

Result<Change> plan_rollback(std::span<const Change> changes, const ProductionKey& key) {
    const Change* now = in_production(changes, key);
    if (now == nullptr) return fail(ErrorCode::not_found, fmt::format("nothing is in production for {}; `aitrading models promote` puts a version there", to_string(key)));
    const auto earlier = std::ranges::find(changes, now->before, &Change::id);
    if (now->before == 0 || earlier == changes.end())
        return fail(ErrorCode::not_found, fmt::format("{} version {} serves {}, and nothing served it before; promote another version instead",
                                                      now->name, now->version, to_string(key)));
    Change change = *earlier;
    change.kind = ChangeKind::rollback;
    change.forced = false;
    change.reason = fmt::format("back from {} version {}", now->name, now->version);
    change.gates.clear();
    return change;
}

std::string to_text(std::span<const PromotionGate> gates) {
    std::string text;
    for (const PromotionGate& gate : gates)
        text += fmt::format("{}  {}: {}\n", gate.passed ? "passed " : "refused", gate.name, gate.text);
    return text;
}

Result<void> check_manifest(const ModelMetadata& m, std::string_view manifest_hash) {
    if (manifest_hash == m.feature_manifest_hash) return {};
    return fail(ErrorCode::gate_refused,
                fmt::format("model {} version {} learnt features of manifest {}, these are of manifest {}: the columns mean something else; use "
                            "the build and settings that trained it, or train it anew", m.name, m.version, m.feature_manifest_hash, manifest_hash));
}

Result<void> check_unseen(const ModelMetadata& m, TimeRange test) {
    if (test.to <= m.training_from || test.from >= m.training_end) return {};
    return fail(ErrorCode::gate_refused,
                fmt::format("model {} version {} was fitted on {} from {} to {} (data {}), and the test span begins at {}, inside it: a leak; test it "
                            "from its training end on, or by its out-of-fold predictions", m.name, m.version, to_string(m.series),
                            to_iso8601(m.training_from), to_iso8601(m.training_end), m.data_fingerprint,
                            to_iso8601(std::max(test.from, m.training_from))));
}

}  // namespace aitrading::models
