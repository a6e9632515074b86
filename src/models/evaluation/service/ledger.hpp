#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::models {

/// One configuration evaluated on one series and label.
struct Trial {
    SeriesKey series;
    std::string label;
    std::string config;  ///< everything that was chosen: models, hyper-parameters, features, folds
};

/// Append-only file of every configuration that was ever evaluated; the count deflates the Sharpe ratio. The
/// same configuration counts once. One line a trial, written at once and synced; a line torn by a crash is
/// ignored and the next append begins a new one. Several processes may append side by side.
class TrialLedger {
  public:
    /// Reads what is there; a missing file is an empty ledger. @errors failed (cannot be read)
    static Result<TrialLedger> open(std::filesystem::path file);
    /// Appends unless known and returns the number of trials of this series and label, this one included.
    /// @errors failed (cannot be written: disk full, read-only)
    Result<std::int64_t> record(const Trial& trial);
    /// Distinct configurations so far.
    std::int64_t count(const SeriesKey& series, const std::string& label) const;

  private:
    explicit TrialLedger(std::filesystem::path file) : file_(std::move(file)) {}
    Result<void> reload();
    std::filesystem::path file_;
    std::set<std::pair<std::string, std::string>> seen_;  ///< series and label, hash of the configuration
};

}  // namespace aitrading::models
