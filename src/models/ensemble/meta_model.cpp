#include "models/ensemble/meta_model.hpp"

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
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
    meta.ensemble = CalibratedScore::fit(rows, score, from, horizon);
    meta.by_regime = RegimeCalibration::fit(rows, score, from, horizon);
    std::vector<double> own(rows.size());
    for (std::size_t m = 0; m < rows.members; ++m) {
        for (std::size_t i = 0; i < rows.size(); ++i) own[i] = rows.logits[i * rows.members + m];
        meta.members[m] = CalibratedScore::fit(rows, own, 0, horizon);
    }
    if (out_score) *out_score = score;
    return meta;
}

void MetaModel::write(ByteWriter& out) const {
    stack.plain_part().write(out);
    out.put(static_cast<std::uint64_t>(members.size()));
    ensemble.write(out);
    for (const CalibratedScore& s : members) s.write(out);
}

MetaModel MetaModel::read(ByteReader& in) {
    MetaModel meta;
    meta.stack = MetaStack(Stack::read(in));
    const auto count = in.get<std::uint64_t>();
    meta.ensemble = CalibratedScore::read(in);
    for (std::uint64_t m = 0; m < count && !in.failed(); ++m) meta.members.push_back(CalibratedScore::read(in));
    return meta;
}

}  // namespace aitrading::models
