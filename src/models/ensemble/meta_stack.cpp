#include "models/ensemble/meta_stack.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t columns_max = 64;
constexpr double fewest_regime_rows = 50;  ///< below them a regime has no weights of its own

/// What a missing member is taken to say: the mean of those that answer, by their positive weights, else evenly.
double stand_in(std::span<const double> logits, std::span<const double> weight, const StackForm& form) {
    double sum = 0, total = 0, even = 0, n = 0;
    for (std::size_t m = 0; m < logits.size(); ++m) {
        if (std::isnan(logits[m]) || !form.keeps(m)) continue;
        const double w = std::max(0.0, weight[m]);
        sum += w * logits[m];
        total += w;
        even += logits[m];
        n += 1;
    }
    if (total > 0) return sum / total;
    return n > 0 ? even / n : 0;
}

}  // namespace

bool StackForm::plain() const {
    return !disagreement && !gate && std::ranges::none_of(dropped, [](std::uint8_t d) { return d != 0; });
}

double logit_spread(std::span<const double> logits) {
    double sum = 0, squares = 0, n = 0;
    for (const double l : logits)
        if (!std::isnan(l)) sum += l, n += 1;
    if (n < 2) return 0;
    for (const double l : logits)
        if (!std::isnan(l)) squares += (l - sum / n) * (l - sum / n);
    return std::sqrt(squares / (n - 1));
}

double disagreement_column(double mean, double spread) {
    return mean * spread / (1 + spread);
}

/// The columns of one row. @return how many
std::size_t MetaStack::fill_columns(std::span<const double> logits, std::span<double> out) const {
    const bool missing = std::ranges::any_of(logits, [](double l) { return std::isnan(l); });
    const double other = missing ? stand_in(logits, stack_.weights(), form_) : 0;
    std::size_t n = 0;
    double sum = 0;
    for (std::size_t m = 0; m < logits.size(); ++m) {
        if (!form_.keeps(m)) continue;
        out[n] = std::isnan(logits[m]) ? (echo_.empty() ? 0.5 : echo_[m]) * other : logits[m];
        sum += out[n++];
    }
    if (!form_.disagreement) return n;
    out[n] = disagreement_column(sum / static_cast<double>(n), logit_spread(out.first(n)));
    return n + 1;
}

MetaStack MetaStack::fit(const MetaRows& rows, std::size_t to, int overlap, const StackOptions& options, const StackForm& form) {
    CHECK(to <= rows.size() && rows.members < columns_max && (form.dropped.empty() || form.dropped.size() == rows.members));
    MetaStack s;
    s.form_ = form;
    s.form_.gate = form.gate && rows.regimes > 0;
    std::vector<std::size_t> kept;
    for (std::size_t m = 0; m < rows.members; ++m)
        if (form.keeps(m)) kept.push_back(m);
    CHECK(!kept.empty());
    s.columns_ = kept.size() + (form.disagreement ? 1 : 0);
    s.stack_ = Stack::mean(rows.members);  // only its size counts while the columns are filled
    std::vector<double> x(to * s.columns_);
    for (std::size_t i = 0; i < to; ++i)
        s.fill_columns(rows.logits_of(i), std::span(x).subspan(i * s.columns_, s.columns_));
    StackOptions own = options;
    own.centre.assign(s.columns_, 0.0);
    double centred = 0;
    for (std::size_t k = 0; k < kept.size() && !options.centre.empty(); ++k) centred += own.centre[k] = options.centre[kept[k]];
    // Where the benchmark itself was dropped, the rest starts from its mean.
    for (std::size_t k = 0; k < kept.size() && centred == 0; ++k) own.centre[k] = 1 / static_cast<double>(kept.size());
    const Stack fitted = Stack::fit(x, std::span(rows.y).first(to), s.columns_, overlap, own);
    std::vector<double> weight(rows.members, 0.0);
    for (std::size_t k = 0; k < kept.size(); ++k) weight[kept[k]] = fitted.weights()[k];
    if (form.disagreement) s.disagreement_ = fitted.weights().back();
    s.stack_ = Stack::of(fitted.intercept(), std::move(weight), fitted.fitted());
    s.learn_echo(rows, to);
    if (s.form_.gate && fitted.fitted()) s.fit_gate(rows, x, to, overlap, options);
    return s;
}

void MetaStack::learn_echo(const MetaRows& rows, std::size_t to) {
    if (to == 0 || rows.members < 2) return;
    echo_.assign(rows.members, 0.5);
    std::vector<double> row(rows.members);
    for (std::size_t m = 0; m < rows.members; ++m) {
        double product = 0, squares = 0;
        for (std::size_t i = 0; i < to; ++i) {
            std::ranges::copy(rows.logits_of(i), row.begin());
            const double own = std::exchange(row[m], std::nan(""));
            const double others = stand_in(row, stack_.weights(), form_);
            product += own * others;
            squares += others * others;
        }
        if (squares > 0 && std::isfinite(product)) echo_[m] = std::clamp(product / squares, 0.0, 1.0);
    }
}

