#include "models/ensemble/reasons.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t asked_every = 1'024;  ///< rows, whether to go on

}  // namespace

std::string ReasonLine::text() const { return fmt::format("{}: {:+.3f}", words, contribution); }

std::string BarReasons::note() const {
    if (!missing.empty()) return "not available: " + missing;
    std::string out;
    if (!untold.empty()) out = fmt::format("not available of {}: what {} is in earlier_bars", fmt::join(untold, ", "), untold.size() == 1 ? "it adds" : "they add");
    if (flat) out += (out.empty() ? "" : "; ") + std::string("the calibration answers the same for every score near this one: no column moved the answer");
    return out;
}

ReasonTeller::ReasonTeller(const FittedEnsemble& model, const ReasonRows& rows, EnsembleMemory before, std::size_t fed)
    : model_(&model), rows_(&rows), before_(std::move(before)), fed_(fed), window_(model.reason_rows()), remembers_(model.remembers()) {
    CHECK(rows.features.columns() == model.columns());
}

std::size_t ReasonTeller::first_looked_at() const { return row_ + 1 - std::min(row_ + 1, window_); }

Result<void> ReasonTeller::move_to(UnixNanos bar, const GoOn& go_on) {
    const FeatureMatrix& features = rows_->features;
    while (row_ < features.rows() && features.time[row_] < bar) ++row_;
    if (!remembers_ || !stands_at(bar)) return {};
    const std::size_t first = first_looked_at();
    CHECK(fed_ <= first);
    for (; fed_ < first; ++fed_) {
        for (std::size_t m = 0; m < before_.members.size(); ++m)
            if (before_.members[m]) model_->member(m).predict_next(before_.members[m].get(), features.row(fed_));
        if (go_on && fed_ % asked_every == asked_every - 1) TRY_VOID(go_on());
    }
    return {};
}

Result<BarReasons> ReasonTeller::explain(const GivenAnswer& answer, const GoOn& go_on) {
    TRY_VOID(move_to(answer.bar, go_on));
    if (go_on) TRY_VOID(go_on());
    if (!stands_at(answer.bar)) return BarReasons{.missing = "the bar has no row of features"};
    const MatrixView rows = rows_->features.view().slice(first_looked_at(), row_ + 1);
    const Explanation e = model_->explain(&before_, rows, {answer.p_up, answer.regime, answer.mix});
    BarReasons out{.missing = {}, .logit = e.logit, .base_logit = e.base, .lines = all_lines(e), .untold = model_->names_of(e.untold), .flat = e.flat};
    out.others_count = out.lines.size() - std::min(reasons_named, out.lines.size());
    for (std::size_t i = reasons_named; i < out.lines.size(); ++i) out.others += out.lines[i].contribution;
    out.lines.resize(out.lines.size() - out.others_count);
    for (ReasonLine& line : out.lines)
        if (line.words.empty()) line.words = column_words(*rows_, line.feature, row_);
    return out;
}

/// Every reason of one answer that is not zero, the greatest first.
std::vector<ReasonLine> ReasonTeller::all_lines(const Explanation& e) const {
    const FeatureMatrix& features = rows_->features;
    std::vector<ReasonLine> out;
    for (std::size_t c = 0; c < e.column.size(); ++c)
        if (e.column[c] != 0) out.push_back({features.names[c], features.row(row_)[c], e.column[c], {}});
    for (std::size_t m = 0; m < e.member.size(); ++m) {
        const std::string& name = model_->member_names()[m];
        if (e.member[m] != 0) out.push_back({"member:" + name, no_value, e.member[m], name + " as a whole, which cannot be taken apart"});
    }
    if (e.earlier != 0)
        out.push_back({"earlier_bars", no_value, e.earlier, fmt::format("what is remembered of bars before the last {}, or not known", window_)});
    if (e.disagreement != 0) out.push_back({"disagreement", no_value, e.disagreement, "how far the members lie apart"});
    std::ranges::stable_sort(out, std::greater{}, [](const ReasonLine& l) { return std::abs(l.contribution); });
    return out;
}

}  // namespace aitrading::models
