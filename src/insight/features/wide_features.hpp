#pragma once

#include <array>
#include <cmath>

#include "insight/features/channels.hpp"
#include "insight/features/feature_group.hpp"
#include "insight/features/hilbert.hpp"
#include "insight/features/memory.hpp"
#include "insight/features/momentum.hpp"
#include "insight/features/range_volatility.hpp"
#include "insight/features/session_levels.hpp"

// Groups of the wide set only. Prices enter in ATR(14) of the bar.

namespace aitrading::insight {

/// Writes columns one after the other.
class ColumnWriter {
  public:
    ColumnWriter(const Moment& m, double* out) : moment_(m), out_(out) {}
    void put(double value) { *out_++ = value; }
    void in_atr(double value) { *out_++ = ratio(value, moment_.atr); }
    double* end() const { return out_; }

  private:
    const Moment& moment_;
    double* out_;
};

/// Channels, lines that follow the price, yesterday's turning points and the dominant cycle.
class ChannelFeatures {
  public:
    explicit ChannelFeatures(bool intraday) : intraday_(intraday) {}

    void describe(Catalogue& c) const {
        c.group("channels");
        c.add("keltner_20", "place of the close in keltner(20,2,10): 0 middle, 1 upper");
        c.add("donchian_55", "place of the close in donchian(55): 0 lower, 1 upper");
        for (const char* line : {"tenkan", "kijun", "span_a", "span_b"})
            c.add(std::string(line) + "_gap", std::string("close - ichimoku.") + line + " (unshifted), in ATR");
        c.add("cloud", "ichimoku.span_a - span_b, in ATR");
        c.add("supertrend_gap", "close - supertrend(10,3).line, in ATR");
        c.add("supertrend_direction", "supertrend(10,3).direction");
        c.add("vortex_14", "vortex(14).plus - minus");
        c.add("choppiness_14", "choppiness(14)");
        c.add("mama_gap", "close - mama, in ATR");
        c.add("mama_fama", "mama - fama, in ATR");
        c.add("cycle_period", "length of the dominant cycle in bars (ht_period)");
        for (const char* line : {"p", "r1", "s1"}) {
            const std::string name = std::string("pivot_") + line + "_gap";
            intraday_ ? c.add(name, std::string("close - pivots.") + line + ", in ATR")
                      : c.absent(name, "a bar is not shorter than a day");
        }
    }

    double* update(const Moment& m, double* out) {
        ColumnWriter w(m, out);
        const double close = m.bar.close;
        const auto [upper, middle, lower] = keltner_.update(m.bar);
        w.put(ratio(close - middle, upper - middle));
        const auto [high, centre, low] = donchian_.update(m.bar);
        w.put(ratio(close - low, high - low));
        const auto [tenkan, kijun, span_a, span_b, chikou] = ichimoku_.update(m.bar);
        for (const double line : {tenkan, kijun, span_a, span_b}) w.in_atr(close - line);
        w.in_atr(span_a - span_b);
        const auto [trend, direction] = supertrend_.update(m.bar);
        w.in_atr(close - trend);
        w.put(direction);
        const auto [plus, minus] = vortex_.update(m.bar);
        w.put(plus - minus);
        w.put(choppiness_.update(m.bar));
        const auto [mama, fama] = mama_.update(close);
        w.in_atr(close - mama);
        w.in_atr(mama - fama);
        w.put(cycle_.update(close));
        if (!intraday_) return w.end();
        const auto levels = pivots_.update(m.bar);
        for (const std::size_t k : {0, 1, 4}) w.in_atr(close - levels[k]);
        return w.end();
    }

  private:
    bool intraday_;
    Keltner keltner_{20, 2, 10};
    Donchian donchian_{55};
    Ichimoku ichimoku_{9, 26, 52};
    Supertrend supertrend_{10, 3};
    Vortex vortex_{14};
    Choppiness choppiness_{14};
    Mama mama_{0.5, 0.05};
    CyclePeriod cycle_;
    Pivots pivots_{Pivots::classic};
};

/// Oscillators beyond those of the default set.
class MomentumFeatures {
  public:
    void describe(Catalogue& c) const {
        c.group("momentum");
        c.add("stochrsi_k", "stochrsi(14,14,3,3).k");
        c.add("stochrsi_d", "stochrsi(14,14,3,3).d");
        c.add("cmo_14", "cmo(14)");
        c.add("rsi_cutler_14", "rsi_cutler(14)");
        c.add("fisher", "fisher(9).value");
        c.add("fisher_change", "fisher(9).value - trigger");
        c.add("kst", "kst.line");
        c.add("kst_gap", "kst.line - signal");
        c.add("tsi", "tsi(25,13,13).line");
        c.add("tsi_gap", "tsi(25,13,13).line - signal");
        c.add("rvi_14", "rvi(14,10)");
        c.add("coppock", "coppock(10,14,11)");
        c.add("trix_15", "trix(15)");
        c.add("awesome", "awesome(5,34), in ATR");
        c.add("elder_bull", "elder_ray(13).bull, in ATR");
        c.add("elder_bear", "elder_ray(13).bear, in ATR");
        c.add("dpo_20", "dpo(20), in ATR");
        c.add("bop", "bop");
        c.add("bop_14", "mean of bop over 14 bars");
        c.add("mass_index_25", "mass_index(25,9)");
        c.add("zscore_50", "zscore(50)");
        c.add("zscore_200", "zscore(200)");
    }

