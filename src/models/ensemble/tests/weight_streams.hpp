#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "models/ensemble/weight_rule.hpp"

namespace aitrading::models::testing_streams {

/// Members' probabilities and outcomes, some chosen by an adversary that sees the weights.
enum class Kind { random, against_the_mix, against_the_leader, best_changes, surprises };
inline constexpr Kind all_kinds[] = {Kind::random, Kind::against_the_mix, Kind::against_the_leader, Kind::best_changes,
                                     Kind::surprises};
inline std::string name_of(Kind kind) {
    switch (kind) {
        case Kind::random: return "random";
        case Kind::against_the_mix: return "against the mix";
        case Kind::against_the_leader: return "against the leader";
        case Kind::best_changes: return "best changes";
        case Kind::surprises: return "surprises";
    }
    return {};
}

class Stream {
  public:
    Stream(Kind kind, std::size_t members, std::size_t bars, std::uint64_t seed)
        : kind_(kind), members_(members), bars_(bars), random_(seed) {}

    std::vector<double> said(std::size_t t) {
        std::vector<double> p(members_);
        truth_ = random_.next_uniform() < 0.5;
        for (std::size_t k = 0; k < members_; ++k) {
            const double loud = kind_ == Kind::surprises && random_.next_uniform() < 0.01 ? 0.499 : 0.05 + 0.4 * random_.next_uniform();
            const double knows = 0.5 + 0.04 * static_cast<double>(k);
            const bool best = kind_ == Kind::best_changes && k == (5 * t / bars_) % members_;
            const bool right = random_.next_uniform() < (best ? 0.9 : kind_ == Kind::best_changes ? 0.5 : knows);
            p[k] = 0.5 + (right == truth_ ? loud : -loud);
        }
        return p;
    }
    bool outcome(std::span<const double> p, std::span<const double> weight) {
        if (kind_ == Kind::against_the_mix) return WeightRule::mix(p, weight) < 0.5;
        if (kind_ != Kind::against_the_leader) return truth_;
        const auto leader = std::max_element(weight.begin(), weight.end()) - weight.begin();
        return p[static_cast<std::size_t>(leader)] < 0.5;
    }

  private:
    Kind kind_;
    std::size_t members_, bars_;
    SplitMix64 random_;
    bool truth_ = false;
};

inline double loss_of(double p, bool up) {
    return -std::log(up ? p : 1 - p);
}

/// What each floored member says, written out anew: the floor's mean beside the member itself.
inline std::vector<double> floored(std::span<const double> p, double floor) {
    double sum = 0;
    std::vector<double> out;
    for (const double v : p) sum += std::clamp(v, mixed_probability_least, 1 - mixed_probability_least);
    for (const double v : p)
        out.push_back((1 - floor * static_cast<double>(p.size())) *
                          std::clamp(v, mixed_probability_least, 1 - mixed_probability_least) +
                      floor * sum);
    return out;
}

/// Least loss of a sequence of members with at most `changes` changes. @param loss [bars][members]
inline double best_path(const std::vector<std::vector<double>>& loss, std::size_t changes) {
    const std::size_t members = loss.front().size();
    const double none = std::numeric_limits<double>::infinity();
    std::vector<std::vector<double>> best(changes + 1, std::vector<double>(members, none));
    best[0].assign(members, 0);
    for (const std::vector<double>& bar : loss) {
        for (std::size_t s = changes + 1; s-- > 0;) {
            const double from = s > 0 ? *std::ranges::min_element(best[s - 1]) : none;
            for (std::size_t k = 0; k < members; ++k) best[s][k] = std::min(best[s][k], from) + bar[k];
        }
    }
    double least = none;
    for (const auto& row : best) least = std::min(least, *std::ranges::min_element(row));
    return least;
}

}  // namespace aitrading::models::testing_streams
