#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "market/simulator/market.hpp"
#include "market/simulator/market_table.hpp"

namespace aitrading::market {

/// A market by name, with the filter that knows its parameters.
struct NamedMarket {
    std::unique_ptr<MarketGenerator> generator;
    std::unique_ptr<MarketFilter> filter;
};

/// market-strong, market-realistic, market-null, market-other
const std::vector<std::string>& market_names();
/// @errors not_found, naming the markets there are
Result<NamedMarket> open_market(std::string_view name, std::uint64_t seed);

struct SynthOptions {
    std::int64_t rows = 0;
    std::uint64_t seed = 1;
    bool judge = false;                           ///< markets only: adds p_up_bayes and the true regime
    std::stop_token stop;
    std::function<void(std::int64_t)> progress;   ///< told the rows done so far, every few thousand
};

/// Writes `rows` bars of a market, or ticks for the name `ticks`, as CSV. The file appears whole at the end or not at
/// all. @errors usage (rows < 1), not_found (name, folder), failed (disk), interrupted
Result<void> write_synth(std::string_view name, const std::filesystem::path& out, const SynthOptions& options);

/// Reads a market table from a file. @errors not_found, failed, bad_input
Result<MarketTable> load_market_table(const std::filesystem::path& path);

}  // namespace aitrading::market
