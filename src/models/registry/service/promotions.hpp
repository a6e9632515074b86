#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/registry/promotion.hpp"
#include "models/registry/service/model_store.hpp"

namespace aitrading::models {

struct PromotionRequest {
    std::string name;
    int version = 0;
    bool force = false;       ///< although a gate refuses; needs a reason
    std::string reason;
    UnixNanos now;
    std::string command_line;
};

/// Which promotions a rollback speaks of; empty fields match everything.
struct RollbackRequest {
    std::string name;         ///< of the model that serves now
    std::string symbol, label;
    std::optional<Timeframe> timeframe;
    UnixNanos now;
    std::string command_line;
};

/// Which versions serve: one for each instrument, timeframe and label. Every change is one transaction of the registry
/// file: after kill -9 either the old version serves or the new one. Writers take turns.
class Promotions {
  public:
    explicit Promotions(const std::filesystem::path& home) : store_(home) {}

    /// Puts a version into production for what it was trained on. One that serves already is left and its change returned.
    /// Damage and leaks (ModelStore::show) are refused whatever is forced.
    /// @errors not_found, gate_refused (which gates and their figures), usage (force without a reason)
    Result<Change> promote(const PromotionRequest& request) const;
    /// Brings back what served before. The version is verified as in `promote`, its gates are not asked again.
    /// @errors not_found (nothing serves, or nothing did before), usage (several aliases match; names them), gate_refused
    Result<Change> rollback(const RollbackRequest& request) const;

    /// All changes, by id; empty where there is no registry file yet. @errors gate_refused (damaged), failed
    Result<std::vector<Change>> history() const;
    /// The current change of every key.
    Result<std::vector<Change>> in_production() const;

  private:
    ModelStore store_;
};

}  // namespace aitrading::models
