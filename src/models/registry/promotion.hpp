#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::models {

/// What one production alias answers for: at most one version serves it at a time.
struct ProductionKey {
    SeriesKey series;
    std::string label;  ///< without blanks, so that `volatility( 120 )` and `volatility(120)` are one
    static ProductionKey of(const ModelMetadata& metadata);
    friend bool operator==(const ProductionKey&, const ProductionKey&) = default;
};
/// `EURUSD H1 next_bar`
std::string to_string(const ProductionKey& key);

enum class ChangeKind { promotion, rollback };
std::string_view name(ChangeKind kind);

/// One line of the record of what was put into production. Lines are added, never changed; the last line of a key says
/// what serves it.
struct Change {
    std::int64_t id = 0;       ///< 1, 2, 3, …; given by the registry
    UnixNanos time;
    ChangeKind kind = ChangeKind::promotion;
    ProductionKey key;
    std::string name;          ///< of the version that serves from here on
    int version = 0;
    std::string content;       ///< its content hash
    std::int64_t before = 0;   ///< id of the change that a rollback goes back to; 0: nothing served before
    bool forced = false;       ///< a gate refused and `reason` says why it was done all the same
    std::string reason;        ///< as given
    std::string gates;         ///< what the gates said, one a line; empty for a rollback
    std::string command_line;
    friend bool operator==(const Change&, const Change&) = default;
};

/// The change that says what serves a key; nullptr where nothing does. @param changes by id
const Change* in_production(std::span<const Change> changes, const ProductionKey& key);
/// The current change of every key, in the order of the keys' first promotions.
std::vector<const Change*> in_production(std::span<const Change> changes);
/// The change that brings back what served before the current one; its id and time are the caller's to set.
/// A second rollback goes one step further back. @errors not_found (nothing serves the key, or nothing did before)
Result<Change> plan_rollback(std::span<const Change> changes, const ProductionKey& key);

/// What a panel needs before its model may serve. Sources: ml.md 1.5 and 4 (calibration), 10 (DSR, PBO).
struct PromotionLimits {
    std::int64_t scored_bars = 500;
    double ece_margin = 0.01;  ///< above the noise floor of the calibration error
    double dsr = 0.95;         ///< deflated for the trials; with one trial the plain probabilistic Sharpe ratio
    double pbo = 0.2;          ///< at most, where several configurations were run
};

struct PromotionGate {
    std::string name;
    bool passed = false;
    std::string text;  ///< the figure beside its limit, or why the gate does not apply
};

/// Every gate on the panel of a version. A figure that is missing does not pass, except where the panel says why it
/// cannot exist (no direction to trade; one configuration has no PBO).
std::vector<PromotionGate> promotion_gates(const ModelMetadata& metadata, const PromotionLimits& limits = {});
/// `passed  scored bars: 1200 (at least 500)`, one a line.
std::string to_text(std::span<const PromotionGate> gates);

/// Refuses a model on features that are made otherwise than those it learnt. @errors gate_refused (both hashes)
Result<void> check_manifest(const ModelMetadata& metadata, std::string_view manifest_hash);
/// Refuses to score the model itself on bars that its fit has seen. @errors gate_refused (both spans, the fingerprint)
Result<void> check_unseen(const ModelMetadata& metadata, TimeRange test);
/// Refuses a version whose panel says that it scored the model itself on bars of its own fit, and one whose feature
/// manifest is another than its metadata state. @errors gate_refused, bad_input (the panel or the manifest cannot be read)
Result<void> check_honest(const ModelMetadata& metadata, std::string_view features_json);

}  // namespace aitrading::models
