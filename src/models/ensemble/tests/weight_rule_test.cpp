#include "models/ensemble/weight_rule.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "models/ensemble/online_weights.hpp"
#include "weight_streams.hpp"

namespace aitrading::models {
namespace {

using testing_streams::all_kinds;
using testing_streams::best_path;
using testing_streams::floored;
using testing_streams::Kind;
using testing_streams::loss_of;
using testing_streams::name_of;
using testing_streams::Stream;
using Rule = WeightRuleOptions::Rule;

constexpr std::size_t members = 7, bars = 3000;

/// A whole stream: losses of the mix and of the floored members, and how far these lay apart among the open bars.
struct Played {
    double mixed = 0, open_range = 0;
    std::vector<std::vector<double>> loss;  ///< [bars][members]
    std::vector<std::vector<double>> regret;  ///< [bars][members] p_k(y) / p(y) - 1
};

Played play(Kind kind, const WeightRuleOptions& options, std::uint32_t delay, std::uint64_t seed) {
    OnlineWeights weights(members, {.rule = options});
    Stream stream(kind, members, bars, seed);
    Played out;
    std::vector<double> range;
    for (std::uint32_t t = 0; t < bars; ++t) {
        const std::vector<double> p = stream.said(t);
        const double mix = weights.predict(t, p);
        const bool up = stream.outcome(p, weights.weights());
        weights.label(t, t + delay, up ? 1.0F : 0.0F);
        out.mixed += loss_of(mix, up);
        std::vector<double> loss, regret;
        for (const double v : floored(p, options.floor)) {
            loss.push_back(loss_of(v, up));
            regret.push_back((up ? v : 1 - v) / (up ? mix : 1 - mix) - 1);
        }
        for (std::size_t s = t > delay ? t - delay : 0; s < t; ++s) out.open_range += range[s];
        range.push_back(std::ranges::max(loss) - std::ranges::min(loss));
        out.loss.push_back(loss);
        out.regret.push_back(regret);
    }
    return out;
}

double share_bound(const WeightRuleOptions& o, std::size_t changes) {
    const double s = static_cast<double>(changes), k = std::log(static_cast<double>(members));
    return ((s + 1) * k + s * std::log(1 / o.share) + (static_cast<double>(bars) - 1 - s) * std::log(1 / (1 - o.share))) / o.rate;
}

TEST(fixed_share, without_changes_costs_no_more_than_the_logarithm_of_the_members) {
    const WeightRuleOptions options{.rule = Rule::fixed_share, .share = 1e-12};
    for (const Kind kind : all_kinds) {
        const Played out = play(kind, options, 0, 1);
        EXPECT_LE(out.mixed, best_path(out.loss, 0) + std::log(7.0) + 1e-6) << name_of(kind);
    }
}

TEST(fixed_share, keeps_its_bound_against_every_sequence_with_few_changes) {
    for (const double rate : {1.0, 0.25})
        for (const double share : {0.002, 0.02})
            for (const Kind kind : all_kinds) {
                const WeightRuleOptions options{.rule = Rule::fixed_share, .rate = rate, .share = share};
                const Played out = play(kind, options, 0, 2);
                for (const std::size_t changes : {0, 1, 4, 10})
                    EXPECT_LE(out.mixed, best_path(out.loss, changes) + share_bound(options, changes) + 1e-6)
                        << name_of(kind) << " rate " << rate << " share " << share << " changes " << changes;
            }
}

TEST(fixed_share, pays_for_late_labels_no_more_than_the_open_bars_can_tell) {
    // Weights that lack d bars differ from those that know them by at most exp(rate * what these bars could say).
    for (const std::uint32_t delay : {1U, 24U})
        for (const Kind kind : all_kinds) {
            const WeightRuleOptions options{.rule = Rule::fixed_share, .rate = 1.0 / (delay + 1), .share = 0.005};
            const Played out = play(kind, options, delay, 3);
            for (const std::size_t changes : {0, 4})
                EXPECT_LE(out.mixed, best_path(out.loss, changes) + share_bound(options, changes) +
                                         options.rate * out.open_range + 1e-6)
                    << name_of(kind) << " delay " << delay << " changes " << changes;
        }
}

/// The bound of theorem 3 (Gaillard et al. 2014) for one member, its rates recomputed from the regrets alone.
double boa_bound(const std::vector<std::vector<double>>& regret, std::size_t member, double* second_order) {
    const double log_members = std::log(static_cast<double>(members));
    double widest = 0, growth = 0, first = 0, own_sum = 0, own_eta = 0;
    std::vector<double> squares(members, 0.0), eta(members, 0.0);
    for (const std::vector<double>& bar : regret) {
        double now = widest;
        for (const double r : bar) now = std::max(now, std::abs(r));
        for (std::size_t k = 0; k < members; ++k) {
            const double r = bar[k] * widest / now;
            if (k == member) own_sum += eta[k] * r * r;
            squares[k] += r * r;
            double next = 1 / (2 * now);
            if (squares[k] > 0) next = std::min(next, std::sqrt(log_members / squares[k]));
            if (widest > 0) growth += eta[k] / next - 1;
            eta[k] = next;
        }
        if (widest == 0) first = log_members / eta[member];
        widest = now;
        own_eta = eta[member];
    }
    if (second_order != nullptr) *second_order = std::sqrt(squares[member] * log_members) + widest * log_members;
    return widest + first + own_sum + std::log(1 + growth / std::exp(1.0)) / own_eta;
}

TEST(boa, keeps_its_second_order_bound_against_every_member_and_mix) {
    for (const std::uint64_t seed : {4U, 5U})
        for (const Kind kind : all_kinds) {
            const Played out = play(kind, {}, 0, seed);
            std::vector<double> bound(members), loss_even(members);
            double against_even = 0, mean_bound = 0;
            for (std::size_t k = 0; k < members; ++k) {
                double regret = 0, loss = 0, second_order = 0;
                for (std::size_t t = 0; t < bars; ++t) {
                    regret += out.regret[t][k];
                    loss += out.loss[t][k];
                }
                bound[k] = boa_bound(out.regret, k, &second_order);
                EXPECT_LE(regret, bound[k] + 1e-6) << name_of(kind) << " member " << k;
                EXPECT_LE(out.mixed - loss, regret + 1e-6) << "the gradient bounds the loss";
                EXPECT_LE(bound[k], 6 * second_order) << "the bound is of the order sqrt(V ln K) + E ln K";
                mean_bound += bound[k] / members;
            }
            for (std::size_t t = 0; t < bars; ++t) {
                double right = 0;  // the even mix of all, which is better than each on random streams
                for (std::size_t k = 0; k < members; ++k) right += std::exp(-out.loss[t][k]) / members;
                against_even -= std::log(right);
            }
            EXPECT_LE(out.mixed, against_even + mean_bound + 1e-6) << name_of(kind);
        }
}

TEST(boa, with_late_labels_weighs_as_it_would_have_without_delay_so_many_bars_ago) {
    for (const std::uint32_t delay : {1U, 24U}) {
        OnlineWeights prompt(members), late(members);
        Stream stream(Kind::best_changes, members, bars, 6);
        std::vector<std::vector<double>> earlier;
        for (std::uint32_t t = 0; t < 600; ++t) {
            const std::vector<double> p = stream.said(t);
            prompt.predict(t, p);
            late.predict(t, p);
            const bool up = stream.outcome(p, prompt.weights());
            prompt.label(t, t, up);
            late.label(t, t + delay, up);
            earlier.emplace_back(prompt.weights().begin(), prompt.weights().end());
            for (std::size_t k = 0; k < members; ++k)
                ASSERT_EQ(late.weights()[k], earlier[t > delay ? t - delay : 0][k]) << t;
        }
    }
}

TEST(weight_rules, move_to_the_better_member_within_500_bars_and_never_below_the_floor) {
    for (const Rule rule : {Rule::fixed_share, Rule::boa}) {
        OnlineWeights weights(2, {.rule = {.rule = rule}});
        SplitMix64 random(7);
        for (std::uint32_t t = 0; t < 3000; ++t) {
            const bool up = random.next_uniform() < 0.5, right = random.next_uniform() < 0.65;
            const double good = right == up ? 0.65 : 0.35;
            const std::vector<double> p = t < 2000 ? std::vector{good, 0.5} : std::vector{0.5, good};
            weights.predict(t, p);
            weights.label(t, t + 1, up ? 1 : 0);
            ASSERT_GE(std::ranges::min(weights.weights()), 0.01 - 1e-12);
            ASSERT_NEAR(std::reduce(weights.weights().begin(), weights.weights().end()), 1, 1e-12);
            if (t == 1999) {
                EXPECT_GT(weights.weights()[0], 0.9);
            }
            // Without a share Bernstein's rule compares over the whole past: it tracks a swap more slowly.
            if (t == 2500 && rule == Rule::fixed_share) {
                EXPECT_GT(weights.weights()[1], 0.9);
            }
        }
    }
}

TEST(weight_rules, a_sleeping_member_neither_gains_nor_loses) {
    for (const Rule rule : {Rule::fixed_share, Rule::boa}) {
        WeightRule with(3, {.rule = rule, .share = 1e-12}), without(2, {.rule = rule, .share = 1e-12});
        SplitMix64 random(8);
        std::vector<double> all(3), two(2);
        for (int t = 0; t < 200; ++t) {
            const double a = random.next_uniform(), b = random.next_uniform();
            with.weigh(std::vector{a, b, 0.5}, 0, all);
            const double before = all[2];
            if (t > 0 && rule == Rule::fixed_share) {
                EXPECT_NEAR(before, 0.01 + 0.97 / 3, 1e-9);
            }
            with.weigh(std::vector{a, b, std::nan("")}, 0, all);
            EXPECT_EQ(all[2], 0);
            EXPECT_NEAR(all[0] + all[1], 1, 1e-12);
            without.weigh(std::vector{a, b}, 0, two);
            if (rule == Rule::fixed_share) {
                EXPECT_NEAR(all[0], two[0], 1e-9) << "the rest is weighed as if it were alone";
            }
            with.observe(std::vector{a, b, std::nan("")}, t % 3 == 0);
            without.observe(std::vector{a, b}, t % 3 == 0);
        }
    }
}

}  // namespace
}  // namespace aitrading::models
