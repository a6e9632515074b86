#include "models/ensemble/meta_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

/// Rows right before the judging part of choose_calibrator whose labels reach into it.
std::size_t purge_of(const MetaRows& rows, std::size_t from, double share) {
    const std::size_t n = rows.size() - from;
    const std::size_t judge = n - static_cast<std::size_t>(share * static_cast<double>(n)) + from;
    if (judge >= rows.size()) return 0;
    return judge - std::max(from, known_before(rows, judge, rows.row[judge]));
}

CalibratedScore calibrate(const MetaRows& rows, std::span<const double> score, std::size_t from,
                          int horizon) {
    const ScoredLabels data{score.subspan(from), std::span(rows.y).subspan(from)};
    ChoiceOptions options;
    options.overlap = horizon;
    options.purge_rows = purge_of(rows, from, options.validation_share);
    return {choose_calibrator(data, options).calibrator, VennAbers(data)};
}

}  // namespace

CalibratedScore::Value CalibratedScore::apply(double score) const {
    const double p = calibrator.apply(score);
    const VennAbersInterval at = interval.query(score);
    return {p, std::min(p, at.low), std::max(p, at.high)};
}

MetaModel MetaModel::fit(const MetaRows& rows, int horizon, const MetaOptions& options,
                         std::vector<double>* out_score) {
    CHECK(rows.members >= 1 && rows.logits.size() == rows.size() * rows.members && horizon >= 1);
    MetaModel meta;
    meta.members.resize(rows.members);
    FormChoice choice;
    if (options.form.any()) choice = choose_form(rows, horizon, options.stack, options.form, options.names);
    meta.trials = std::move(choice.trials);
    meta.stack = MetaStack::fit(rows, rows.size(), horizon, options.stack, choice.form);
    if (out_score) out_score->clear();
    if (rows.size() == 0) return meta;
    const std::vector<double> score = forward_scores(rows, horizon, options.stack, choice.form);
    // Scores of the plain mean are of another kind than those of a stack: they calibrate only where nothing
    // else is.
    const std::size_t from = meta.stack.fitted() ? rows.size() / forward_parts : 0;
    meta.ensemble = calibrate(rows, score, from, horizon);
    std::vector<double> own(rows.size());
    for (std::size_t m = 0; m < rows.members; ++m) {
        for (std::size_t i = 0; i < rows.size(); ++i) own[i] = rows.logits[i * rows.members + m];
        meta.members[m] = calibrate(rows, own, 0, horizon);
    }
    if (out_score) *out_score = score;
    return meta;
}

void MetaModel::write(ByteWriter& out) const {
    stack.plain_part().write(out);
    out.put(static_cast<std::uint64_t>(members.size()));
    const auto put = [&](const CalibratedScore& s) {
        s.calibrator.write(out);
        s.interval.write(out);
    };
    put(ensemble);
    for (const CalibratedScore& s : members) put(s);
}

MetaModel MetaModel::read(ByteReader& in) {
    MetaModel meta;
    meta.stack = MetaStack(Stack::read(in));
    const auto count = in.get<std::uint64_t>();
    const auto get = [&] {
        CalibratedScore s;
        s.calibrator = Calibrator::read(in);
        s.interval = VennAbers::read(in);
        return s;
    };
    meta.ensemble = get();
    for (std::uint64_t m = 0; m < count && !in.failed(); ++m) meta.members.push_back(get());
    return meta;
}

}  // namespace aitrading::models
