#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/market.hpp"
#include "market/simulator/market.hpp"

namespace aitrading::market {

/// What only a judge may see of a bar.
struct Judgement {
    double p_up_bayes = 0.5;  ///< P(r of the next bar > 0), exact
    int regime = 0;           ///< the true regime, 0 .. 11 in the order of the specification
};

inline constexpr std::string_view market_header = "t,x,dxy,r_bp,log_volume,log_spread";
inline constexpr std::string_view judged_market_header = "t,x,dxy,r_bp,log_volume,log_spread,p_up_bayes,regime";
inline constexpr std::string_view tick_header = "time,bid,ask,bid_size,ask_size";

/// Appends one line with its '\n'; every number is the shortest text that reads back as the same double.
void append_csv(std::string& out, const MarketRow& row, const std::optional<Judgement>& judgement);

/// Writes ticks as lines `2019-05-31T20:59:59.123Z,1.11683,1.11686,750000,1500000`. Keeps the text of the running
/// minute, so ticks in time order are cheap.
class TickCsv {
  public:
    /// @pre 0 <= digits <= 9
    explicit TickCsv(int digits);
    /// Prices are rounded to the digits, sizes to whole units. @pre prices and sizes >= 0
    void append(std::string& out, const Tick& tick);

  private:
    int digits_;
    std::int64_t point_;           ///< raw price units of the last digit
    std::int64_t one_;             ///< points in a price of 1
    std::int64_t minute_ = -1;
    char prefix_[20] = {};         ///< "2019-05-31T20:59:00."
};

}  // namespace aitrading::market
