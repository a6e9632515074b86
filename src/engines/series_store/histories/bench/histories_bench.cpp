#include <chrono>
#include <filesystem>
#include <vector>

#include "base/random.hpp"
#include "engines/series_store/histories/parquet_histories.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;
using ports::HistoryType;

constexpr std::int64_t batch_rows = 1'000, all_rows = 400'000;
constexpr int symbols = 8, members = 7;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// As predictions are: who, what, and seven members' words.
ports::HistorySchema schema() {
    return {"predictions",
            {{"timeframe", HistoryType::text}, {"bar_open", HistoryType::time},  {"model", HistoryType::text},         {"version", HistoryType::integer},
             {"label", HistoryType::text},     {"p_up", HistoryType::real},      {"p_low", HistoryType::real},         {"p_high", HistoryType::real},
             {"low", HistoryType::real},       {"high", HistoryType::real},      {"regime", HistoryType::integer},     {"members", HistoryType::text},
             {"member_p_up", HistoryType::reals}, {"degraded", HistoryType::boolean}, {"event", HistoryType::text},    {"trace", HistoryType::text}}};
}

ports::HistoryRow row_of(std::int64_t i, SplitMix64& random) {
    std::vector<double> said;
    said.reserve(members);
    for (int m = 0; m < members; ++m) said.push_back(0.45 + 0.1 * random.next_uniform());
    const std::int64_t known = i / symbols * 3'600'000'000'000;
    const std::string id = std::to_string(random.next()) + std::to_string(random.next());
    const double p = 0.45 + 0.1 * random.next_uniform();
    return {"SYMBOL" + std::to_string(i % symbols),
            {known},
            {"H1", UnixNanos{known}, "stacked", std::int64_t{3}, "next_bar", p, p - 0.02, p + 0.02, -12.5, 13.25, static_cast<std::int64_t>(random.next() % 12 + 1),
             "xgboost,lightgbm,random_forest,markov_switching,lstm,transformer,cnn", std::move(said), false, id, "00-" + id + "-0000000000000001-01"}};
}

ports::HistoryBatch batch_of(std::int64_t from, std::int64_t rows, SplitMix64& random) {
    ports::HistoryBatch batch{"bench/predictions", {{0, from + rows}}, {}};
    for (std::int64_t i = from; i < from + rows; ++i) batch.entries.push_back({"default", row_of(i, random), {0, i + 1}});
    return batch;
}

/// Rows a second over all of a symbol, page by page.
double read_rate(ports::HistoryStore& store, const std::vector<std::string>& columns, int times) {
    std::int64_t rows = 0;
    const auto begun = Clock::now();
    for (int t = 0; t < times; ++t)
        for (int s = 0; s < symbols; ++s) {
            ports::HistoryQuery query{.symbol = "SYMBOL" + std::to_string(s), .columns = columns, .rows_max = 10'000};
            do {
                const auto page = store.read("default", "predictions", query).value();
                rows += static_cast<std::int64_t>(page.rows.size());
                query.page = page.next;
            } while (!query.page.empty());
        }
    return static_cast<double>(rows) / seconds_since(begun);
}

double bytes_below(const std::filesystem::path& folder) {
    double bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
    return bytes;
}

std::vector<kit::BenchRow> rows(const std::filesystem::path& folder) {
    auto store = open_parquet_histories({.folder = folder}).value();
    (void)store->define(schema()).value();
    SplitMix64 random(1);
    double appending = 0;
    std::vector<double> singles, pages;
    for (std::int64_t from = 0; from < all_rows; from += batch_rows) {
        const auto batch = batch_of(from, batch_rows, random);
        const auto begun = Clock::now();
        (void)store->append("predictions", batch).value();
        appending += seconds_since(begun);
    }
    for (std::int64_t i = 0; i < 100; ++i) {
        const auto batch = batch_of(all_rows + i, 1, random);
        const auto begun = Clock::now();
        (void)store->append("predictions", batch).value();
        singles.push_back(seconds_since(begun) * 1e3);
    }
    (void)store->compact().value();
    const double bytes = bytes_below(folder / "tenants");
    const double all = read_rate(*store, {}, 1), few = read_rate(*store, {"p_up", "regime"}, 2);
    for (int i = 0; i < 200; ++i) {
        const std::int64_t from = static_cast<std::int64_t>(random.next() % (all_rows / symbols)) * 3'600'000'000'000;
        const auto begun = Clock::now();
        (void)store->read("default", "predictions", {.symbol = "SYMBOL3", .range = {{from}, {from + 100 * std::int64_t{3'600'000'000'000}}}}).value();
        pages.push_back(seconds_since(begun) * 1e3);
    }
    return {{"histories, predictions of seven members appended, durable batches of 1,000", static_cast<double>(all_rows) / appending, "rows/s", {}, true, "none", {}, "with the parts made on the way"},
            {"histories, one prediction appended, durable: p50", kit::median(singles), "ms", {}, false, "none", {}, "the disk's sync"},
            {"histories, rows read with all 16 columns, pages of 10,000", all, "rows/s", {}, true, "none", {}, "from parts in the page cache, sums checked before"},
            {"histories, rows read with two columns", few, "rows/s", {}, true, "none", {}, ""},
            {"histories, 100 rows of a symbol out of 400,000 rows: p50", kit::median(pages), "ms", {}, false, "none", {}, ""},
            {"histories, bytes of a prediction in parts", bytes / static_cast<double>(all_rows + 100), "bytes", {}, false, "none", {}, "16 columns with seven members, random digits"}};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    const auto folder = std::filesystem::temp_directory_path() / "aitrading_histories_bench";
    std::filesystem::remove_all(folder);
    const auto found = aitrading::engines::rows(folder);
    std::filesystem::remove_all(folder);
    return aitrading::kit::print_bench(found, argc, argv);
}
