// Import, reading back and parsing, on files made here. `--ten-gigabytes` alone: the import of a file of that size, which takes
// minutes and 15 GB of the temporary folder.
#include <fmt/format.h>
#include <zlib.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "kit/bench.hpp"
#include "market/history/bench/book_rows.hpp"
#include "market/history/import.hpp"
#include "market/history/tick_reader.hpp"

namespace aitrading::market {
namespace {

using kit::BenchRow;
constexpr int runs = 5;
constexpr std::int64_t minute_rows = 500'000, tick_rows = 2'000'000, many_ticks = 30'000'000,
                       ticks_of_ten_gigabytes = 180'000'000;
constexpr const char* busy_note = "best of 5 runs; on a busy machine the best is the least disturbed";

template <class Work>
double best_seconds(const Work& work) {
    double best = 1e9;
    for (int run = 0; run < runs; ++run) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

template <class T>
T must(Result<T> result) {
    if (result) return *std::move(result);
    fmt::print(stderr, "{}\n", result.error().text);
    std::exit(1);
}

/// Minutes as HistData writes them, from Monday to Friday, gzip.
std::filesystem::path write_minutes(const std::filesystem::path& folder) {
    const auto file = folder / "DAT_ASCII_EURUSD_M1.csv.gz";
    SplitMix64 random(1);
    std::int64_t price = 1'100'000;
    UnixNanos time = from_civil({2016, 1, 4});
    gzFile out = gzopen(file.c_str(), "wb6");
    for (std::int64_t row = 0; row < minute_rows; ++row, time.value += nanos_per_minute) {
        while (weekday(time) > 4) time.value += nanos_per_day;
        const CivilTime c = to_civil(time);
        const std::int64_t open = price;
        price += static_cast<std::int64_t>(random.next() % 41) * 10 - 200;
        const std::int64_t high = std::max(open, price) + static_cast<std::int64_t>(random.next() % 20) * 10;
        const std::int64_t low = std::min(open, price) - static_cast<std::int64_t>(random.next() % 20) * 10;
        const auto text = [](std::int64_t millionths) { return to_decimal(millionths, 1'000'000, 6); };
        const std::string line = fmt::format("{:04}{:02}{:02} {:02}{:02}00;{};{};{};{};0\n", c.year, c.month, c.day, c.hour,
                                             c.minute, text(open), text(high), text(low), text(price));
        gzwrite(out, line.data(), static_cast<unsigned>(line.size()));
    }
    gzclose(out);
    return file;
}

std::filesystem::path write_ticks(const std::filesystem::path& folder, std::int64_t row_count, const char* name) {
    const auto file = folder / name;
    SplitMix64 random(2);
    std::int64_t price = 110'000;
    UnixNanos time = from_civil({2018, 1, 2});
    std::FILE* out = std::fopen(file.c_str(), "wb");
    fmt::print(out, "time,bid,ask,bid_size,ask_size\n");
    for (std::int64_t row = 0; row < row_count; ++row) {
        time.value += static_cast<std::int64_t>(random.next() % 900 + 1) * 1'000'000;
        price += static_cast<std::int64_t>(random.next() % 7) - 3;
        fmt::print(out, "{},{},{},{}00000,{}00000\n", to_iso8601(time), to_decimal(price, 100'000, 5),
                   to_decimal(price + 9, 100'000, 5), random.next() % 50 + 1, random.next() % 50 + 1);
    }
    std::fclose(out);
    return file;
}

BenchRow row(std::string name, double value, std::string unit, double target, bool higher) {
    BenchRow out;
    out.name = std::move(name);
    out.value = value;
    out.unit = std::move(unit);
    out.target = target;
    out.higher_is_better = higher;
    out.peer = "none in this run";
    out.note = busy_note;
    return out;
}

/// Imports that many ticks in a process of its own, whose greatest resident memory the system tells.
void measure_memory(const std::filesystem::path& folder, std::int64_t ticks, std::vector<BenchRow>& rows) {
    const auto file = write_ticks(folder, ticks, "GBPUSD_quotes.csv");
    const double gigabytes = static_cast<double>(std::filesystem::file_size(file)) / 1e9;
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string home = (folder / "home30").string();
        ::execl("/proc/self/exe", "history_bench", "--import", file.c_str(), home.c_str(), nullptr);
        ::_exit(1);
    }
    int status = 0;
    struct ::rusage usage{};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
        fmt::print(stderr, "the import of {} ticks failed\n", ticks);
        std::exit(1);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    rows.push_back(row(fmt::format("peak memory of importing {}M ticks, {:.1f} GB of csv", ticks / 1'000'000, gigabytes), static_cast<double>(usage.ru_maxrss) / 1024.0, "MB", 300, false));
    rows.back().note = "greatest resident set of a process that does only this; one run";
    rows.push_back(row(fmt::format("import {}M ticks", ticks / 1'000'000), seconds, "s", 0, false));
    rows.back().target.reset();
    rows.back().note = "one run";
    std::filesystem::remove(file);
}

std::vector<BenchRow> measure(const std::filesystem::path& folder) {
    std::vector<BenchRow> rows;
    const auto minutes = write_minutes(folder), ticks = write_ticks(folder, tick_rows, "EURUSD_quotes.csv");
    const auto home = folder / "home";
    rows.push_back(row("import 500k M1 rows, gzip HistData", best_seconds([&] {
                           std::filesystem::remove_all(home);
                           const auto store = must(engines::open_parquet_store(home));
                           must(import_file(minutes, {}, *store));
                       }),
                       "s", 1.5, false));
    const SeriesKey key{"EURUSD", Timeframe::m1};
    rows.push_back(row("read 500k M1 rows as columns, store opened anew", 1e3 * best_seconds([&] {
                           const auto store = must(engines::open_parquet_store(home));
                           must(store->read_bars(key, {}));
                       }),
                       "ms", 60, false));
    const auto store = must(engines::open_parquet_store(home));
    rows.push_back(row("read 500k M1 rows as columns, store open", 1e3 * best_seconds([&] { must(store->read_bars(key, {})); }),
                       "ms", 60, false));
    rows.push_back(row("parse ticks of a csv", static_cast<double>(tick_rows) / 1e6 / best_seconds([&] {
                           TickReader reader = must(TickReader::open(ticks));
                           TickColumns batch;
                           while (must(reader.next(batch)) > 0) {
                           }
                       }),
                       "M rows/s", 5, true));
    must(import_file(ticks, {}, *store));
    rows.push_back(row("stream stored ticks", static_cast<double>(tick_rows) / 1e6 / best_seconds([&] {
                           const auto done = store->stream_ticks({"EURUSD", Timeframe::ticks}, {}, 65'536,
                                                                 [](const TickColumns&) { return true; });
                           if (!done) std::exit(1);
                       }),
                       "M rows/s", 5, true));
    measure_memory(folder, many_ticks, rows);
    return rows;
}

/// The child of measure_memory.
int import_only(const char* file, const char* home) {
    const auto store = must(engines::open_parquet_store(home));
    must(import_file(file, {}, *store));
    return 0;
}

}  // namespace
}  // namespace aitrading::market

int main(int argc, char** argv) {
    if (argc == 4 && std::string_view(argv[1]) == "--import") return aitrading::market::import_only(argv[2], argv[3]);
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("aitrading-history-bench-{}", ::getpid());
    std::filesystem::create_directories(folder);
    std::vector<aitrading::kit::BenchRow> rows;
    if (argc > 1 && std::string_view(argv[1]) == "--ten-gigabytes") {
        aitrading::market::measure_memory(folder, aitrading::market::ticks_of_ten_gigabytes, rows);
    } else {
        rows = aitrading::market::measure(folder);
        for (auto& row : aitrading::market::measure_replay(folder)) rows.push_back(std::move(row));
        for (auto& row : aitrading::market::measure_books(folder)) rows.push_back(std::move(row));
    }
    std::filesystem::remove_all(folder);
    return aitrading::kit::print_bench(rows, argc, argv);
}
