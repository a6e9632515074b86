#pragma once

#include <array>

#include "insight/features/averages.hpp"
#include "insight/features/directional.hpp"
#include "insight/features/feature_group.hpp"
#include "insight/features/oscillators.hpp"
#include "insight/features/regression.hpp"

namespace aitrading::insight {

/// Where the price stands against its averages and how they run, in units of ATR(14).
class TrendFeatures {
  public:
    void describe(Catalogue& c) const {
        c.group("trend");
        for (const int n : spans) c.add("ema_gap_" + std::to_string(n), "close - ema(" + std::to_string(n) + "), in ATR");
        c.add("ema_slope_20", "change of ema(20) over 5 bars, in ATR");
        c.add("kama_gap_30", "close - kama(30), in ATR");
        c.add("hma_gap_20", "close - hma(20), in ATR");
        c.add("linreg_slope_14", "linreg_slope(14), in ATR per bar");
        c.add("linreg_slope_50", "linreg_slope(50), in ATR per bar");
        c.add("tsf_gap_14", "close - tsf(14), in ATR");
        c.add("psar_gap", "close - psar, in ATR");
        c.add("macd_line", "macd.line, in ATR");
        c.add("macd_signal", "macd.signal, in ATR");
        c.add("macd_histogram", "macd.histogram, in ATR");
        c.add("adx_14", "adx(14)");
        c.add("di_difference_14", "plus_di(14) - minus_di(14)");
        c.add("aroon_up_25", "aroon(25).up");
        c.add("aroon_down_25", "aroon(25).down");
    }

    double* update(const Moment& m, double* out) {
        const double close = m.bar.close;
        const auto put = [&](double value) { *out++ = ratio(value, m.atr); };
        double average_20 = unknown;
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const double average = emas_[i].update(close);
            if (spans[i] == 20) average_20 = average;
            put(close - average);
        }
        put(average_20 - ema_past_.update(average_20));
        put(close - kama_.update(close));
        put(close - hma_.update(close));
        put(short_line_.update(close));
        put(long_line_.update(close));
        put(close - forecast_.update(close));
        put(close - psar_.update(m.bar));
        for (const double value : macd_.update(close)) put(value);
        *out++ = adx_.update(m.bar);
        *out++ = plus_.update(m.bar) - minus_.update(m.bar);
        for (const double value : aroon_.update(m.bar)) *out++ = value;
        return out;
    }

  private:
    static constexpr std::array spans{5, 10, 20, 50, 100, 200};
    std::array<Ema, 6> emas_{Ema(5), Ema(10), Ema(20), Ema(50), Ema(100), Ema(200)};
    Delay ema_past_{5};
    Kama kama_{30};
    Hma hma_{20};
    LinregSlope short_line_{14}, long_line_{50};
    Tsf forecast_{14};
    Psar psar_{0.02, 0.2};
    Macd macd_{12, 26, 9};
    Adx adx_{14};
    PlusDi plus_{14};
    MinusDi minus_{14};
    Aroon aroon_{25};
};

}  // namespace aitrading::insight
