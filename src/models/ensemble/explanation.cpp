#include "models/ensemble/explanation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "base/check.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

/// Below this distance of two scores their difference quotient is rounding: the derivative stands in.
constexpr double least_move = 1e-7;

/// One member's word.
struct MemberWord {
    std::vector<double> column;  ///< [columns]
    std::optional<Reasons> reasons;
    double logit = std::numeric_limits<double>::quiet_NaN(), base = logit;  ///< NaN: says nothing
};

MemberWord ask(const Classifier& member, const ClassifierMemory* before, MatrixView rows) {
    MemberWord word;
    word.column.resize(rows.columns);
    word.reasons = member.explain(before, rows, word.column);
    if (word.reasons) {
        word.base = word.logit = word.reasons->base;
        word.logit += word.reasons->earlier;
        for (const double c : word.column) word.logit += c;
        return word;
    }
    // Even odds are its base: whatever it says is its own reason. With a memory it would have to be asked bar by bar.
    const double p = before == nullptr ? member.predict_row(rows.row(rows.rows - 1)) : std::numeric_limits<double>::quiet_NaN();
    if (p >= 0 && p <= 1) {
        word.logit = logit(p);
        word.base = 0;
    }
    return word;
}

/// Reasons in the stacked logit, and that logit with and without them.
struct Stacked {
    Explanation reasons;
    double here = 0, nowhere = 0;
};

double sum_of(const StackTerms& terms) {
    double z = terms.intercept;
    for (std::size_t k = 0; k < terms.x.size(); ++k) z += terms.weight[k] * terms.x[k];
    return z;
}

/// @param first_posterior column of the first regime's posterior
Stacked through_stack(const MetaStack& stack, std::span<const MemberWord> words, std::span<const double> posterior, std::size_t columns,
                      std::size_t first_posterior) {
    std::vector<double> logits, bases;
    for (const MemberWord& word : words) {
        logits.push_back(word.logit);
        bases.push_back(word.base);
    }
    const StackTerms here = stack.terms(logits, posterior), there = stack.terms(bases, posterior);
    Stacked out{.here = sum_of(here), .nowhere = sum_of(stack.terms(bases))};
    Explanation& reasons = out.reasons;
    reasons.column.assign(columns, 0.0);
    reasons.member.assign(words.size(), 0.0);
    for (std::size_t r = 0; r < std::min(stack.regimes(), posterior.size()); ++r) {
        if (!std::isfinite(posterior[r])) continue;
        const std::span<const double> delta = stack.regime_delta(r);
        double own = delta[0];
        for (std::size_t k = 0; k < there.x.size(); ++k) own += delta[k + 1] * there.x[k];
        reasons.column[first_posterior + r] += posterior[r] * own;
    }
    std::size_t k = 0;
    for (std::size_t m = 0; m < words.size(); ++m) {
        if (!stack.form().keeps(m)) continue;
        const double weight = here.weight[k];
        if (words[m].reasons) {
            for (std::size_t c = 0; c < columns; ++c) reasons.column[c] += weight * words[m].column[c];
            reasons.earlier += weight * words[m].reasons->earlier;
            reasons.residual = std::max(reasons.residual, std::abs(weight * words[m].reasons->residual));
        } else {
            reasons.member[m] = weight * (here.x[k] - there.x[k]);
        }
        ++k;
    }
    if (stack.form().disagreement) reasons.disagreement = here.weight[k] * (here.x[k] - there.x[k]);
    return out;
}

/// How f moves between two places: its difference quotient, and its derivative where they are one.
template <class F>
double secant(F f, double from, double to) {
    if (std::abs(to - from) > least_move) return (f(to) - f(from)) / (to - from);
    constexpr double step = 1e-4;
    return (f(from + step) - f(from - step)) / (2 * step);
}

void scale(Explanation& e, double factor) {
    for (double& c : e.column) c *= factor;
    for (double& c : e.member) c *= factor;
    e.earlier *= factor;
    e.disagreement *= factor;
}

/// One that the mix asks: the stack, or a member by itself. Its reasons are in its own calibrated logit.
struct Expert {
    double weight = 0;
    Explanation reasons;
};

Expert expert_of(double weight, Stacked stacked, const auto& calibrated) {
    Expert out{weight, std::move(stacked.reasons)};
    out.reasons.logit = calibrated(stacked.here);
    out.reasons.base = calibrated(stacked.nowhere);
    const double slope = secant(calibrated, stacked.nowhere, stacked.here);
    out.reasons.flat = slope == 0;
    scale(out.reasons, slope);
    return out;
}

Stacked by_itself(const MemberWord& word, std::size_t member, std::size_t members) {
    Stacked out{.here = word.logit, .nowhere = word.base};
    out.reasons.column = word.column;
    out.reasons.member.assign(members, 0.0);
    if (!word.reasons) {
        out.reasons.member[member] = word.logit - word.base;
        return out;
    }
    out.reasons.earlier = word.reasons->earlier;
    out.reasons.residual = std::abs(word.reasons->residual);
    return out;
}

