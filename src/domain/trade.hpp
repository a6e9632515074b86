#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fixed.hpp"
#include "base/time.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"

namespace aitrading {

enum class Side : std::uint8_t { buy, sell };
enum class OrderType : std::uint8_t { market, limit, stop, stop_limit, trailing_stop };

using OrderId = std::uint64_t;

/// Command to open, change or close exposure. Quantities are units of the base asset, always positive.
struct Order {
    OrderId id = 0;                ///< given by whoever submits; unique within one account
    Side side = Side::buy;
    OrderType type = OrderType::market;
    Quantity quantity;
    std::optional<Price> limit;    ///< limit and stop_limit
    std::optional<Price> stop;     ///< stop and stop_limit
    std::optional<Price> trail;    ///< trailing_stop: distance from the best price so far
    OrderId oco_group = 0;         ///< orders of one group cancel each other on a fill; 0 = none
    bool reduce_only = false;      ///< may close, never open
    OrderId after = 0;             ///< sleeps until that order has filled (bracket legs); 0 = at once
};

/// An execution.
struct Fill {
    UnixNanos time;
    OrderId order = 0;
    Side side = Side::buy;
    Price price;                   ///< executed, spread and slippage inside
    Price reference;               ///< mid (or close/open) without spread and slippage
    Quantity quantity;
    Money commission;
    friend bool operator==(const Fill&, const Fill&) = default;
};

/// One round trip, from flat (or reversal) to flat (or reversal).
struct Trade {
    UnixNanos opened, closed;
    Side side = Side::buy;
    Quantity quantity;
    Price entry, exit;
    Money gross;                   ///< at reference prices, before all costs
    Money costs;                   ///< spread, slippage, commission and swap
    Money net;
};

/// Equity at the end of a UTC day.
struct EquityPoint {
    UnixNanos time;
    Money equity;
    double drawdown = 0;           ///< share below the highest equity so far
};

struct CostBreakdown {
    Money spread, commission, slippage, swap;
    Money total() const { return spread + commission + slippage + swap; }
};

/// What a back-test, paper or live run came to. Keys of `--json` are these names.
struct RunResult {
    std::string strategy;
    SeriesKey series;
    UnixNanos from, to;
    std::int64_t bars = 0, ticks = 0;
    std::int64_t fills = 0, trades = 0, wins = 0;
    Money cash, gross, costs, net, final_equity;
    CostBreakdown cost_parts;
    double max_drawdown = 0;       ///< share of the highest equity
    Figure sharpe, gross_sharpe, psr, dsr, min_track_record_years;
    Figure sharpe_low, sharpe_high;  ///< 95 % stationary-bootstrap interval of the yearly Sharpe ratio
    std::int64_t trials = 1;       ///< parameter sets tried before this one was shown
    double seconds = 0;            ///< the engine alone
    std::string hash;              ///< of every fill and the final account
    std::map<std::string, double> stages;  ///< seconds by stage
    std::vector<std::string> notes;        ///< conventions in plain words
    std::vector<std::string> cautions;     ///< why this outcome may not be had by trading; stands beside the verdict
    std::vector<Fill> fill_list;
    std::vector<Trade> trade_list;         ///< may be cut to a bound; `trades` counts all
    std::vector<EquityPoint> daily;
};

}  // namespace aitrading
