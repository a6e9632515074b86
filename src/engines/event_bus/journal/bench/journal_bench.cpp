#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engines/event_bus/faults/cut_run.hpp"
#include "engines/event_bus/faults/kill_run.hpp"
#include "engines/event_bus/journal/bench/load.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines::bench {
namespace {

/// Kills in folders of ten runs each: a journal that has been killed before is the common case.
kit::BenchRow kills(int count) {
    std::int64_t acknowledged = 0;
    int broken = 0;
    std::string first;
    for (int from = 0; from < count; from += 10) {
        const Folder folder("kills");
        for (int seed = from + 1; seed <= std::min(from + 10, count); ++seed) {
            const KillRun run = run_kill(folder.path(), static_cast<std::uint64_t>(seed));
            acknowledged += run.acknowledged;
            if (run.broken.empty()) continue;
            if (broken++ == 0) first = run.broken;
        }
    }
    return {"kill -9 under load: broken promises", static_cast<double>(broken), fmt::format("of {} kills", count), 0.0, false, "none", {},
            first.empty() ? fmt::format("{} events acknowledged before the kills", acknowledged) : first};
}

kit::BenchRow cuts(int count) {
    std::int64_t acknowledged = 0, steps = 0;
    int broken = 0, came = 0;
    std::string first;
    for (int seed = 1; seed <= count; ++seed) {
        const CutRun run = run_cut(static_cast<std::uint64_t>(seed));
        acknowledged += run.acknowledged;
        steps += run.steps;
        came += run.fault_came ? 1 : 0;
        if (run.broken.empty()) continue;
        if (broken++ == 0) first = run.broken;
    }
    return {"simulated disk: broken promises", static_cast<double>(broken), fmt::format("of {} lives", count), 0.0, false, "none", {},
            first.empty() ? fmt::format("faults came in {}; {} steps of the disk, {} events acknowledged", came, steps, acknowledged) : first};
}

void durable(std::vector<kit::BenchRow>& rows) {
    Durable best;
    std::string all;
    for (int i = 0; i < 3; ++i) {
        const Folder folder("durable");
        const Durable run = durable_load(folder.path(), 500'000);
        all += fmt::format("{}{:.0f}", i == 0 ? "" : ", ", run.events_per_second);
        if (run.events_per_second > best.events_per_second) best = run;
    }
    rows.push_back({"durable events, one consumer along", best.events_per_second, "events/s", 1e5, true, "none", {},
                    fmt::format("best of 3 ({}); about {:.0f} events a sync, {:.0f} bytes an event on the disk", all, best.batch_events, best.file_bytes_per_event)});
    rows.push_back({"… until the consumer has committed all", best.consumed_per_second, "events/s", {}, true, "none", {}, "the same run"});
    rows.push_back({"… processor time of an event, all threads", best.processor_us, "us", {}, false, "none", {},
                    "make, publish, store, acknowledge, read, commit: does not change with what else runs here"});
}

void paced(std::vector<kit::BenchRow>& rows) {
    const Folder folder("paced");
    std::vector<double> syncs = sync_milliseconds(folder.path(), 300);
    const Paced run = paced_load(folder.path(), 50'000, 10);
    for (const double after : sync_milliseconds(folder.path(), 300)) syncs.push_back(after);
    const double f = kit::quantile(syncs, 0.99);
    const double target = f <= 1 ? 20 : 4 * f + 5;
    rows.push_back({"the disk's own fdatasync, p99 (f)", f, "ms", {}, false, "none", {}, fmt::format("64 KiB appended each; p50 {:.2f} ms; before and after the paced run", kit::median(syncs))});
    rows.push_back({"acknowledgement at 50,000/s, p50", kit::median(run.acknowledged_ms), "ms", {}, false, "none", {}, fmt::format("{:.0f} events/s were published, 10 s", run.rate)});
    rows.push_back({"acknowledgement at 50,000/s, p99", kit::quantile(run.acknowledged_ms, 0.99), "ms", target, false, "none", {},
                    f <= 1 ? "target 20 ms: f is at most 1 ms" : "target 4 f + 5 ms: f is above 1 ms"});
    rows.push_back({"acknowledgement at 50,000/s, p99.9", kit::quantile(run.acknowledged_ms, 0.999), "ms", {}, false, "none", {}, ""});
}

int number_after(int argc, char** argv, const char* flag, int otherwise) {
    for (int i = 1; i + 1 < argc; ++i)
        if (std::strcmp(argv[i], flag) == 0) return std::atoi(argv[i + 1]);
    return otherwise;
}

}  // namespace
}  // namespace aitrading::engines::bench

/// --cuts N, --kills N: fewer than the full proof.
int main(int argc, char** argv) {
    using namespace aitrading::engines::bench;  // NOLINT(google-build-using-namespace)
    std::vector<aitrading::kit::BenchRow> rows;
    const auto kill_row = kills(number_after(argc, argv, "--kills", 200));  // first: a process forks best before it has threads
    durable(rows);
    paced(rows);
    rows.push_back(cuts(number_after(argc, argv, "--cuts", 10'000)));
    rows.push_back(kill_row);
    return aitrading::kit::print_bench(rows, argc, argv);
}
