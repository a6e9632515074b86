#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "insight/features/cross_series.hpp"

namespace aitrading::insight {

/// One currency of ICE's US dollar index as its pair is quoted; the sizes of the weights sum up to 1.
struct DollarIndexLeg {
    std::string_view pair;
    double weight;
};
inline constexpr std::array<DollarIndexLeg, 6> dollar_index_legs{{{"EURUSD", -0.576},
                                                                  {"USDJPY", 0.136},
                                                                  {"GBPUSD", -0.119},
                                                                  {"USDCAD", 0.091},
                                                                  {"USDSEK", 0.042},
                                                                  {"USDCHF", 0.036}}};
inline constexpr double dollar_index_scale = 50.14348112;

/// 50.14348112 EURUSD^-0.576 USDJPY^0.136 GBPUSD^-0.119 USDCAD^0.091 USDSEK^0.042 USDCHF^0.036.
/// Source: ICE, U.S. Dollar Index. @param quotes [6], in the order of dollar_index_legs, each > 0
double dollar_index_level(std::span<const double> quotes);

/// The weight of each leg when those of `left_out` do not count: 0 for them, the others divided by what their sizes sum up
/// to. The index of these weights moves with the whole one's unit of volatility but has nothing of the legs left out.
std::array<double, 6> dollar_index_weights(std::span<const std::string_view> left_out);

/// The legs that an instrument shares a currency with, besides the dollar: its own price is part of the index through them.
/// EURUSD: EURUSD; EURJPY: EURUSD and USDJPY; XAUUSD: none. Symbols may carry a suffix (EURUSD.oanda).
std::vector<std::string_view> dollar_index_own_legs(std::string_view symbol);

/// The index from its legs as their levels become known.
class DollarIndexStream {
  public:
    /// @param present pairs that are there; others are passed over   @param own pairs that do not count (dollar_index_own_legs)
    /// @errors not_found (legs other than USDSEK are missing, all of them named)
    static Result<DollarIndexStream> of(std::span<const std::string_view> present, std::span<const std::string_view> own = {});

    /// The pairs that count, in the order of dollar_index_legs.
    std::vector<std::string> pairs() const;
    /// Takes the newest level of one of them. @pre pair < pairs().size(), level > 0
    void take(std::size_t pair, double level) { legs_[pair].level = level; }
    /// Of the newest levels; none until each leg has one.
    std::optional<double> level() const;
    const std::string& meaning() const { return meaning_; }

  private:
    struct Leg {
        std::string_view pair;
        double weight = 0;
        std::optional<double> level = {};
    };
    std::vector<Leg> legs_;
    std::string meaning_;
};

/// The index from its legs as of each instant at which one of them has news.
/// Without USDSEK, or without legs that are the instrument's own, the other weights are divided by the sum of their sizes
/// (dollar_index_weights), and `meaning` says so.
/// @param legs series named by their pairs in any order; others are passed over
/// @param own pairs that do not count (dollar_index_own_legs), where the index is to forecast or explain an instrument
/// @errors not_found (legs other than USDSEK are missing, all of them named)
Result<CrossSeries> dollar_index(std::span<const CrossSeries> legs, std::span<const std::string_view> own = {});

}  // namespace aitrading::insight
