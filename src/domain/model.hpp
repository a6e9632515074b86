#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace aitrading {

/// Rows of equal width somewhere in memory, row-major. `stride` is the distance of two rows in elements.
struct MatrixView {
    const double* data = nullptr;
    std::size_t rows = 0, columns = 0, stride = 0;
    std::span<const double> row(std::size_t i) const { return {data + i * stride, columns}; }
    MatrixView slice(std::size_t from, std::size_t to) const {
        return {data + from * stride, to - from, columns, stride};
    }
};

/// Features of one series, one row per bar, row-major; NaN where a value is not known yet.
/// `time` is the bar's opening time, `known` the instant from which the row may be used (the bar's close).
struct FeatureMatrix {
    std::vector<std::string> names;  ///< [columns]
    std::vector<UnixNanos> time, known;  ///< [rows]
    std::vector<double> values;      ///< [rows x columns]
    std::string manifest_hash;       ///< fingerprint of names, versions and parameters

    std::size_t rows() const { return time.size(); }
    std::size_t columns() const { return names.size(); }
    std::span<const double> row(std::size_t i) const { return {values.data() + i * columns(), columns()}; }
    MatrixView view() const { return {values.data(), rows(), columns(), columns()}; }
};

/// One labelled set over the rows of a feature matrix. All vectors have one entry per labelled row.
struct LabelSet {
    std::string spec;                 ///< as asked: next_bar, volatility(120), …
    bool directional = false;         ///< speaks of up or down (baseline reverse_last_bar, conformal in basis points)
    bool volatility = false;          ///< speaks of volatility (baseline har)
    int horizon_bars = 1;             ///< longest label span
    std::vector<std::uint32_t> row;   ///< row of the feature matrix, increasing
    std::vector<std::uint32_t> end;   ///< last row whose close the label needs; known at that close
    std::vector<float> y;             ///< 0 or 1
    std::vector<double> target;       ///< what the label speaks of: return in basis points, or log volatility
    std::vector<double> weight;       ///< average uniqueness, mean about its own average
    std::int64_t left_out = 0;        ///< bars without a move, counted and not labelled

    std::size_t size() const { return row.size(); }
};

/// A number that may be impossible to compute; then `reason` says why.
struct Figure {
    std::optional<double> value;
    std::string reason;
    Figure() = default;
    Figure(double v) : value(v) {}  // NOLINT(google-explicit-constructor): a figure is a number first
    static Figure unknown(std::string why) {
        Figure f;
        f.reason = std::move(why);
        return f;
    }
};

/// One bin of a reliability diagram.
struct ReliabilityBin {
    double low = 0, high = 0;          ///< edges of the predicted probability
    double predicted = 0, observed = 0;  ///< means inside the bin
    std::int64_t count = 0;
};

/// Accuracy on the share of bars with the greatest confidence.
struct CoveragePoint {
    double coverage = 1;
    double accuracy = 0;
    double low = 0, high = 0;  ///< Wilson 95 %
    std::int64_t count = 0;
    double threshold = 0;      ///< |p - 1/2| from which on a bar counts, frozen before the test
};

/// The panel that cannot be gamed (specs, ml 1.5). Keys of `--json` are these names.
struct Panel {
    std::int64_t n = 0;
    UnixNanos from, to;
    int horizon = 1;
    double coverage = 1;
    double majority_rate = 0.5;
    double accuracy = 0;
    double accuracy_low = 0, accuracy_high = 0;  ///< accuracy_ci95
    std::string interval;                        ///< "wilson" or "stationary block bootstrap, mean block 12"
    double balanced_accuracy = 0.5;
    double mcc = 0;
    double roc_auc = 0.5;
    double p_value_vs_majority = 1;
    Figure pesaran_timmermann;
    double brier = 0.25;
    double brier_skill = 0;
    double log_loss = 0;
    double log_loss_skill = 0;
    double ece = 0;
    double ece_noise_p95 = 0;
    double murphy_reliability = 0, murphy_resolution = 0, murphy_uncertainty = 0;
    std::vector<CoveragePoint> accuracy_at;  ///< 1.0 0.5 0.2 0.1 0.05
    double aurc = 0;
    double e_aurc = 0;
    Figure net_sharpe_1x, net_sharpe_2x, gross_sharpe;
    Figure psr, dsr, min_track_record_years, pbo;
    Figure max_drawdown, turnover;
    std::vector<ReliabilityBin> reliability;
};

/// Out-of-sample predictions of one model over labelled rows, aligned with each other.
struct Predictions {
    std::vector<std::uint32_t> row;      ///< row of the feature matrix
    std::vector<int> fold;
    std::vector<double> p_up;            ///< calibrated probability of label 1
    std::vector<double> p_low, p_high;   ///< Venn-Abers interval
    std::vector<double> low, high;       ///< 90 % conformal interval of the label's target
    std::map<std::string, std::vector<double>> members;  ///< each model's own probability, by name

    std::size_t size() const { return row.size(); }
};

}  // namespace aitrading
