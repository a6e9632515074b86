#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "domain/market.hpp"
#include "models/deep/pooled_start.hpp"
#include "models/evaluation/paired_gain.hpp"

namespace aitrading::apps {

/// Which nets start from which instruments, and how that is judged.
struct TransferRequest {
    std::vector<std::string> symbols;  ///< the pool
    std::string timeframe, from, to, label = "next_bar";
    std::vector<std::string> models{"lstm"};  ///< names of nets
    std::string words;                 ///< `name=value` words for each of the nets; empty: defaults
    std::string device = "cpu";
    int folds = 4;
};

/// One net on one instrument: from scratch against a start from the pool, over the same purged walk-forward.
struct Transfer {
    std::string net, symbol;
    std::size_t instruments = 0;      ///< of the pool
    models::PairedGain gain;          ///< from scratch to adapted, of calibrated probabilities
    double log_loss_unadapted = 0;    ///< of the pool's net as it is
    UnixNanos from, to;               ///< first and last tested bar
    /// Whether the start is kept: the lower end of the gain's 95 % interval lies above 0.
    bool kept() const { return gain.clear(); }
};

/// Bars of a pool with features and labels, and the nets that start from them.
struct TransferPool {
    std::vector<BarColumns> bars;  ///< [symbols]
    std::shared_ptr<const models::NetPool> pool;
    std::vector<std::shared_ptr<const models::PooledStart>> starts;  ///< [models]
    /// The start of the named net; null where it is none of the pool's.
    std::shared_ptr<const models::PooledStart> start_of(const std::string& net) const;
};

/// Reads the series and computes features and labels. Finished trainings of the pool stay in the home's cache.
/// @errors usage (fewer than two symbols, one twice, a model that is no net, words); not_found (a series that is not stored; no
/// aitrading-train); bad_input
Result<TransferPool> read_pool(const TransferRequest& request, const Context& context);

/// Compares every net on one instrument of the pool, and counts the two starts as trials. @param symbol as the pool calls it
/// @errors those of walk_forward_predict
Result<std::vector<Transfer>> compare_starts(const TransferPool& pool, const std::string& symbol, const TransferRequest& request, const Context& context);

/// `lstm: start weights of 9 instruments: log loss .69120 to .69050 (gain .00070, 95 % .00020 to .00120, n 24,000): kept`
std::string sentence(const Transfer& transfer);

}  // namespace aitrading::apps
