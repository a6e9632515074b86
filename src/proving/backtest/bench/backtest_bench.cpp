#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/check.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "kit/bench.hpp"
#include "proving/backtest/bench/workload.hpp"
#include "proving/backtest/service/input_file.hpp"
#include "proving/backtest/vectorised.hpp"

namespace aitrading::backtest {
namespace {

using kit::BenchRow;
using Clock = std::chrono::steady_clock;

constexpr int passes = 5;
constexpr std::size_t bar_rows = 3'000'000, tick_rows = 5'000'000;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// Seconds of the engine (or of everything, reading included): median of some passes.
double timed(const std::function<Result<RunResult>()>& run, bool whole) {
    std::vector<double> seconds;
    std::string hash;
    for (int i = 0; i < passes; ++i) {
        const auto begin = Clock::now();
        const auto result = run();
        CHECK(result);
        seconds.push_back(whole ? seconds_since(begin) : result->seconds);
        CHECK(hash.empty() || hash == result->hash);
        hash = result->hash;
    }
    return kit::median(seconds);
}

struct Peer {
    std::string name;
    std::optional<double> bars_per_second, ticks_per_second;
    std::string why_no_ticks;
};

/// backtrader and nautilus_trader over the same files in the same run, where the interpreter that
/// AITRADING_PEERS_PYTHON names has them. The script prints `key value` lines.
Peer measure_peers(const std::filesystem::path& bars, const std::filesystem::path& ticks) {
    Peer peer;
    const char* python = std::getenv("AITRADING_PEERS_PYTHON");
    if (python == nullptr) {
        peer.name = peer.why_no_ticks = "none: AITRADING_PEERS_PYTHON names no interpreter";
        return peer;
    }
    const std::string command =
        fmt::format("'{}' '{}/bench/peers.py' '{}' '{}'", python, AIT_ROOM_DIR, bars.string(), ticks.string());
    std::FILE* out = popen(command.c_str(), "r");
    CHECK(out != nullptr);
    peer.name = "none: backtrader is not installed there";
    peer.why_no_ticks = "none: nautilus_trader is not installed there";
    char key[64];
    double value = 0;
    while (std::fscanf(out, "%63s %lf", key, &value) == 2) {
        if (std::string_view(key) == "backtrader") {
            peer.bars_per_second = value;
            peer.name = "backtrader";
        } else {
            peer.ticks_per_second = value;
            peer.why_no_ticks = "nautilus_trader";
        }
    }
    pclose(out);
    return peer;
}

void bench_bars(const BarColumns& bars, const BarStream& memory, const Peer& peer, std::vector<BenchRow>& rows) {
    const auto rate = [](double seconds) { return static_cast<double>(bar_rows) / seconds / 1e6; };
    const auto run = [&](bool margin) {
        return timed([&] {
            auto strategy = cross();
            return run_bars(memory, strategy, all_costs(Timeframe::m1, margin), {});
        }, false);
    };
    const std::optional<double> theirs = peer.bars_per_second ? std::optional(*peer.bars_per_second / 1e6) : std::nullopt;
    rows.push_back({.name = "backtest.bars", .value = rate(run(false)), .unit = "M bars/s", .target = 3,
                    .higher_is_better = true, .peer = peer.name, .peer_value = theirs,
                    .note = "event engine, ema_cross(10,30), spread, commission, slippage, swap, accounting"});
    rows.push_back({.name = "backtest.bars_margin", .value = rate(run(true)), .unit = "M bars/s", .target = 3,
                    .higher_is_better = true, .peer = peer.name, .peer_value = theirs,
                    .note = "the same with margin and stop-out watched inside every bar"});
    const double column = timed([&] {
        auto strategy = cross();
        return run_vectorised(bars, strategy, {trading::lot.raw / 10}, all_costs(Timeframe::m1, false), {});
    }, false);
    rows.push_back({.name = "backtest.bars_vectorised", .value = rate(column), .unit = "M bars/s",
                    .higher_is_better = true, .peer = "none", .note = "column pass with the same fills"});
}

void bench_ticks(const TickColumns& ticks, const Scratch& scratch, const Peer& peer, std::vector<BenchRow>& rows) {
    const auto rate = [](double seconds) { return static_cast<double>(tick_rows) / seconds / 1e6; };
    const std::optional<double> theirs = peer.ticks_per_second ? std::optional(*peer.ticks_per_second / 1e6) : std::nullopt;
    const auto add = [&](const char* name, const TickStream& stream, Timeframe timeframe, bool margin, bool whole,
                         const char* note) {
        const double seconds = timed([&] {
            auto strategy = cross();
            RunOptions options = all_costs(timeframe, margin);
            options.spread.reset();
            return run_ticks(stream, strategy, options, {});
        }, whole);
        rows.push_back({.name = name, .value = rate(seconds), .unit = "M ticks/s", .target = 5, .higher_is_better = true,
                        .peer = peer.why_no_ticks, .peer_value = theirs, .note = note});
    };
    const TickStream memory = [&](const ports::TickSink& sink) -> Result<void> {
        sink(ticks);
        return {};
    };
    add("backtest.ticks", memory, Timeframe::m1, false, false, "engine, M1 bars built on the way, all costs");
    add("backtest.ticks_margin", memory, Timeframe::m1, true, false, "the same with margin and stop-out watched");
    add("backtest.ticks_each", memory, Timeframe::ticks, false, false, "ema_cross decides on every tick");
    const auto input = inspect_input(scratch.file("ticks.csv"));
    CHECK(input);
    add("backtest.ticks_csv", ticks_of(*input, ticks.key, {}), Timeframe::m1, false, true,
        "from --input, reading the CSV included");
    const auto store = engines::open_parquet_store(scratch.folder());
    CHECK(store);
    auto writer = (*store)->replace_ticks(ticks.key, 5);
    CHECK(writer && (*writer)->append(ticks) && (*writer)->commit());
    add("backtest.ticks_store", [&](const ports::TickSink& sink) {
        return (*store)->stream_ticks(ticks.key, {}, 65'536, sink);
    }, Timeframe::m1, false, true, "from the store, reading included");
}

/// Reverses its position at every second bar.
class Flipper final : public trading::Strategy {
  public:
    std::string name() const override { return "flipper"; }
    void on_bar(const trading::BarClosed&, const trading::AccountView& account, trading::OrderCommands& out) override {
        if (++bars_ % 2 != 0) return;
        Order order;
        if (trading::order_towards(bars_ % 4 == 0 ? 1 : -1, {trading::lot.raw / 10}, account.position(), order))
            out.submit(order);
    }

  private:
    std::int64_t bars_ = 0;
};

/// Nanoseconds an event costs once 10,000 and once a million positions were closed before.
void bench_growth(const BarColumns& bars, std::vector<BenchRow>& rows) {
    constexpr std::size_t early = 20'000, late = 2'000'000, window = 400'000;
    std::vector<double> young, old;
    for (int pass = 0; pass < passes; ++pass) {
        Flipper strategy;
        const RunOptions options = all_costs(Timeframe::m1, false);
        Engine engine(options.engine, strategy);
        Clock::time_point begin = Clock::now();
        for (std::size_t i = 0; i < late + window; ++i) {
            if (i == early || i == late) begin = Clock::now();
            const trading::QuoteBar quotes = quote_bar(bars, i, options.spread);
            engine.on_price(quotes);
            engine.on_bar_closed({bars.bar(i), {quotes.time.value + nanos_per_minute}, quotes.close()});
            if (i + 1 == early + window) young.push_back(seconds_since(begin) / window * 1e9);
        }
        old.push_back(seconds_since(begin) / window * 1e9);
        CHECK(engine.fills() > 1'000'000);
    }
    const double first = kit::median(young), last = kit::median(old);
    rows.push_back({.name = "backtest.event_after_10k_trades", .value = first, .unit = "ns/bar", .peer = "none",
                    .note = "a fill at every second bar"});
    rows.push_back({.name = "backtest.event_after_1M_trades", .value = last, .unit = "ns/bar", .peer = "none",
                    .note = "the same run, later"});
    rows.push_back({.name = "backtest.growth_with_closed_trades", .value = last / first, .unit = "ratio", .target = 1.1,
                    .peer = "none", .note = "cost of an event must not grow with closed positions"});
}

struct ProcessCost {
    double seconds = 0, megabytes = 0;
};

/// One whole run of the command line, as its parent sees it.
std::optional<ProcessCost> run_process(const std::filesystem::path& program, const std::filesystem::path& input) {
    const auto begin = Clock::now();
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        static_cast<void>(std::freopen("/dev/null", "w", stdout));
        execl(program.c_str(), program.c_str(), "--json", "backtest", "--input", input.c_str(), "--strategy",
              "ema_cross(10,30)", "--bars", "M1", nullptr);
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    CHECK(wait4(child, &status, 0, &usage) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    return ProcessCost{seconds_since(begin), static_cast<double>(usage.ru_maxrss) / 1024};
}

void bench_process(const Scratch& scratch, std::vector<BenchRow>& rows) {
    const auto self = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const auto program = self / "../../apps/aitrading/aitrading";
    if (!std::filesystem::exists(program)) {
        rows.push_back({.name = "backtest.start", .value = NAN, .unit = "s", .target = 0.1, .peer = "none",
                        .note = "not measured: build the target aitrading first"});
        return;
    }
    std::vector<double> seconds;
    for (int i = 0; i < 11; ++i) {
        const auto cost = run_process(program, scratch.file("few.csv"));
        CHECK(cost);
        seconds.push_back(cost->seconds);
    }
    const auto whole = run_process(program, scratch.file("ticks.csv"));
    CHECK(whole);
    rows.push_back({.name = "backtest.start", .value = kit::median(seconds), .unit = "s", .target = 0.1, .peer = "none",
                    .note = "the whole process over 100 ticks: start, run, result; peers take 0.6 to 2.6 s to start"});
    rows.push_back({.name = "backtest.memory", .value = whole->megabytes, .unit = "MB", .target = 60, .peer = "none",
                    .note = "largest resident set of the process over 5M ticks from a file"});
}

}  // namespace
}  // namespace aitrading::backtest

int main(int argc, char** argv) {
    using namespace aitrading;
    using namespace aitrading::backtest;
    const Scratch scratch;
    std::vector<kit::BenchRow> rows;
    write_simulated_ticks(tick_rows, scratch.file("ticks.csv"));
    write_simulated_ticks(100, scratch.file("few.csv"));
    bench_process(scratch, rows);  // first: a child is charged with the memory that its parent has at the fork
    const BarColumns bars = simulated_minutes(bar_rows);
    const TickColumns ticks = simulated_ticks(tick_rows);
    write_csv(bars.slice(0, 20'000), scratch.file("bars.csv"));
    const Peer peer = measure_peers(scratch.file("bars.csv"), scratch.file("ticks.csv"));
    const BarStream memory = [&](const ports::BarSink& sink) -> Result<void> {
        sink(bars);
        return {};
    };
    bench_bars(bars, memory, peer, rows);
    bench_ticks(ticks, scratch, peer, rows);
    bench_growth(bars, rows);
    return kit::print_bench(rows, argc, argv);
}
