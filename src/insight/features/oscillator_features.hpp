#pragma once

#include <array>

#include "insight/features/feature_group.hpp"
#include "insight/features/oscillators.hpp"
#include "insight/features/regression.hpp"

namespace aitrading::insight {

/// Bounded oscillators and the place of the close in its recent range.
class OscillatorFeatures {
  public:
    void describe(Catalogue& c) const {
        c.group("oscillators");
        for (const char* n : {"3", "7", "14", "28"}) c.add(std::string("rsi_") + n, std::string("rsi(") + n + ")");
        c.add("stochastic_k", "stochastic(14,3,3).k");
        c.add("stochastic_d", "stochastic(14,3,3).d");
        c.add("cci_20", "cci(20)");
        c.add("ultosc", "ultosc(7,14,28)");
        c.add("bollinger_z_20", "close - sma(20), in stddev(20)");
        c.add("bollinger_width_20", "stddev(20) of the close, in ATR");
        for (const char* n : {"10", "20", "50", "100"})
            c.add(std::string("range_position_") + n,
                  std::string("place of the close between the low (0) and the high (1) of ") + n + " bars");
    }

    double* update(const Moment& m, double* out) {
        for (Rsi& rsi : rsi_) *out++ = rsi.update(m.bar.close);
        for (const double value : stochastic_.update(m.bar)) *out++ = value;
        *out++ = cci_.update(m.bar);
        *out++ = ultosc_.update(m.bar);
        const auto [upper, middle, lower] = bollinger_.update(m.bar.close);
        *out++ = ratio(m.bar.close - middle, upper - middle);
        *out++ = ratio(upper - middle, m.atr);
        for (Willr& place : places_) *out++ = place.update(m.bar) * 0.01 + 1;
        return out;
    }

  private:
    std::array<Rsi, 4> rsi_{Rsi(3), Rsi(7), Rsi(14), Rsi(28)};
    Stochastic stochastic_{14, 3, 3};
    Cci cci_{20};
    Ultosc ultosc_{7, 14, 28};
    Bollinger bollinger_{20, 1.0};
    std::array<Willr, 4> places_{Willr(10), Willr(20), Willr(50), Willr(100)};
};

}  // namespace aitrading::insight
