#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace aitrading::kit {

/// One measured figure beside its target and, where one exists, a peer measured in the same run.
struct BenchRow {
    std::string name;
    double value = 0;
    std::string unit;
    std::optional<double> target;
    bool higher_is_better = false;
    std::string peer;                   ///< name and version of the peer, or why there is none
    std::optional<double> peer_value;
    std::string note;                   ///< anything that a reader of the number must know
};

/// True where the value reaches the target (or there is none).
bool reaches_target(const BenchRow& row);

/// Prints `rows` as an aligned table, or with `--json` among the arguments as the JSON list of the contract:
/// `name, value, unit, target, ok, better, peer, peer_value, ratio, note`. Returns 0.
int print_bench(const std::vector<BenchRow>& rows, int argc, char** argv);

/// Processor time of this thread in seconds: other work on the machine does not count.
double thread_seconds();

/// Shortest processor time of `times` runs of `work`, in seconds: the run whose caches were least disturbed.
template <class Work>
double best_of(int times, Work work) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < times; ++i) {
        const double begun = thread_seconds();
        work();
        best = std::min(best, thread_seconds() - begun);
    }
    return best;
}

/// Median of the values. @pre not empty
double median(std::vector<double> values);
/// The p-quantile (nearest rank). @pre not empty, 0 < p <= 1
double quantile(std::vector<double> values, double p);

}  // namespace aitrading::kit
