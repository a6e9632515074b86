#pragma once

#include <cmath>
#include <string>

#include "insight/features/averages.hpp"
#include "insight/features/feature_group.hpp"
#include "insight/features/pairs.hpp"

namespace aitrading::insight {

/// What another market did up to the bar's close, and how this one moves with it. `observe` takes its levels in time
/// order; a level must be known before the bar is. A market that has been silent for long shows its last state and age.
class CrossFeatures {
  public:
    CrossFeatures(std::string name, std::string meaning) : name_(std::move(name)), meaning_(std::move(meaning)) {}

    void describe(Catalogue& c) const {
        c.group("cross " + name_);
        const auto add = [&](const char* column, const std::string& text) { c.add(name_ + "_" + column, text + " (" + meaning_ + ")"); };
        add("return_1", "last log return, in its volatility");
        add("return_5", "log return over its last 5 levels, in their volatility");
        add("return_20", "log return over its last 20 levels, in their volatility");
        add("ema_gap_20", "log of its level by its EMA(20), in its volatility");
        add("move", "its log return over this series' bar, in its volatility");
        add("correlation_100", "correlation of both moves over 100 bars");
        add("beta_100", "slope of this series' log return on its move, 100 bars");
        add("age", "log of 1 + hours since its last level");
    }

    /// A level that is known by now.
    void observe(UnixNanos known, double level) {
        const double log = std::log(level), change = log - level_;
        seen_ = known;
        level_ = log;
        if (!is_unknown(change)) volatility_ = std::sqrt(squares_.update(change * change));
        return_1_ = ratio(change, volatility_);
        return_5_ = ratio(log - past_5_.update(log), volatility_ * 2.23606797749979);
        return_20_ = ratio(log - past_20_.update(log), volatility_ * 4.47213595499958);
        gap_ = ratio(log - average_.update(log), volatility_);
    }

    double* update(const Moment& m, double* out) {
        const double move = level_ - at_last_bar_;
        at_last_bar_ = level_;
        double correlation = unknown, slope = unknown;
        if (!is_unknown(move) && !is_unknown(m.change) && pairs_.update(move, m.change)) {
            correlation = pairs_.correlation();
            slope = pairs_.slope();
        }
        const auto hours = static_cast<double>(m.known.value - seen_.value) / static_cast<double>(nanos_per_hour);
        for (const double value : {return_1_, return_5_, return_20_, gap_, ratio(move, volatility_), correlation, slope,
                                   is_unknown(level_) ? unknown : std::log1p(hours)})
            *out++ = value;
        return out;
    }

  private:
    std::string name_, meaning_;
    UnixNanos seen_;
    double level_ = unknown, at_last_bar_ = unknown, volatility_ = unknown;
    double return_1_ = unknown, return_5_ = unknown, return_20_ = unknown, gap_ = unknown;
    Ema squares_{40}, average_{20};
    Delay past_5_{5}, past_20_{20};
    RollingProducts pairs_{100};
};

}  // namespace aitrading::insight
