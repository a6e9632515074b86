#pragma once

#include <cstdint>
#include <string>

namespace aitrading::engines {

struct CutRun {
    std::string broken;  ///< empty where every promise was kept; else which one, with the seed that replays it
    std::int64_t steps = 0;        ///< of the disk
    std::int64_t acknowledged = 0; ///< events
    bool fault_came = false;       ///< false: the run was over before
};

/// One seeded life of a journal on a simulated disk: publications, repeats, consumers that count, produce, reject and take
/// snapshots, retention that frees pages and gives them back, and restarts, until a fault that the seed chooses (power cut at any step, failed sync, full disk) ends it.
/// After the power is back: every acknowledged event is at its place, nothing is there twice, each publication is there as a
/// whole or not at all, subjects are in order, and each event had its effect on state and produced events once. Then what
/// was not acknowledged is published again, and the life goes on to its end.
/// @param disk_lies syncs do nothing: for the test that shows that this harness bites
CutRun run_cut(std::uint64_t seed, bool disk_lies = false);

}  // namespace aitrading::engines