    double* update(const Moment& m, double* out) {
        ColumnWriter w(m, out);
        const double close = m.bar.close;
        for (const double value : stochrsi_.update(close)) w.put(value);
        w.put(cmo_.update(close));
        w.put(cutler_.update(close));
        const auto pair_of = [&w](const std::array<double, 2>& value) {
            w.put(value[0]);
            w.put(value[0] - value[1]);
        };
        pair_of(fisher_.update(m.bar));
        pair_of(kst_.update(close));
        pair_of(tsi_.update(close));
        w.put(rvi_.update(close));
        w.put(coppock_.update(close));
        w.put(trix_.update(close));
        w.in_atr(awesome_.update(m.bar));
        for (const double value : elder_.update(m.bar)) w.in_atr(value);
        w.in_atr(dpo_.update(close));
        const double power = bop_.update(m.bar);
        w.put(power);
        w.put(power_.update(power));
        w.put(mass_.update(m.bar));
        for (Zscore& z : zscores_) w.put(z.update(close));
        return w.end();
    }

  private:
    StochRsi stochrsi_{14, 14, 3, 3};
    Cmo cmo_{14};
    RsiCutler cutler_{14};
    Fisher fisher_{9};
    Kst kst_{{10, 15, 20, 30}, {10, 10, 10, 15}, 9};
    Tsi tsi_{25, 13, 13};
    RelativeVolatility rvi_{14, 10};
    Coppock coppock_{10, 14, 11};
    Trix trix_{15};
    Awesome awesome_{5, 34};
    ElderRay elder_{13};
    DetrendedPrice dpo_{20};
    Bop bop_;
    Sma power_{14};
    MassIndex mass_{25, 9};
    Zscore zscores_[2]{Zscore(50), Zscore(200)};
};

/// Memory and shape of the returns, and what ranges say of volatility beyond closes.
class StatisticFeatures {
  public:
    void describe(Catalogue& c) const {
        c.group("statistics");
        c.add("hurst_100", "hurst(100)");
        c.add("dfa_128", "dfa(128)");
        c.add("entropy_100", "entropy(100,3)");
        c.add("permutation_entropy_100", "permutation_entropy(100)");
        c.add("autocorrelation_50", "autocorrelation(50,1)");
        c.add("autocorrelation_50_2", "autocorrelation(50,2)");
        c.add("skewness_60", "skewness(60)");
        c.add("kurtosis_60", "kurtosis(60)");
        c.add("correl_30", "correl(30) of high and low");
        c.add("beta_5", "beta(5) of high and low");
        for (const char* name : {"yang_zhang_20", "garman_klass_20", "rogers_satchell_20"})
            c.add(name, std::string("log of ") + name + " by the realised volatility of 20 bars");
        c.add("jump_share_20", "jump_share(20)");
    }

    double* update(const Moment& m, double* out) {
        ColumnWriter w(m, out);
        const double close = m.bar.close;
        w.put(hurst_.update(close));
        w.put(dfa_.update(close));
        w.put(entropy_.update(close));
        w.put(order_.update(close));
        for (Autocorrelation& a : autocorrelations_) w.put(a.update(close));
        w.put(skewness_.update(close));
        w.put(kurtosis_.update(close));
        w.put(correl_.update(m.bar));
        w.put(beta_.update(m.bar));
        const double variance = realised_.update(close) / 20;
        for (const double v : {yang_zhang_.update(m.bar), garman_klass_.update(m.bar), satchell_.update(m.bar)})
            w.put(log_volatility(v * v) - log_volatility(variance));
        w.put(jumps_.update(close));
        return w.end();
    }

  private:
    Hurst hurst_{100};
    Dfa dfa_{128};
    Entropy entropy_{100, 3};
    PermutationEntropy order_{100};
    Autocorrelation autocorrelations_[2]{Autocorrelation(50, 1), Autocorrelation(50, 2)};
    Skewness skewness_{60};
    Kurtosis kurtosis_{60};
    Correl correl_{30};
    Beta beta_{5};
    RealisedVariance realised_{20};
    YangZhang yang_zhang_{20};
    GarmanKlass garman_klass_{20};
    RogersSatchell satchell_{20};
    JumpShare jumps_{20};
};

}  // namespace aitrading::insight
