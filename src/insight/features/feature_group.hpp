#pragma once

#include <cmath>
#include <string>

#include "base/time.hpp"
#include "insight/features/candle.hpp"
#include "insight/features/feature_manifest.hpp"

// A feature group is a class with
//   void describe(Catalogue&) const      names its columns in order
//   double* update(const Moment&, double* out)   writes them and returns the end
// FeatureSet calls both in the same order.

namespace aitrading::insight {

/// What every group may use of the present bar.
struct Moment {
    Candle bar;
    UnixNanos opened, known;      ///< opening time, and the close from which on the bar is known
    double change = unknown;      ///< log return from the last close
    double atr = unknown;         ///< ATR(14)
    double volatility = unknown;  ///< root of the EMA(40) of squared log returns
    double spread = unknown;      ///< ask - bid at the close, where the series tells
};

/// Collects the columns of all groups.
class Catalogue {
  public:
    explicit Catalogue(FeatureManifest& manifest) : manifest_(manifest) {}
    void group(std::string name) { group_ = std::move(name); }
    void add(std::string name, std::string meaning) {
        manifest_.columns.push_back({prefix + std::move(name), group_, std::move(meaning)});
    }
    void absent(std::string name, std::string reason) {
        manifest_.absent.push_back({std::move(name), std::move(reason)});
    }
    std::string prefix;  ///< put before every name

  private:
    FeatureManifest& manifest_;
    std::string group_;
};

/// a / b for b > 0; 0 where nothing moves (b = 0); unknown where either is.
inline double ratio(double a, double b) {
    if (is_unknown(a) || is_unknown(b)) return unknown;
    return b > 0 ? a / b : 0;
}

/// Half the log of a mean square return, from 1e-14 up: the log of a volatility per bar that is never infinite.
inline double log_volatility(double mean_square) {
    return is_unknown(mean_square) ? unknown : 0.5 * std::log(mean_square > 1e-14 ? mean_square : 1e-14);
}

}  // namespace aitrading::insight
