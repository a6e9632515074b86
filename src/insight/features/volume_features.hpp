#pragma once

#include <array>
#include <cmath>

#include "insight/features/feature_group.hpp"
#include "insight/features/volume.hpp"

namespace aitrading::insight {

/// Volume against its own mean, and whether it went with the price. Absent where the series has no volume.
class VolumeFeatures {
  public:
    explicit VolumeFeatures(bool present) : present_(present) {}

    void describe(Catalogue& c) const {
        c.group("volume");
        for (const auto& [name, meaning] : columns)
            present_ ? c.add(name, meaning) : c.absent(name, "the series has no volume");
    }

    double* update(const Moment& m, double* out) {
        if (!present_) return out;
        const double volume = m.bar.volume;
        const double recent = recent_.update(volume), usual = usual_.update(volume);
        *out++ = std::log1p(volume) - log_mean(usual);
        *out++ = log_mean(recent) - log_mean(usual);
        *out++ = mfi_.update(m.bar);
        const bool known = !is_unknown(m.change);
        const double sign = m.change > 0 ? 1 : m.change < 0 ? -1 : 0;
        const double flow = known ? flow_.update(sign * volume) : unknown;
        *out++ = ratio(flow, recent);
        const double average = vwma_.update(m.bar);
        *out++ = ratio(m.bar.close - average, m.atr);
        *out++ = ratio(adosc_.update(m.bar), recent);
        return out;
    }

  private:
    struct Column {
        const char* name;
        const char* meaning;
    };
    static constexpr std::array<Column, 6> columns{{
        {"volume_100", "log volume against the mean of 100 bars"},
        {"volume_20", "log mean volume of 20 bars against that of 100"},
        {"mfi_14", "mfi(14)"},
        {"volume_flow_20", "mean volume of 20 bars signed by the return, by their mean volume"},
        {"vwma_gap_20", "close - vwma(20), in ATR"},
        {"adosc", "adosc(3,10) by the mean volume of 20 bars"},
    }};
    static double log_mean(double mean) { return std::log1p(mean); }

    bool present_;
    Sma recent_{20}, usual_{100}, flow_{20};
    Mfi mfi_{14};
    Vwma vwma_{20};
    Adosc adosc_{3, 10};
};

}  // namespace aitrading::insight
