#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "domain/model.hpp"

namespace aitrading::report {

/// A model or baseline with its panel. Baselines are drawn in grey.
struct ModelPanel {
    std::string name;
    Panel panel;
    bool baseline = false;
};

/// Out-of-sample predictions with what came true, one entry for each scored bar, in time order. `regime` and `fold` are
/// empty or as long as the others.
struct ScoredBars {
    std::vector<UnixNanos> time;  ///< opening time of the bar at whose close was predicted
    std::vector<double> p_up;
    std::vector<float> y;         ///< 0 or 1
    std::vector<int> regime;      ///< 1..12, 0 = none
    std::size_t size() const { return time.size(); }
};

/// How a model did on the bars of one regime (1..12). Costs where the label is traded; basis points a bar.
struct RegimeRow {
    int regime = 0;
    std::int64_t n = 0;
    double share = 0;             ///< of all scored bars
    double accuracy = 0, low = 0, high = 0;
    double majority_rate = 0.5;   ///< of the same bars
    double log_loss_skill = 0;
    Figure interval_coverage;     ///< share of outcomes inside their 90 % interval
    Figure gross_bp, cost_bp, net_bp, net_low, net_high;  ///< 95 % interval of the net
};

/// Share of one feature in the model's gain. `low` and `high` (95 %, over refits) where known, NaN otherwise.
struct FeatureShare {
    std::string name;
    double share = 0;
    double low = 0, high = 0;
    bool has_interval = false;
};

/// What one feature is worth on tested bars: log loss a bar that dealing it anew costs, with its 95 % band.
struct FeatureWorth {
    std::string name;
    double loss = 0, low = 0, high = 0;
};

/// How the answer follows one feature when everything else stays.
struct DependenceCurve {
    std::string name;
    std::vector<double> at, p_up;          ///< value, mean answer
    std::vector<double> low, high;         ///< where nine tenths of the rows' answers lie
    double usual_low = 0, usual_high = 0;  ///< the feature's 10 % and 90 % quantiles
};

/// A number under a changed assumption, e.g. the yearly Sharpe ratio with the spread doubled.
struct SensitivityRow {
    std::string what;
    Figure value, low, high;  ///< 95 % interval where known
};

/// A run on data that holds nothing to find: its accuracy belongs inside `expected_low .. expected_high`.
struct PlaceboRow {
    std::string name;
    std::int64_t n = 0;
    double accuracy = 0;
    double expected_low = 0, expected_high = 0;  ///< 50 % +- 3 standard errors, as shares
    bool passed = false;
};

/// One test fold of the walk-forward.
struct FoldRow {
    UnixNanos from, to;
    std::int64_t n = 0;
    double accuracy = 0, majority_rate = 0;
    double log_loss_skill = 0;  ///< 1 - log loss / log loss of the constant
};

/// Where the values come from and how to make them again. Empty fields are left out.
struct Provenance {
    std::string command_line, data, version, seed, hash;
    std::vector<std::pair<std::string, std::string>> more;  ///< term, text
};

}  // namespace aitrading::report
