#pragma once

#include "market/simulator/market.hpp"

namespace aitrading::market {

/// One regime of the other market. With z the regressors of the bar before,
/// r_t = sigma (c (drift + flow x + dollar dxy + interaction x dxy + threshold sign(r) [|r| > sigma]) + e_t),
/// e_t Student-t with 5 degrees of freedom, scaled to variance 1.
struct OtherRegime {
    double drift, flow, dollar, interaction, threshold;
    double sigma_bp, mean_log_volume, mean_log_spread;
};

/// A market of another form than the specified one, for models that must not be fitted to one form only.
///
/// Recipe, all from one seed. Parameters come from SplitMix64(derive_seed(seed, 1)); u is the next uniform, n the next
/// normal, "+-[a,b]" draws a + (b - a) u with the sign of the next u - 1/2. Regime by regime, k = 0 .. 11:
///   stay = .97 + .025 u; eleven weights w = u^2 for the other regimes in order, scaled to sum 1 - stay;
///   drift .4 n; flow +-[.5,1.1]; dollar +-[.3,.8]; interaction +-[.3,.9]; threshold +-[.2,.7];
///   sigma exp(ln 1.5 + u ln 16) bp; mean log volume -1.2 + 2.7 u; mean log spread -.8 + 2.2 u.
/// The strength c is then bisected over [0.2, 3] in 14 steps until the mean of max(p, 1-p) over 30,000 bars of the
/// stream derive_seed(seed, 2) is 0.751: loadings differ from seed to seed, the optimum hardly does.
/// Bars: as SyntheticMarket, nine uniforms each of SplitMix64(seed), bar 0 in regime 4, 500 bars dropped; the noise is
/// e = sqrt(3/5) sqrt(5 ((1-U5)^(-2/5) - 1)) cos(2 pi U6)  (Bailey 1994, exact for Student-t).
struct OtherParameters {
    std::array<OtherRegime, regime_count> regimes{};
    TransitionMatrix transition{};
    double strength = 1.0;
};

/// Loadings, chain and strength of the recipe. @complexity about half a second, for the bisection
OtherParameters draw_other_market(std::uint64_t seed);

class OtherMarket final : public MarketGenerator {
  public:
    OtherMarket(const OtherParameters& parameters, std::uint64_t seed);
    MarketRow next() override;

  private:
    void advance();
    OtherParameters parameters_;
    SplitMix64 random_;
    MarketRow last_;
};

/// The exact filter of the other market: as ExactFilter, with the density and distribution of the scaled Student-t.
class OtherFilter final : public MarketFilter {
  public:
    explicit OtherFilter(const OtherParameters& parameters);
    void update(const MarketRow& row) override;
    double p_up_next() const override { return p_up_next_; }
    const RegimeVector& posterior() const override { return posterior_; }

  private:
    OtherParameters parameters_;
    RegimeVector posterior_{}, forecast_{}, mean_{};
    bool started_ = false;
    double p_up_next_ = 0.5;
};

/// P(e <= value) of the Student-t with 5 degrees of freedom scaled to variance 1 (closed form for odd degrees).
double scaled_t5_cdf(double value);

}  // namespace aitrading::market
