#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/random.hpp"

namespace aitrading::market {

inline constexpr std::size_t regime_count = 12;
/// One number for each regime: probabilities, weights.
using RegimeVector = std::array<double, regime_count>;
/// [from][to] probabilities of the hidden Markov chain.
using TransitionMatrix = std::array<RegimeVector, regime_count>;

/// One bar of a synthetic market. All but `regime` may be observed at the close of bar `t`.
struct MarketRow {
    std::int64_t t = 0;        ///< 0 for the first bar that is kept
    double x = 0;              ///< order-flow imbalance
    double dxy = 0;            ///< shock of the dollar index, leads the return by one bar
    double r_bp = 0;           ///< return in basis points
    double log_volume = 0;
    double log_spread = 0;
    int regime = 0;            ///< hidden, 0 .. 11; the truth, for judging only
    friend bool operator==(const MarketRow&, const MarketRow&) = default;
};

/// Draws bars without end, the same ones for the same seed on every machine with the same libm.
class MarketGenerator {
  public:
    virtual ~MarketGenerator() = default;
    virtual MarketRow next() = 0;
};

/// The exact Bayes filter of a market whose parameters are known: no forecaster can do better.
class MarketFilter {
  public:
    virtual ~MarketFilter() = default;
    /// Takes the next bar; `row.regime` is not looked at. @pre rows arrive in order, none left out
    virtual void update(const MarketRow& row) = 0;
    /// P(r of the next bar > 0 | all bars so far). @pre at least one update
    virtual double p_up_next() const = 0;
    /// P(regime of the last bar | all bars so far), sums to 1. @pre at least one update
    virtual const RegimeVector& posterior() const = 0;
};

/// How one regime behaves: r_t = sigma (c (drift + flow x + lagged tanh(r/5) + dollar dxy) + noise), the regressors
/// taken from the bar before.
struct RegimeParameters {
    std::string_view name;
    double drift, flow, lagged, dollar;
    double sigma_bp;
    double mean_log_volume, mean_log_spread;
    double duration_bars;      ///< expected stay, for people; the transition matrix decides
};

struct MarketParameters {
    const std::array<RegimeParameters, regime_count>& regimes;
    const TransitionMatrix& transition;
    double strength = 1.1;     ///< c: 1.1 strong (Bayes 75.1 %), 0.16 realistic (54.2 %), 0 null (50 % exactly)
};

inline constexpr double strong_strength = 1.1;
inline constexpr double realistic_strength = 0.16;
inline constexpr double null_strength = 0.0;

/// The market of the specification (vector market-strong) at a strength of one's choice.
MarketParameters specified_market(double strength);

/// The stationary law of a chain. @pre irreducible and aperiodic
RegimeVector stationary_law(const TransitionMatrix& transition);

/// First j with u < cumulative sum of `row`; the last reachable regime where rounding leaves u above the sum.
int draw_regime(const RegimeVector& row, double u);

/// The generator of the specification: nine uniforms of SplitMix64(seed) for each bar, the first 500 bars dropped.
/// Source: vector market-strong. @complexity O(1) for a bar, no allocation
class SyntheticMarket final : public MarketGenerator {
  public:
    SyntheticMarket(const MarketParameters& parameters, std::uint64_t seed);
    MarketRow next() override;

  private:
    void advance();
    MarketParameters parameters_;
    SplitMix64 random_;
    MarketRow last_;
};

/// The exact filter of the same market, started from the stationary law with only volume and spread of the first bar.
/// @complexity O(regimes^2) for a bar, no allocation
class ExactFilter final : public MarketFilter {
  public:
    explicit ExactFilter(const MarketParameters& parameters);
    void update(const MarketRow& row) override;
    double p_up_next() const override { return p_up_next_; }
    const RegimeVector& posterior() const override { return posterior_; }
    /// P(regime of the next bar | all bars so far), sums to 1.
    const RegimeVector& forecast() const { return forecast_; }

  private:
    MarketParameters parameters_;
    RegimeVector posterior_{}, forecast_{}, mean_{};
    bool started_ = false;
    double p_up_next_ = 0.5;
};

/// log N(volume) + log N(spread) up to a constant, with the standard deviations that all synthetic markets use.
double log_density_of_activity(const MarketRow& row, double mean_log_volume, double mean_log_spread);

/// posterior(k) ~ prior(k) exp(log_likelihood(k)), safe where every likelihood underflows.
RegimeVector bayes_update(const RegimeVector& prior, const RegimeVector& log_likelihood);

/// One step of the chain: sum_j law(j) A(j,k), scaled to sum 1.
RegimeVector advance_law(const RegimeVector& law, const TransitionMatrix& transition);

inline constexpr double log_volume_sd = 0.9;
inline constexpr double log_spread_sd = 0.7;
inline constexpr int dropped_bars = 500;

}  // namespace aitrading::market