/// The mix of some: reasons go to probabilities, are mixed there, and back.
Explanation mixed(std::span<const Expert> experts) {
    Explanation out = experts[0].reasons;
    double p = 0, p_base = 0;
    for (const Expert& x : experts) {
        p += x.weight * sigmoid(x.reasons.logit);
        p_base += x.weight * sigmoid(x.reasons.base);
    }
    const double back = secant(logit, p_base, p);
    scale(out, 0);
    out.flat = true;
    for (const Expert& x : experts) {
        const double factor = x.weight * secant(sigmoid, x.reasons.base, x.reasons.logit) * back;
        for (std::size_t c = 0; c < out.column.size(); ++c) out.column[c] += factor * x.reasons.column[c];
        for (std::size_t m = 0; m < out.member.size(); ++m) out.member[m] += factor * x.reasons.member[m];
        out.earlier += factor * x.reasons.earlier;
        out.disagreement += factor * x.reasons.disagreement;
        out.residual = std::max(out.residual, x.reasons.residual);
        out.flat = out.flat && x.reasons.flat;
    }
    out.logit = logit(p);
    out.base = logit(p_base);
    return out;
}

}  // namespace

EnsembleMemory EnsembleMemory::copy() const {
    EnsembleMemory out;
    for (const auto& m : members) out.members.push_back(m == nullptr ? nullptr : m->copy());
    return out;
}

std::vector<double> FittedEnsemble::answers(MatrixView series, std::span<const std::uint32_t> at, std::span<const int> regime) const {
    std::vector<std::vector<double>> said(members_.size(), std::vector<double>(at.size()));
    for (std::size_t m = 0; m < members_.size(); ++m) members_[m]->predict_series(series, at, said[m]);
    std::vector<double> out(at.size()), row(members_.size());
    for (std::size_t i = 0; i < at.size(); ++i) {
        for (std::size_t m = 0; m < members_.size(); ++m) row[m] = said[m][i];
        out[i] = predict_from(row, series.row(at[i]), {}, {nullptr, at[i], regime.empty() ? -1 : regime[at[i]]}).p_up;
    }
    return out;
}

std::size_t FittedEnsemble::reason_rows() const {
    std::size_t rows = 1;
    for (std::size_t m = 0; m < members_.size(); ++m)
        if (meta_.stack.form().keeps(m)) rows = std::max(rows, members_[m]->reason_rows());
    return rows;
}

Explanation FittedEnsemble::explain(const EnsembleMemory* before, MatrixView rows, const Answer& answer) const {
    CHECK(rows.rows >= 1 && rows.columns == columns() && (before != nullptr || !remembers()));
    CHECK(answer.mix.empty() || answer.mix.size() == members_.size() + 1);
    std::vector<MemberWord> words(members_.size());
    for (std::size_t m = 0; m < members_.size(); ++m)
        if (meta_.stack.form().keeps(m)) words[m] = ask(*members_[m], before == nullptr ? nullptr : before->members[m].get(), rows);
    const std::size_t features = columns() - learnt_;
    const auto calibrated = [&](double z) { return logit(meta_.answer(z, answer.regime).p); };
    std::vector<Expert> experts;
    experts.push_back(expert_of(1, through_stack(meta_.stack, words, rows.row(rows.rows - 1).subspan(features, posteriors_), columns(), features), calibrated));
    Explanation out = experts[0].reasons;
    if (weights_) {
        std::vector<double> said(members_.size() + 1, std::nan("")), weight(answer.mix.begin(), answer.mix.end());
        for (std::size_t m = 0; m < members_.size(); ++m) {
            if (!meta_.stack.form().keeps(m) || std::isnan(words[m].logit)) continue;
            const CalibratedScore& own = meta_.members[m];
            said[m] = own.apply(words[m].logit).p;
            experts.push_back(expert_of(0, by_itself(words[m], m, members_.size()), [&](double z) { return logit(own.apply(z).p); }));
        }
        said.back() = sigmoid(experts[0].reasons.logit);
        if (weight.empty()) {
            weight.resize(said.size());
            weights_->now(said, weight);
        }
        experts[0].weight = weight.back();
        for (std::size_t m = 0, k = 1; m < members_.size(); ++m)
            if (!std::isnan(said[m])) experts[k++].weight = weight[m];
        out = mixed(experts);
    }
    for (std::size_t m = 0; m < members_.size(); ++m)
        if (meta_.stack.form().keeps(m) && std::isnan(words[m].logit)) out.untold |= std::uint64_t{1} << m;
    const double moved = out.logit - out.base, answered = logit(answer.p_up);
    out.gap = out.logit - answered;
    // Rounding is spread over the reasons; where they come to nothing themselves, that would inflate them.
    if (std::abs(moved) > 10 * std::abs(out.gap)) scale(out, (answered - out.base) / moved);
    else out.earlier -= out.gap;
    out.logit = answered;
    return out;
}

}  // namespace aitrading::models
