#include "models/ensemble/weight_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

double clipped(double p) {
    return std::clamp(p, mixed_probability_least, 1 - mixed_probability_least);
}

double rate_of(std::size_t members, double range, double squares) {
    const double cap = 1 / (2 * range);
    const double log_members = std::log(std::max<double>(2, static_cast<double>(members)));
    return squares > 0 ? std::min(cap, std::sqrt(log_members / squares)) : cap;
}

}  // namespace

WeightRule::WeightRule(std::size_t members, WeightRuleOptions options)
    : options_(options), vertex_(members), now_(members) {
    CHECK(members >= 1 && options.floor >= 0 && options.floor * static_cast<double>(members) < 1);
    CHECK(options.rate > 0 && options.rate <= 1 && options.share > 0 && options.share < 1);
    const double even = 1 / static_cast<double>(members);
    const bool boa = options.rule == WeightRuleOptions::Rule::boa;
    weight_.assign(members, boa ? std::log(even) : even);
    if (!boa) return;
    eta_.assign(members, 0.0);
    squares_.assign(members, 0.0);
}

std::size_t WeightRule::weigh(std::span<const double> p, std::size_t open, std::span<double> out) const {
    DCHECK(p.size() == members() && out.size() == members());
    const bool boa = options_.rule == WeightRuleOptions::Rule::boa;
    const double stay = boa ? 1 : std::pow(1 - options_.share, static_cast<double>(open));
    const double even = (1 - stay) / static_cast<double>(members());
    double most = -std::numeric_limits<double>::infinity();
    if (boa) most = *std::ranges::max_element(weight_);
    double sum = 0;
    std::size_t present = 0;
    for (std::size_t k = 0; k < members(); ++k) {
        out[k] = 0;
        if (std::isnan(p[k])) continue;
        ++present;
        out[k] = boa ? (range_ > 0 ? eta_[k] : 1.0) * std::exp(weight_[k] - most) : stay * weight_[k] + even;
        sum += out[k];
    }
    if (present == 0) return 0;
    const double rest = 1 - options_.floor * static_cast<double>(present);
    for (std::size_t k = 0; k < members(); ++k) {
        if (std::isnan(p[k])) continue;
        // Of members that all but vanished beside one that is missing now, none is better than another.
        const double own = sum > 0 ? out[k] / sum : 1 / static_cast<double>(present);
        out[k] = options_.floor + rest * own;
    }
    return present;
}

double WeightRule::mix(std::span<const double> p, std::span<const double> weight) {
    double sum = 0, total = 0;
    for (std::size_t k = 0; k < p.size(); ++k) {
        if (std::isnan(p[k])) continue;
        sum += weight[k] * clipped(p[k]);
        total += weight[k];
    }
    return total > 0 ? sum / total : 0.5;
}

void WeightRule::observe(std::span<const double> p, bool up) {
    const std::size_t present = weigh(p, 0, now_);
    if (present == 0) return skip();
    double sum = 0;
    for (std::size_t k = 0; k < members(); ++k)
        if (!std::isnan(p[k])) sum += clipped(p[k]);
    const double rest = 1 - options_.floor * static_cast<double>(present);
    for (std::size_t k = 0; k < members(); ++k) {
        const double floored = std::isnan(p[k]) ? p[k] : rest * clipped(p[k]) + options_.floor * sum;
        vertex_[k] = up ? floored : 1 - floored;
        // From the floor's weights back to those of the floored members.
        now_[k] = std::isnan(p[k]) ? 0 : (now_[k] - options_.floor) / rest;
    }
    if (options_.rule == WeightRuleOptions::Rule::boa)
        observe_boa();
    else
        observe_share();
}

void WeightRule::observe_share() {
    double before = 0, after = 0;
    for (std::size_t k = 0; k < members(); ++k) {
        if (std::isnan(vertex_[k])) continue;
        before += weight_[k];
        weight_[k] *= std::pow(vertex_[k], options_.rate);
        after += weight_[k];
    }
    for (std::size_t k = 0; k < members(); ++k)
        if (!std::isnan(vertex_[k])) weight_[k] *= before / after;
    skip();
}

void WeightRule::skip() {
    if (options_.rule == WeightRuleOptions::Rule::boa) return;
    const double even = options_.share / static_cast<double>(members());
    for (double& w : weight_) w = (1 - options_.share) * w + even;
}

void WeightRule::observe_boa() {
    double mixed = 0, widest = range_;
    for (std::size_t k = 0; k < members(); ++k)
        if (!std::isnan(vertex_[k])) mixed += now_[k] * vertex_[k];
    for (const double v : vertex_)
        if (!std::isnan(v)) widest = std::max(widest, std::abs(v / mixed - 1));
    if (widest <= 0) return;  // all have always said the same
    const double scale = range_ / widest;
    for (std::size_t k = 0; k < members(); ++k) {
        const double r = std::isnan(vertex_[k]) ? 0 : scale * (vertex_[k] / mixed - 1);
        const double step = eta_[k] * r;
        squares_[k] += r * r;
        const double eta = rate_of(members(), widest, squares_[k]);
        weight_[k] = range_ > 0 ? (weight_[k] + step - step * step) * (eta / eta_[k]) : weight_[k];
        eta_[k] = eta;
    }
    range_ = widest;
}

void WeightRule::write(ByteWriter& out) const {
    out.put(options_.rule);
    for (const double v : {options_.floor, options_.rate, options_.share, range_}) out.put(v);
    out.put_all(weight_);
    out.put_all(eta_);
    out.put_all(squares_);
}

bool WeightRule::read(ByteReader& in) {
    WeightRuleOptions options;
    options.rule = in.get<WeightRuleOptions::Rule>();
    for (double* v : {&options.floor, &options.rate, &options.share}) *v = in.get<double>();
    const double range = in.get<double>();
    std::vector<double> weight = in.get_all<double>(), eta = in.get_all<double>(), squares = in.get_all<double>();
    const auto inside = [](double v) { return v > 0 && v <= 1; };
    const std::size_t per_member = options.rule == WeightRuleOptions::Rule::boa ? weight.size() : 0;
    const bool fits = !in.failed() && !weight.empty() && options.rule <= WeightRuleOptions::Rule::boa && eta.size() == per_member &&
                      squares.size() == per_member && options.floor >= 0 && inside(options.rate) && inside(options.share) &&
                      options.share < 1 && options.floor * static_cast<double>(weight.size()) < 1 && range >= 0 &&
                      std::ranges::all_of(weight, [](double v) { return std::isfinite(v); }) &&
                      std::ranges::all_of(squares, [](double v) { return std::isfinite(v) && v >= 0; }) &&
                      std::ranges::all_of(eta, [&](double v) { return std::isfinite(v) && (v > 0 || range == 0); });
    if (!fits) return false;
    *this = WeightRule(weight.size(), options);
    range_ = range;
    weight_ = std::move(weight);
    eta_ = std::move(eta);
    squares_ = std::move(squares);
    return true;
}

}  // namespace aitrading::models
