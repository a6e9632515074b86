#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/model.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {

/// One instrument: its features, each known from FeatureMatrix::known on, and its labels over them.
struct PoolSeries {
    std::string name;
    FeatureMatrix features;
    LabelSet labels;
};

/// Instruments that one net is trained on. Immutable; safe to share between threads.
class NetPool {
  public:
    /// @errors usage: fewer than two instruments, one twice; bad_input: other columns or another label than the first one's
    static Result<NetPool> make(std::vector<PoolSeries> series);
    const std::vector<PoolSeries>& series() const { return series_; }
    /// The named instrument; null where the pool lacks it.
    const PoolSeries* find(const std::string& name) const;
    /// From the first row that is known to the last.
    std::int64_t span_nanos() const;
    /// Names and a fingerprint of all columns and labels, as words for cards and hashes.
    const std::string& describe() const { return text_; }

  private:
    NetPool() = default;
    std::vector<PoolSeries> series_;
    std::string text_;
};

/// The first instant of the month, or of the day, in which `time` lies, UTC: trainings that end in one month share a net.
UnixNanos month_start(UnixNanos time);
UnixNanos day_start(UnixNanos time);

/// One training from all instruments' rows that are known by `until`, labels included: nothing later is looked at.
///
/// The latest 15 % of these labels, by time and for all instruments at the same instant, stop it early; labels that reach across that
/// instant are left out. Series stand one behind the other, first what teaches of each, then what judges, each judging piece behind
/// rows that only warm the state up. Columns are standardised by each instrument's own mean and deviation over its rows that
/// teach; auxiliary targets are taken about its own mean (see NetWeights `input.*` and settle_weights). Instruments with fewer than 100
/// such labels are left out.
/// @errors bad_input: no instrument has enough labels by then; check_job's
Result<TrainingJob> pool_job(const NetPool& pool, const NetParameters& parameters, UnixNanos until, std::uint64_t seed);

/// A pool's net as it serves one instrument: its inputs standardised by that instrument's own rows, its auxiliary outputs about that
/// instrument's means; columns that never change there are unheard. @param own rows that teach; `series` is read up to the last of them
NetWeights settle_weights(const NetWeights& pooled, const NetParameters& parameters, const TrainingData& own);

}  // namespace aitrading::models
