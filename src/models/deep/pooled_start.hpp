#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "models/deep/net_pool.hpp"

namespace aitrading::models {

struct PooledStartOptions {
    std::uint64_t seed = 1;            ///< of the pool's training; the adaptation has its fit's own
    double slower = 0.25;              ///< the adaptation's learning rate over that of a training from scratch
    std::uint32_t epochs = 8;          ///< of the adaptation, at most
    std::uint32_t patience = 3;
    bool by_month = true;              ///< a net for each month in which a training ends; else for each day, for short series
    /// Keeps finished trainings of the pool between calls, by a name of everything they depend on; both may be empty.
    std::function<std::optional<std::string>(const std::string& key)> load;
    std::function<void(const std::string& key, const std::string& bytes)> store;
};

/// The nets of one kind that a pool's instruments start from: one for each month or day in which a training ends, made when it is first
/// asked for. Shared by all instruments and folds; safe to share between threads.
class PooledStart {
  public:
    PooledStart(std::shared_ptr<const NetPool> pool, NetParameters parameters, std::shared_ptr<const NetTrainer> trainer, PooledStartOptions options);
    /// The net for a training whose rows are known by `until`: from what is known at the start of that month or day.
    /// @errors pool_job's and the trainer's
    Result<NetWeights> at(UnixNanos until, const FitOptions& fit) const;
    const NetPool& pool() const { return *pool_; }
    const NetParameters& parameters() const { return parameters_; }
    const PooledStartOptions& options() const { return options_; }
    const std::shared_ptr<const NetTrainer>& trainer() const { return trainer_; }

  private:
    struct Slot {
        std::mutex busy;
        std::optional<NetWeights> net;
    };
    Result<std::string> trained(UnixNanos known_by, const FitOptions& fit) const;
    std::shared_ptr<const NetPool> pool_;
    NetParameters parameters_;
    std::shared_ptr<const NetTrainer> trainer_;
    PooledStartOptions options_;
    mutable std::mutex mutex_;
    mutable std::map<UnixNanos, Slot> slots_;  ///< one a fit at most
};

/// What becomes of the pool's net on the instrument's own rows.
enum class PoolUse : std::uint8_t {
    adapted,  ///< trained on from there, more slowly; stays as it was unless the validation rows gain one standard error by it
    as_it_is,
};

/// A net that starts from a pool: `lstm`, `transformer` or `cnn` by name, stored and restored as these.
///
/// A fit asks for the pool's net by the instant at which its last teaching row is known, so that neither its validation rows nor
/// anything behind them had a part, in any instrument.
/// @param known when each row of the instrument's series may be used   @errors of fit: PooledStart::at's, bad_input (a series of other
/// columns or longer than `known`), and those of a net's fit
std::unique_ptr<Learner> make_pooled_learner(std::shared_ptr<const PooledStart> start, std::vector<UnixNanos> known, PoolUse use);

}  // namespace aitrading::models
