#include "models/ensemble/calibrated_score.hpp"

#include <algorithm>

namespace aitrading::models {
namespace {

/// Rows right before the judging part of choose_calibrator whose labels reach into it.
std::size_t purge_of(const MetaRows& rows, std::size_t from, double share) {
    const std::size_t n = rows.size() - from;
    const std::size_t judge = n - static_cast<std::size_t>(share * static_cast<double>(n)) + from;
    if (judge >= rows.size()) return 0;
    return judge - std::max(from, known_before(rows, judge, rows.row[judge]));
}

}  // namespace

CalibratedScore::Value CalibratedScore::apply(double score) const {
    const double p = calibrator.apply(score);
    const VennAbersInterval at = interval.query(score);
    return {p, std::min(p, at.low), std::max(p, at.high)};
}

CalibratedScore CalibratedScore::fit(const MetaRows& rows, std::span<const double> score, std::size_t from, int horizon) {
    const ScoredLabels data{score.subspan(from), std::span(rows.y).subspan(from)};
    ChoiceOptions options;
    options.overlap = horizon;
    options.purge_rows = purge_of(rows, from, options.validation_share);
    return {choose_calibrator(data, options).calibrator, VennAbers(data)};
}

void CalibratedScore::write(ByteWriter& out) const {
    calibrator.write(out);
    interval.write(out);
}

CalibratedScore CalibratedScore::read(ByteReader& in) {
    CalibratedScore s;
    s.calibrator = Calibrator::read(in);
    s.interval = VennAbers::read(in);
    return s;
}

}  // namespace aitrading::models
