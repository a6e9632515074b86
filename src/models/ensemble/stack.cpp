#include "models/ensemble/stack.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {

Stack Stack::mean(std::size_t members) {
    CHECK(members >= 1);
    Stack s;
    s.weight_.assign(members, 1.0 / static_cast<double>(members));
    return s;
}

Stack Stack::of(double intercept, std::vector<double> weights, bool fitted) {
    Stack s;
    s.intercept_ = intercept;
    s.weight_ = std::move(weights);
    s.fitted_ = fitted;
    return s;
}

Stack Stack::fit(std::span<const double> logits, std::span<const float> y, std::size_t members, int overlap,
                 const StackOptions& options) {
    CHECK(members >= 1 && overlap >= 1 && logits.size() == y.size() * members);
    CHECK(options.centre.empty() || options.centre.size() == members);
    Stack s = mean(members);
    if (!options.centre.empty()) s.weight_ = options.centre;
    const double independent = static_cast<double>(y.size()) / overlap;
    const bool one_class = std::ranges::all_of(y, [&](float v) { return v == y.front(); });
    if (y.empty() || one_class || independent < static_cast<double>(options.min_rows)) return s;
    const std::vector<double> target(y.begin(), y.end());
    // Overlapping labels repeat each other: their sum of losses speaks too loudly against the ridge.
    const LogitFit fit = fit_logit_regression({.columns = members,
                                               .x = logits,
                                               .target = target,
                                               .weight = {},
                                               .ridge = options.ridge * overlap,
                                               .centre = s.weight_});
    s.intercept_ = fit.intercept;
    s.weight_ = fit.coefficient;
    s.fitted_ = true;
    return s;
}

double Stack::apply(std::span<const double> logits) const {
    DCHECK(logits.size() == weight_.size());
    double z = intercept_;
    for (std::size_t m = 0; m < weight_.size(); ++m) z += weight_[m] * logits[m];
    return z;
}

void Stack::write(ByteWriter& out) const {
    out.put(intercept_);
    out.put(fitted_);
    out.put_all(weight_);
}

Stack Stack::read(ByteReader& in) {
    Stack s;
    s.intercept_ = in.get<double>();
    s.fitted_ = in.get<bool>();
    s.weight_ = in.get_all<double>();
    return s;
}

}  // namespace aitrading::models
