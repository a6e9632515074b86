#include "models/ensemble/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

double softplus(double z) {
    return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}
double clipped(double score) {
    return std::clamp(score, -20.0, 20.0);
}

std::vector<double> targets(ScoredLabels data) {
    return {data.y.begin(), data.y.end()};
}

/// Blocks of the isotonic fit over the distinct scores, ascending.
struct Block {
    double sum = 0, weight = 0;
    std::size_t first = 0, last = 0;  ///< positions in the sorted order, inclusive
    double mean() const { return sum / weight; }
};
std::vector<Block> pool(ScoredLabels data, std::span<const std::size_t> order) {
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < order.size();) {
        Block next{0, 0, i, i};
        const double score = data.score[order[i]];
        for (; i < order.size() && data.score[order[i]] == score; ++i) {
            next.sum += data.y[order[i]];
            next.weight += 1;
            next.last = i;
        }
        while (!blocks.empty() && blocks.back().mean() >= next.mean()) {
            next = {blocks.back().sum + next.sum, blocks.back().weight + next.weight, blocks.back().first,
                    next.last};
            blocks.pop_back();
        }
        blocks.push_back(next);
    }
    return blocks;
}
std::vector<std::size_t> ascending(std::span<const double> score) {
    std::vector<std::size_t> order(score.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return score[i]; });
    return order;
}

/// One of the four faces of the cone a >= 0, b >= 0 on which the best beta calibration may lie.
struct BetaFace {
    bool use_a, use_b;
};
std::optional<std::pair<double, std::vector<double>>> fit_face(const BetaFace& face,
                                                               std::span<const double> ln_p,
                                                               std::span<const double> minus_ln_q,
                                                               std::span<const double> target) {
    const std::size_t columns = static_cast<std::size_t>(face.use_a) + static_cast<std::size_t>(face.use_b);
    std::vector<double> x;
    x.reserve(columns * target.size());
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (face.use_a) x.push_back(ln_p[i]);
        if (face.use_b) x.push_back(minus_ln_q[i]);
    }
    LogitProblem problem{
        .columns = columns, .x = x, .target = target, .weight = {}, .ridge = 1e-6, .centre = {}};
    const std::vector<double> ones(columns, 1.0);  // a vanishing pull to the identity settles separable data
    problem.centre = ones;
    const LogitFit fit = fit_logit_regression(problem);
    std::size_t at = 0;
    const double a = face.use_a ? fit.coefficient[at++] : 0.0;
    const double b = face.use_b ? fit.coefficient[at++] : 0.0;
    if (a < 0 || b < 0) return std::nullopt;
    return std::pair{fit.mean_loss, std::vector<double>{a, b, fit.intercept}};
}

}  // namespace

Calibrator Calibrator::fit_temperature(ScoredLabels data) {
    const std::vector<double> target = targets(data);
    std::vector<double> z(data.size());
    const auto loss = [&](double ln_t) {
        const double t = std::exp(ln_t);
        for (std::size_t i = 0; i < z.size(); ++i) z[i] = clipped(data.score[i]) / t;
        return log_loss_of_logits(z, target, {});
    };
    // The loss is convex in 1/T, hence unimodal in ln T: golden section.
    double low = std::log(0.05), high = std::log(20.0);
    const double ratio = (std::sqrt(5.0) - 1) / 2;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double fa = loss(a), fb = loss(b);
    for (int i = 0; i < 60; ++i) {
        if (fa <= fb) {
            high = b, b = a, fb = fa;
            a = high - ratio * (high - low), fa = loss(a);
        } else {
            low = a, a = b, fa = fb;
            b = low + ratio * (high - low), fb = loss(b);
        }
    }
    Calibrator c;
    c.kind_ = Kind::temperature;
    c.parameters_ = {std::exp((low + high) / 2)};
    return c;
}

Calibrator Calibrator::fit_platt(ScoredLabels data) {
    const double ones = static_cast<double>(std::ranges::count(data.y, 1.0F));
    const double zeros = static_cast<double>(data.size()) - ones;
    std::vector<double> target(data.size()), x(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
        target[i] = data.y[i] > 0.5F ? (ones + 1) / (ones + 2) : 1 / (zeros + 2);
        x[i] = clipped(data.score[i]);
    }
    const LogitFit fit =
        fit_logit_regression({.columns = 1, .x = x, .target = target, .weight = {}, .centre = {}});
    Calibrator c;
    c.kind_ = Kind::platt;
    c.parameters_ = {-fit.coefficient[0], -fit.intercept};
    return c;
}

