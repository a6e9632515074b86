#include "market/history/bench/book_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>

#include "base/random.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "market/history/book_reader.hpp"
#include "market/history/import.hpp"
#include "market/history/order_book.hpp"
#include "market/history/replay.hpp"

namespace aitrading::market {
namespace {

using kit::BenchRow;
namespace fs = std::filesystem;
constexpr int passes = 9;

template <class Work>
double median_seconds(const Work& work) {
    std::vector<double> seconds;
    for (int pass = 0; pass < passes; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        work();
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return kit::median(std::move(seconds));
}

template <class T>
T must(Result<T> result) {
    if (result) return *std::move(result);
    fmt::print(stderr, "{}\n", result.error().text);
    std::exit(1);
}

BenchRow row(std::string name, double value, std::string unit, std::optional<double> target, bool higher) {
    BenchRow out;
    out.name = std::move(name);
    out.value = value;
    out.unit = std::move(unit);
    out.target = target;
    out.higher_is_better = higher;
    out.peer = "none in this run";
    out.note = "median of 9 passes";
    return out;
}

fs::path recorded(const char* name) {
    const char* shared = std::getenv("AITRADING_SHARED");
    const fs::path root = shared != nullptr ? shared : fs::path(AIT_SOURCE_DIR) / ".." / "shared";
    return root / "data" / "orderbook" / "binance" / name;
}

/// The plainest book that is right.
struct MapBook {
    std::map<std::int64_t, std::int64_t> sides[2];
    void clear() { sides[0].clear(), sides[1].clear(); }
    void set(const BookEvent& e) {
        auto& side = sides[static_cast<int>(e.side)];
        if (e.quantity.raw == 0) side.erase(e.price.raw);
        else side[e.price.raw] = e.quantity.raw;
    }
};

/// Levels in one vector, the best at its end.
struct VectorBook {
    std::vector<std::pair<std::int64_t, std::int64_t>> sides[2];
    void clear() { sides[0].clear(), sides[1].clear(); }
    void set(const BookEvent& e) {
        auto& side = sides[static_cast<int>(e.side)];
        const bool bid = e.side == BookSide::bid;
        const auto at = std::lower_bound(side.begin(), side.end(), e.price.raw,
                                         [&](const auto& level, std::int64_t p) { return bid ? level.first < p : level.first > p; });
        const bool there = at != side.end() && at->first == e.price.raw;
        if (e.quantity.raw == 0) {
            if (there) side.erase(at);
        } else if (there) {
            at->second = e.quantity.raw;
        } else {
            side.insert(at, {e.price.raw, e.quantity.raw});
        }
    }
};

template <class Book>
double plain_rate(const std::vector<BookEvent>& rows) {
    return static_cast<double>(rows.size()) / 1e6 / median_seconds([&] {
        Book book;
        bool fresh = true;
        for (const BookEvent& e : rows) {
            if (e.kind == BookKind::snapshot && fresh) book.clear();
            fresh = e.last_of_message;
            book.set(e);
        }
    });
}

std::vector<BenchRow> measure_recording(const fs::path& file, const std::string& name, Price step, const fs::path& folder) {
    BookRows all;
    const auto read = [&] {
        BookReader reader = must(BookReader::open(file));
        all.rows.clear();
        while (must(reader.next(all, all.size() + 65'536))) {
        }
    };
    const double parse_seconds = median_seconds(read);
    std::vector<BookEvent> levels;
    for (const BookEvent& e : all.rows)
        if (e.kind == BookKind::level || e.kind == BookKind::snapshot) levels.push_back(e);
    std::vector<BenchRow> rows;
    const auto apply = [&](const std::vector<BookEvent>& events) {
        return static_cast<double>(events.size()) / 1e6 / median_seconds([&] {
            BookFeed feed(step);
            for (const BookEvent& e : events) feed.apply(e);
            if (!feed.valid()) std::exit(1);
        });
    };
    rows.push_back(row(fmt::format("apply book levels, {}", name), apply(levels), "M events/s", 11, true));
    rows.back().peer = "hftbacktest's hash-map book on this recording, as the issue states it";
    rows.back().peer_value = 10.9;
    rows.push_back(row(fmt::format("apply every event, {}", name), apply(all.rows), "M events/s", 11, true));
    rows.push_back(row(fmt::format("the same levels into a sorted vector, {}", name), plain_rate<VectorBook>(levels), "M events/s", {}, true));
    rows.push_back(row(fmt::format("the same levels into std::map, {}", name), plain_rate<MapBook>(levels), "M events/s", {}, true));
    rows.push_back(row(fmt::format("parse the recording, {}", name), static_cast<double>(all.size()) / 1e6 / parse_seconds, "M events/s", {}, true));
    const auto store = must(engines::open_parquet_store(folder / ("book-" + name)));
    const ImportReport report = must(import_file(file, {}, *store));
    const SeriesInfo info = must(store->describe(report.key));
    rows.push_back(row(fmt::format("stored bytes an event, {}", name), static_cast<double>(must(store->bytes_of(report.key))) / static_cast<double>(info.rows), "bytes", {}, false));
    rows.push_back(row(fmt::format("read the stored recording, {}", name), static_cast<double>(info.rows) / 1e6 / median_seconds([&] {
        const auto cursor = must(store->open_book(report.key, {}, 65'536));
        BookRows batch;
        while (must(cursor->next(batch))) {
        }
    }), "M events/s", {}, true));
    return rows;
}

}  // namespace

std::vector<BenchRow> measure_books(const fs::path& folder) {
    std::vector<BenchRow> rows;
    const auto add = [&](const char* file, const char* name, std::int64_t step) {
        if (!fs::exists(recorded(file))) {
            fmt::print(stderr, "no recording {}: order books are not measured\n", recorded(file).string());
            return;
        }
        for (BenchRow& r : measure_recording(recorded(file), name, {step}, folder)) rows.push_back(std::move(r));
    };
    add("usdm/btcusdt_20240808.gz", "Binance futures", 100'000'000);
    add("spot/btcusdt_20240808.gz", "Binance spot", 10'000'000);
    return rows;
}

std::vector<BenchRow> measure_replay(const fs::path& folder) {
    constexpr std::size_t series = 4, rows_each = 1'000'000;
    const auto store = must(engines::open_parquet_store(folder / "replay"));
    std::vector<SeriesKey> keys;
    for (std::size_t s = 0; s < series; ++s) {
        TickColumns ticks;
        ticks.key = {fmt::format("PAIR{}", s), Timeframe::ticks};
        SplitMix64 random(s + 1);
        std::int64_t ms = 1'500'000'000'000, bid = 110'000;
        for (std::size_t i = 0; i < rows_each; ++i) {
            ms += static_cast<std::int64_t>(random.next() % 1'000);
            bid += static_cast<std::int64_t>(random.next() % 7) - 3;
            ticks.append({{ms * 1'000'000}, {bid * 10'000}, {(bid + 9) * 10'000}, {}, {}});
        }
        const auto writer = must(store->replace_ticks(ticks.key, 5));
        if (!writer->append(ticks) || !writer->commit()) std::exit(1);
        keys.push_back(ticks.key);
    }
    BarColumns bars;
    bars.key = {"PAIR0", Timeframe::m1};
    for (std::int64_t m = 0; m < 8'000; ++m)
        bars.append({{(25'000'000 + m) * nanos_per_minute}, {1'100'000'000}, {1'100'000'000}, {1'100'000'000}, {1'100'000'000}, {}});
    if (!store->replace_bars(bars)) std::exit(1);
    keys.push_back(bars.key);
    std::int64_t told = 0;
    const double seconds = median_seconds([&] {
        Replay replay = must(Replay::open(*store, keys));
        ReplayRun run;
        told = 0;
        while (must(replay.next(run))) told += static_cast<std::int64_t>(run.to - run.from);
    });
    return {row("replay 4 tick series and M1 bars in time order, from the store", static_cast<double>(told) / 1e6 / seconds, "M rows/s", 10, true)};
}

}  // namespace aitrading::market
