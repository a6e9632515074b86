#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/market.hpp"
#include "report/palette.hpp"

namespace aitrading::report {

/// The regime of every bar of a series, each known at that bar's close.
struct RegimePrices {
    BarColumns prices;        ///< may be empty: then nothing is drawn
    std::vector<int> regime;  ///< [bars] 1..12, 0 = not known
    bool known() const;
};

/// Bars that follow each other in one regime.
struct RegimeStay {
    int regime = 0;
    std::size_t from = 0, to = 0;  ///< bars, `to` left out
    bool whole = true;             ///< its beginning and its end both lie inside the series
    std::size_t bars() const { return to - from; }
};

/// Middle of some stays with the 95 % interval that their ranks give, whatever their law.
struct MedianStay {
    std::int64_t stays = 0;
    double middle = 0, low = 0, high = 0;  ///< bars; low and high NaN below six stays
};

struct RegimeFigures {
    std::array<std::int64_t, regime_count> bars{};
    std::array<std::array<std::int64_t, regime_count>, regime_count> moves{};  ///< [from][to] from bar to bar
    std::array<MedianStay, regime_count> stay{};                               ///< of whole stays
    std::int64_t known = 0, changes = 0;
    std::int64_t leaving(std::size_t from) const;  ///< changes out of a regime
};

/// Stays in time order; bars without a regime part them.
std::vector<RegimeStay> regime_stays(std::span<const int> regime);
RegimeFigures regime_figures(std::span<const int> regime);
/// 95 % interval of a median by binomial ranks. @param sorted increasing
MedianStay median_stay(std::span<const double> sorted);

}  // namespace aitrading::report
