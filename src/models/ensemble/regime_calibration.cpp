#include "models/ensemble/regime_calibration.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::models {
namespace {

/// Some rows of a set, in their order.
MetaRows pick(const MetaRows& rows, std::span<const std::size_t> at) {
    MetaRows out;
    for (const std::size_t i : at) {
        out.y.push_back(rows.y[i]);
        out.row.push_back(rows.row[i]);
        out.end.push_back(rows.end[i]);
    }
    return out;
}

std::vector<double> pick(std::span<const double> score, std::span<const std::size_t> at) {
    std::vector<double> out;
    out.reserve(at.size());
    for (const std::size_t i : at) out.push_back(score[i]);
    return out;
}

double loss(double p, float y) {
    const double at = std::clamp(p, 1e-15, 1 - 1e-15);
    return -std::log(y > 0.5F ? at : 1 - at);
}

/// How a regime's own calibration does on its latest third.
/// @param own rows of the regime   @param all rows of every regime from the first that counts
RegimeCalibration::Trial attempt(const MetaRows& rows, std::span<const double> score, std::span<const std::size_t> own, std::span<const std::size_t> all, int horizon) {
    const std::size_t judge = own.size() - own.size() / 3;
    const std::uint32_t first = rows.row[own[judge]];
    std::vector<std::size_t> own_earlier, all_earlier;
    for (const std::size_t i : own)
        if (rows.end[i] < first) own_earlier.push_back(i);
    for (const std::size_t i : all)
        if (rows.end[i] < first) all_earlier.push_back(i);
    RegimeCalibration::Trial out{.regime = rows.regime[own.front()]};
    if (own_earlier.empty()) return out;
    const CalibratedScore mine = CalibratedScore::fit(pick(rows, own_earlier), pick(score, own_earlier), 0, horizon);
    const CalibratedScore theirs = CalibratedScore::fit(pick(rows, all_earlier), pick(score, all_earlier), 0, horizon);
    double sum = 0, squares = 0;
    for (const std::size_t i : own.subspan(judge)) {
        const double gain = loss(theirs.calibrator.apply(score[i]), rows.y[i]) - loss(mine.calibrator.apply(score[i]), rows.y[i]);
        sum += gain;
        squares += gain * gain;
    }
    const auto n = static_cast<double>(own.size() - judge);
    out.gain = sum / n;
    out.error = std::sqrt(std::max(0.0, squares / n - out.gain * out.gain) * horizon / n);
    out.taken = out.gain > out.error && out.gain > 0;
    return out;
}

}  // namespace

RegimeCalibration RegimeCalibration::fit(const MetaRows& rows, std::span<const double> score, std::size_t from, int horizon) {
    RegimeCalibration out;
    if (rows.regime.empty()) return out;
    std::map<int, std::vector<std::size_t>> by_regime;
    std::vector<std::size_t> all;
    for (std::size_t i = from; i < rows.size(); ++i) {
        all.push_back(i);
        by_regime[rows.regime[i]].push_back(i);
    }
    for (const auto& [regime, own] : by_regime) {
        if (regime <= 0 || own.size() < least_rows) continue;
        out.trials_.push_back(attempt(rows, score, own, all, horizon));
        if (out.trials_.back().taken) out.own_.emplace(regime, CalibratedScore::fit(pick(rows, own), pick(score, own), 0, horizon));
    }
    return out;
}

CalibratedScore::Value RegimeCalibration::apply(double score, int regime, const CalibratedScore& of_all) const {
    const auto own = own_.find(regime);
    return own == own_.end() ? of_all.apply(score) : own->second.apply(score);
}

std::vector<int> RegimeCalibration::regimes() const {
    std::vector<int> out;
    out.reserve(own_.size());
    for (const auto& [regime, score] : own_) out.push_back(regime);
    return out;
}

void RegimeCalibration::write(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(own_.size()));
    for (const auto& [regime, score] : own_) {
        out.put(static_cast<std::int64_t>(regime));
        score.write(out);
    }
}

bool RegimeCalibration::read(ByteReader& in) {
    own_.clear();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t k = 0; k < count && !in.failed(); ++k) {
        const auto regime = static_cast<int>(in.get<std::int64_t>());
        own_.emplace(regime, CalibratedScore::read(in));
    }
    return !in.failed();
}

}  // namespace aitrading::models
