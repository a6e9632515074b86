#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>
#include <unistd.h>

#include "base/check.hpp"
#include "insight/features/feature_set.hpp"
#include "insight/features/registry.hpp"
#include "insight/features/tests/made_bars.hpp"
#include "kit/bench.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t bars_count = 100'000;

/// Processor time of this thread, so that other work on the machine does not count.
double thread_nanos() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Best of several passes: the one whose caches were least disturbed. [nanoseconds a bar]
template <class Work>
double nanos_per_bar(std::size_t bars, const Work& work) {
    double best = std::numeric_limits<double>::infinity();
    for (int pass = 0; pass < 15; ++pass) {
        const double start = thread_nanos();
        work();
        best = std::min(best, (thread_nanos() - start) / static_cast<double>(bars));
    }
    return best;
}

double time_of(const std::vector<IndicatorRequest>& requests, const std::vector<Candle>& candles) {
    double keep = 0;
    const double nanos = nanos_per_bar(candles.size(), [&] {
        for (const auto& column : compute_indicators(requests, candles)) keep += column.back();
    });
    CHECK(keep == keep);
    return nanos;
}

struct Peer {
    std::optional<double> nanos;
    std::string name;
};

/// TA-Lib over the same bars in this run, or why not.
Peer talib(const std::vector<IndicatorRequest>& requests, const std::vector<Candle>& candles) {
    const char* python = std::getenv("AITRADING_PEERS_PYTHON");
    if (python == nullptr || *python == '\0') return {{}, "none: AITRADING_PEERS_PYTHON names no interpreter"};
    const auto file = std::filesystem::temp_directory_path() / fmt::format("features-bench-{}.bin", getpid());
    std::vector<double> numbers;
    for (const Candle& c : candles) numbers.insert(numbers.end(), {c.open, c.high, c.low, c.close, c.volume});
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(double)));
    std::string command = fmt::format("'{}' '{}/bench/talib_peer.py' '{}'", python, AIT_ROOM_DIR, file.string());
    for (const IndicatorRequest& request : requests) command += " " + request.entry->name;
    command += " 2>/dev/null";
    char version[64] = "";
    double nanos = 0;
    int read = 0;
    if (std::FILE* out = popen(command.c_str(), "r"); out != nullptr) {
        read = std::fscanf(out, "%63s %lf", version, &nanos);
        pclose(out);
    }
    std::filesystem::remove(file);
    if (read != 2) return {{}, "none: the interpreter of AITRADING_PEERS_PYTHON has no ta-lib"};
    return {nanos, fmt::format("TA-Lib {} (Python, batch)", version)};
}

std::vector<IndicatorRequest> all_indicators() {
    std::vector<IndicatorRequest> requests;
    for (const IndicatorEntry& entry : indicator_registry()) requests.push_back(parse_indicator(entry.name).value());
    return requests;
}

void add_indicators(std::vector<kit::BenchRow>& rows, const std::vector<Candle>& candles) {
    const auto all = all_indicators();
    const std::vector<IndicatorRequest> forty(all.begin(), all.begin() + 40);
    const double nanos = time_of(forty, candles);
    const std::string note = "first 40 of `indicators list`, standard parameters; processor time of one thread";
    rows.push_back({.name = "40 indicators over M1 bars", .value = 1000 / nanos, .unit = "M bars/s", .target = 2.5,
                    .higher_is_better = true, .peer = "see the next rows", .note = note});
    std::vector<IndicatorRequest> common;
    for (const IndicatorRequest& r : all)
        if (r.entry->source.starts_with("TA-Lib")) common.push_back(r);
    const Peer peer = talib(common, candles);
    rows.push_back({.name = fmt::format("{} indicators that TA-Lib has", common.size()),
                    .value = time_of(common, candles), .unit = "ns/bar", .target = 10.0 * static_cast<double>(common.size()),
                    .peer = peer.name, .peer_value = peer.nanos, .note = "the same classes also serve streams"});
    rows.push_back({.name = fmt::format("all {} indicators", all.size()), .value = time_of(all, candles),
                    .unit = "ns/bar", .target = 10.0 * static_cast<double>(all.size()),
                    .peer = "none: TA-Lib lacks many of them"});
}

void add_each(std::vector<kit::BenchRow>& rows, const std::vector<Candle>& candles) {
    for (const IndicatorRequest& request : all_indicators()) {
        const std::vector<IndicatorRequest> one{request};
        const Peer peer = request.entry->source.starts_with("TA-Lib") ? talib(one, candles) : Peer{{}, "none"};
        rows.push_back({.name = request.entry->name, .value = time_of(one, candles), .unit = "ns/bar",
                        .peer = peer.name, .peer_value = peer.nanos});
    }
}

void add_feature_sets(std::vector<kit::BenchRow>& rows) {
    for (const Timeframe timeframe : {Timeframe::m1, Timeframe::h1}) {
        const BarColumns bars = made_bars(timeframe, bars_count, 2);
        const FeatureSet set(FeatureOptions::of(bars));
        const double nanos = nanos_per_bar(bars.size(), [&] { CHECK(set.compute(bars)->rows() == bars.size()); });
        rows.push_back({.name = fmt::format("feature matrix {}, {} columns", name(timeframe), set.columns()),
                        .value = nanos, .unit = "ns/bar", .peer = "none: no peer has these columns"});
    }
}

}  // namespace
}  // namespace aitrading::insight

/// `--each` adds a row for every indicator alone.
int main(int argc, char** argv) {
    using namespace aitrading::insight;
    const aitrading::BarColumns bars = made_bars(aitrading::Timeframe::m1, bars_count, 1);
    std::vector<Candle> candles;
    candles.reserve(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) candles.push_back(Candle::of(bars.bar(i)));
    std::vector<aitrading::kit::BenchRow> rows;
    add_indicators(rows, candles);
    add_feature_sets(rows);
    if (std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--each"; })) add_each(rows, candles);
    return aitrading::kit::print_bench(rows, argc, argv);
}
