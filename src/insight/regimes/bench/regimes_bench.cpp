// What the regime models cost and how well they tell the regimes of synthetic markets.
//   insight_regimes_bench [--speed] [--market strong|realistic|other]... [--seed N|all] [--train N] [--test N] [--start-rows N] [--threads N] [--json]
//   insight_regimes_bench --real BARS.csv... [--to 2018-02-01] [--json]     (tools/bench/regimes_real makes the files)
// With a market only that is measured; with --speed first only speed; without either both, the markets at seed 101.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "insight/regimes/markov_switching.hpp"
#include "markets.hpp"
#include "real_series.hpp"
#include "speed.hpp"

int main(int argc, char** argv) {
    using namespace aitrading;
    std::vector<std::string> markets, real;
    std::string to = "2018-02-01";
    std::vector<std::uint64_t> seeds;
    std::size_t train = 150'000, test = 200'000, start_rows = insight::MarkovSwitchingOptions{}.start_rows;
    int threads = 2;
    for (int i = 1; i + 1 < argc; ++i) {
        const std::string name = argv[i], value = argv[i + 1];
        if (name == "--market") markets.push_back(value);
        if (name == "--seed" && value == "all")
            for (std::uint64_t s = 101; s <= 110; ++s) seeds.push_back(s);
        else if (name == "--seed")
            seeds.push_back(std::strtoull(value.c_str(), nullptr, 10));
        if (name == "--train") train = std::strtoull(value.c_str(), nullptr, 10);
        if (name == "--test") test = std::strtoull(value.c_str(), nullptr, 10);
        if (name == "--start-rows") start_rows = std::strtoull(value.c_str(), nullptr, 10);
        if (name == "--real") real.push_back(value);
        if (name == "--to") to = value;
        if (name == "--threads") threads = std::atoi(value.c_str());
    }
    std::vector<kit::BenchRow> rows;
    const auto end = parse_iso8601(to);
    for (const std::string& path : real) {
        const auto more = end ? insight::measure_real_series(path, *end, threads) : std::unexpected(end.error());
        if (!more) {
            std::fprintf(stderr, "%s\n", more.error().text.c_str());
            return exit_status(more.error().code);
        }
        rows.insert(rows.end(), more->begin(), more->end());
    }
    if (markets.empty() && real.empty()) {
        rows = insight::measure_speed();
        if (argc < 2 || std::string(argv[1]) != "--speed") markets = {"strong", "realistic"};
    }
    if (seeds.empty()) seeds = {101};
    for (const std::string& market : markets)
        for (const std::uint64_t seed : seeds) {
            const auto more = insight::measure_market(market, seed, train, test, start_rows, threads);
            rows.insert(rows.end(), more.begin(), more.end());
        }
    return kit::print_bench(rows, argc, argv);
}