Calibrator Calibrator::fit_beta(ScoredLabels data) {
    const std::vector<double> target = targets(data);
    std::vector<double> ln_p(data.size()), minus_ln_q(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
        const double z = clipped(data.score[i]);
        ln_p[i] = -softplus(-z);
        minus_ln_q[i] = softplus(z);
    }
    std::pair<double, std::vector<double>> best{INFINITY, {0, 0, 0}};
    for (const BetaFace face : {BetaFace{true, true}, {true, false}, {false, true}, {false, false}}) {
        const auto fit = fit_face(face, ln_p, minus_ln_q, target);
        if (fit && fit->first < best.first) best = *fit;
        if (fit && face.use_a && face.use_b)
            break;  // feasible without a bound: the optimum of a convex problem
    }
    Calibrator c;
    c.kind_ = Kind::beta;
    c.parameters_ = best.second;
    return c;
}

Calibrator Calibrator::fit_isotonic(ScoredLabels data) {
    const auto [least, greatest] = std::ranges::minmax(data.score);
    std::vector<double> score(data.score.begin(), data.score.end());
    std::vector<float> y(data.y.begin(), data.y.end());
    score.insert(score.end(), {least, greatest});
    y.insert(y.end(), {1.0F, 0.0F});
    const std::vector<std::size_t> order = ascending(score);
    Calibrator c;
    c.kind_ = Kind::isotonic;
    for (const Block& block : pool({score, y}, order)) {
        const double first = score[order[block.first]], last = score[order[block.last]];
        c.knot_.push_back(first);
        c.value_.push_back(block.mean());
        if (last > first) {
            c.knot_.push_back(last);
            c.value_.push_back(block.mean());
        }
    }
    return c;
}

Calibrator Calibrator::fit(Kind kind, ScoredLabels data) {
    CHECK(data.size() >= 1 && data.y.size() == data.size());
    switch (kind) {
        case Kind::identity:
            return {};
        case Kind::temperature:
            return fit_temperature(data);
        case Kind::platt:
            return fit_platt(data);
        case Kind::beta:
            return fit_beta(data);
        case Kind::isotonic:
            return fit_isotonic(data);
    }
    CHECK(false);
    return {};
}

double Calibrator::apply(double score) const {
    switch (kind_) {
        case Kind::identity:
            return sigmoid(score);
        case Kind::temperature:
            return sigmoid(clipped(score) / parameters_[0]);
        case Kind::platt:
            return sigmoid(-(parameters_[0] * clipped(score) + parameters_[1]));
        case Kind::beta: {
            const double z = clipped(score);
            return sigmoid(-parameters_[0] * softplus(-z) + parameters_[1] * softplus(z) + parameters_[2]);
        }
        case Kind::isotonic:
            break;
    }
    const auto above = std::ranges::lower_bound(knot_, score);
    if (above == knot_.begin()) return value_.front();
    if (above == knot_.end()) return value_.back();
    const auto i = static_cast<std::size_t>(above - knot_.begin());
    const double share = (score - knot_[i - 1]) / (knot_[i] - knot_[i - 1]);
    return value_[i - 1] + share * (value_[i] - value_[i - 1]);
}

std::string_view Calibrator::name() const {
    constexpr std::string_view names[] = {"identity", "temperature", "platt", "beta", "isotonic"};
    return names[static_cast<std::size_t>(kind_)];
}

void Calibrator::write(ByteWriter& out) const {
    out.put(kind_);
    out.put_all(parameters_);
    out.put_all(knot_);
    out.put_all(value_);
}

Calibrator Calibrator::read(ByteReader& in) {
    Calibrator c;
    c.kind_ = in.get<Kind>();
    c.parameters_ = in.get_all<double>();
    c.knot_ = in.get_all<double>();
    c.value_ = in.get_all<double>();
    return c;
}

std::vector<double> isotonic_values(ScoredLabels data) {
    const std::vector<std::size_t> order = ascending(data.score);
    std::vector<double> out(data.size());
    for (const Block& block : pool(data, order))
        for (std::size_t i = block.first; i <= block.last; ++i) out[order[i]] = block.mean();
    return out;
}

double log_loss(const Calibrator& calibrator, ScoredLabels data) {
    double sum = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const double p =
            std::clamp(calibrator.apply(data.score[i]), probability_floor, 1 - probability_floor);
        sum -= std::log(data.y[i] > 0.5F ? p : 1 - p);
    }
    return sum / static_cast<double>(data.size());
}

}  // namespace aitrading::models
