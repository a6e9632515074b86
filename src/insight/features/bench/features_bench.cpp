#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unistd.h>

#include "base/check.hpp"
#include "insight/features/feature_set.hpp"
#include "insight/features/microstructure.hpp"
#include "insight/features/registry.hpp"
#include "insight/features/tests/made_bars.hpp"
#include "kit/bench.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t bars_count = 100'000;

/// Best of several passes. [nanoseconds a bar]
template <class Work>
double nanos_per_bar(std::size_t bars, const Work& work) {
    return 1e9 * kit::best_of(15, work) / static_cast<double>(bars);
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

/// Bar by bar through the interface, as a live feed comes.
double incremental_time_of(const std::vector<IndicatorRequest>& requests, const std::vector<Candle>& candles) {
    double keep = 0;
    const double nanos = nanos_per_bar(candles.size(), [&] {
        std::vector<std::unique_ptr<Indicator>> made;
        made.reserve(requests.size());
        for (const IndicatorRequest& r : requests) made.push_back(r.make());
        std::array<double, 8> out{};
        for (const Candle& bar : candles)
            for (const auto& indicator : made) {
                indicator->update(bar, std::span(out).first(indicator->outputs()));
                keep += out[0] == out[0] ? out[0] : 0;
            }
    });
    CHECK(keep == keep);
    return nanos;
}

bool is_candlestick(const IndicatorRequest& r) { return r.entry->name.starts_with("cdl_"); }

void add_indicators(std::vector<kit::BenchRow>& rows, const std::vector<Candle>& candles) {
    const auto all = all_indicators();
    std::vector<IndicatorRequest> common, patterns;
    for (const IndicatorRequest& r : all) {
        if (is_candlestick(r))
            patterns.push_back(r);
        else if (r.entry->source.starts_with("TA-Lib"))
            common.push_back(r);
    }
    const std::vector<IndicatorRequest> forty(common.begin(), common.begin() + 40);
    const Peer peer = talib(forty, candles);
    const auto per_second = [](double nanos) { return 1000 / nanos; };
    const std::string note = "first 40 of `indicators list` that TA-Lib has, standard parameters; processor time of one thread";
    const std::optional<double> theirs = peer.nanos ? std::optional(per_second(*peer.nanos)) : std::nullopt;
    rows.push_back({.name = "40 indicators bar by bar", .value = per_second(incremental_time_of(forty, candles)),
                    .unit = "M bars/s", .target = 2.5, .higher_is_better = true, .peer = peer.name, .peer_value = theirs,
                    .note = note});
    rows.push_back({.name = "40 indicators in columns", .value = per_second(time_of(forty, candles)), .unit = "M bars/s",
                    .target = theirs.value_or(5.1), .higher_is_better = true, .peer = peer.name, .peer_value = theirs,
                    .note = note + "; target: TA-Lib in this run"});
    const auto beside = [&](const std::string& name, const std::vector<IndicatorRequest>& requests) {
        const Peer other = talib(requests, candles);
        rows.push_back({.name = name, .value = time_of(requests, candles), .unit = "ns/bar", .target = other.nanos,
                        .peer = other.name, .peer_value = other.nanos, .note = "the same classes also serve streams"});
    };
    beside(fmt::format("{} indicators that TA-Lib has", common.size()), common);
    beside(fmt::format("{} candlestick patterns", patterns.size()), patterns);
    rows.push_back({.name = fmt::format("all {} of `indicators list`", all.size()), .value = time_of(all, candles),
                    .unit = "ns/bar", .peer = "none: TA-Lib lacks many of them"});
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
        rows.push_back({.name = fmt::format("default matrix {}, {} columns", name(timeframe), set.columns()),
                        .value = nanos, .unit = "ns/bar", .peer = "none: no peer has these columns"});
    }
    constexpr std::size_t rows_count = 40'000;
    const BarColumns bars = made_bars(Timeframe::h1, rows_count, 2);
    const std::vector<CrossSeries> cross{cross_series("dxy", made_bars(Timeframe::h1, rows_count, 3)),
                                         cross_series("gold", made_bars(Timeframe::h1, rows_count, 4))};
    const FeatureSet set(FeatureOptions::wide_of(bars, cross));
    const double nanos = nanos_per_bar(bars.size(), [&] { CHECK(set.compute(bars, cross)->rows() == bars.size()); });
    rows.push_back({.name = fmt::format("wide matrix, {} columns of 40,000 H1 bars", set.columns()),
                    .value = nanos * static_cast<double>(rows_count) * 1e-9, .unit = "s", .target = 0.5,
                    .peer = "none: no peer has these columns", .note = "at least 150 columns; two other markets beside it"});
}

void add_quotes(std::vector<kit::BenchRow>& rows) {
    SplitMix64 random(1);
    TickColumns ticks;
    ticks.key = {"EURUSD", Timeframe::ticks};
    std::int64_t time = 0, middle = 1'200'000'000;
    for (int i = 0; i < 500'000; ++i) {
        time += 1 + static_cast<std::int64_t>(random.next_below(2'000'000'000));
        middle += 10'000 * (static_cast<std::int64_t>(random.next_below(7)) - 3);
        const auto size = [&] { return Quantity{1'000'000 * (1 + static_cast<std::int64_t>(random.next_below(9)))}; };
        ticks.append({{time}, Price{middle}, Price{middle + 10'000}, size(), size()});
    }
    const QuoteFeatures features = QuoteFeatures::of(ticks, Timeframe::m1);
    const double nanos = nanos_per_bar(ticks.size(), [&] { CHECK(features.compute(ticks)->rows() > 0); });
    rows.push_back({.name = "quote features, M1", .value = 1000 / nanos, .unit = "M quotes/s", .higher_is_better = true,
                    .peer = "none"});
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
    add_quotes(rows);
    if (std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--each"; })) add_each(rows, candles);
    return aitrading::kit::print_bench(rows, argc, argv);
}
