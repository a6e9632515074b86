#include "models/ensemble/online_regression.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {

OnlineRegression::OnlineRegression(std::size_t terms, double span)
    : terms_(terms), keep_(1 - 2 / (span + 1)) {
    CHECK(terms >= 1 && terms <= terms_max && span >= 1);
}

double OnlineRegression::predict(const Terms& x) const {
    double sum = 0;
    for (std::size_t j = 0; j < terms_; ++j) sum += beta_[j] * x[j];
    return sum;
}

void OnlineRegression::observe(const Terms& x, double y) {
    for (std::size_t i = 0; i < terms_; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
            moments_[i * terms_max + j] = keep_ * moments_[i * terms_max + j] + x[i] * x[j];
        cross_[i] = keep_ * cross_[i] + x[i] * y;
    }
    solve();
}

void OnlineRegression::solve() {
    std::array<double, terms_max * terms_max> l = moments_;
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return l[i * terms_max + j]; };
    for (std::size_t j = 0; j < terms_; ++j) at(j, j) = at(j, j) * 1.001 + 1e-6;
    Terms b = cross_;
    for (std::size_t j = 0; j < terms_; ++j) {
        for (std::size_t k = 0; k < j; ++k) at(j, j) -= at(j, k) * at(j, k);
        const double root = std::sqrt(std::max(at(j, j), 1e-12));
        at(j, j) = root;
        for (std::size_t i = j + 1; i < terms_; ++i) {
            for (std::size_t k = 0; k < j; ++k) at(i, j) -= at(i, k) * at(j, k);
            at(i, j) /= root;
        }
        for (std::size_t k = 0; k < j; ++k) b[j] -= at(j, k) * b[k];
        b[j] /= root;
    }
    for (std::size_t i = terms_; i-- > 0;) {
        for (std::size_t k = i + 1; k < terms_; ++k) b[i] -= at(k, i) * b[k];
        b[i] /= at(i, i);
    }
    beta_ = b;
}

void OnlineRegression::write(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(terms_));
    out.put(keep_);
    for (const double v : moments_) out.put(v);
    for (const double v : cross_) out.put(v);
    for (const double v : beta_) out.put(v);
}

bool OnlineRegression::read(ByteReader& in) {
    const auto terms = in.get<std::uint64_t>();
    if (in.failed() || terms < 1 || terms > terms_max) return false;
    terms_ = terms;
    keep_ = in.get<double>();
    for (double& v : moments_) v = in.get<double>();
    for (double& v : cross_) v = in.get<double>();
    for (double& v : beta_) v = in.get<double>();
    return !in.failed();
}

}  // namespace aitrading::models
