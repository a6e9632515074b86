#pragma once

#include <algorithm>
#include <vector>

#include "market/history/layout.hpp"

namespace aitrading::market {

/// The spread column of a file, which counts points or writes prices: what tells is whether any has a fraction, or all
/// decimals that the prices have (a spread of 1.0 beside prices such as 2701.5).
class SpreadColumn {
  public:
    void add(const ParsedRow& row) {
        written_.push_back(row.spread);
        decimals_ = std::max(decimals_, row.spread_decimals);
        any_fraction_ = any_fraction_ || row.spread.raw % Price::scale != 0;
    }
    std::vector<Price>& written() { return written_; }
    bool counts_points(int price_digits) const {
        return !any_fraction_ && (decimals_ == 0 || decimals_ < price_digits);
    }
    /// @param written the number as it stands in the file
    static Price from_points(Price written, Price point) { return {written.raw / Price::scale * point.raw}; }

  private:
    std::vector<Price> written_;
    int decimals_ = 0;
    bool any_fraction_ = false;
};

/// One unit of the last of `digits` decimals. @pre 0 <= digits <= 9
inline Price point_of_digits(int digits) {
    Price point{Price::scale};
    for (int i = 0; i < digits; ++i) point.raw /= 10;
    return point;
}

}  // namespace aitrading::market