void MetaStack::fit_gate(const MetaRows& rows, std::span<const double> x, std::size_t to, int overlap, const StackOptions& options) {
    delta_.assign(rows.regimes * (columns_ + 1), 0.0);
    std::vector<double> global;
    for (std::size_t m = 0; m < rows.members; ++m)
        if (form_.keeps(m)) global.push_back(stack_.weights()[m]);
    if (form_.disagreement) global.push_back(disagreement_);
    const std::vector<double> target(rows.y.begin(), rows.y.begin() + static_cast<std::ptrdiff_t>(to));
    std::vector<double> weight(to);
    for (std::size_t r = 0; r < rows.regimes; ++r) {
        double seen = 0;
        for (std::size_t i = 0; i < to; ++i) {
            const double p = rows.posterior_of(i)[r];
            weight[i] = std::isfinite(p) ? p : 0;
            seen += weight[i] / overlap;
        }
        if (seen < fewest_regime_rows) continue;
        const LogitFit fit = fit_logit_regression({.columns = columns_, .x = x, .target = target, .weight = weight,
                                                   .ridge = options.ridge * overlap, .centre = global});
        const double trust = seen / (seen + options.gate_rows);
        const std::span<double> delta = std::span(delta_).subspan(r * (columns_ + 1), columns_ + 1);
        delta[0] = trust * (fit.intercept - stack_.intercept());
        for (std::size_t c = 0; c < columns_; ++c) delta[c + 1] = trust * (fit.coefficient[c] - global[c]);
    }
}

double MetaStack::apply(std::span<const double> logits, std::span<const double> posterior) const {
    DCHECK(logits.size() == members());
    std::array<double, columns_max> x;
    const std::size_t n = fill_columns(logits, x);
    double z = stack_.intercept();
    std::size_t column = 0;
    for (std::size_t m = 0; m < logits.size(); ++m)
        if (form_.keeps(m)) z += stack_.weights()[m] * x[column++];
    if (form_.disagreement) z += disagreement_ * x[column];
    for (std::size_t r = 0; r < std::min(regimes(), posterior.size()); ++r) {
        if (!std::isfinite(posterior[r])) continue;
        const std::span<const double> delta = regime_delta(r);
        double more = delta[0];
        for (std::size_t c = 0; c < n; ++c) more += delta[c + 1] * x[c];
        z += posterior[r] * more;
    }
    return z;
}

StackTerms MetaStack::terms(std::span<const double> logits, std::span<const double> posterior) const {
    StackTerms out;
    out.intercept = stack_.intercept();
    out.x.resize(columns_max);
    out.x.resize(fill_columns(logits, out.x));
    for (std::size_t m = 0; m < logits.size(); ++m)
        if (form_.keeps(m)) out.weight.push_back(stack_.weights()[m]);
    if (form_.disagreement) out.weight.push_back(disagreement_);
    for (std::size_t r = 0; r < std::min(regimes(), posterior.size()); ++r) {
        if (!std::isfinite(posterior[r])) continue;
        const std::span<const double> delta = regime_delta(r);
        out.intercept += posterior[r] * delta[0];
        for (std::size_t c = 0; c < out.weight.size(); ++c) out.weight[c] += posterior[r] * delta[c + 1];
    }
    return out;
}

void MetaStack::write_form(ByteWriter& out) const {
    out.put_all(form_.dropped);
    out.put(form_.disagreement);
    out.put(form_.gate);
    out.put(disagreement_);
    out.put(static_cast<std::uint64_t>(columns_));
    out.put_all(delta_);
    out.put_all(echo_);
}

bool MetaStack::read_form(ByteReader& in) {
    form_.dropped = in.get_all<std::uint8_t>();
    form_.disagreement = in.get<bool>();
    form_.gate = in.get<bool>();
    disagreement_ = in.get<double>();
    columns_ = in.get<std::uint64_t>();
    delta_ = in.get_all<double>();
    echo_ = in.get_all<double>();
    if (in.failed() || !(echo_.empty() || echo_.size() == members()) || members() >= columns_max || !(form_.dropped.empty() || form_.dropped.size() == members())) return false;
    std::size_t kept = form_.disagreement ? 1 : 0;
    for (std::size_t m = 0; m < members(); ++m) kept += form_.keeps(m) ? 1 : 0;
    return columns_ == kept && delta_.size() % (columns_ + 1) == 0;
}

}  // namespace aitrading::models
