#include "models/ensemble/online_weights.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "allocations.hpp"
#include "base/random.hpp"

namespace aitrading::models {
namespace {

using Rule = WeightRuleOptions::Rule;

TEST(online_weights, equal_a_mixture_over_all_paths_and_products_of_50_digits) {
    std::ifstream in(AIT_ROOM_DIR "/tests/golden/online_weights.json");
    const auto file = nlohmann::json::parse(in);
    ASSERT_EQ(file["cases"].size(), 5U);
    for (const auto& c : file["cases"]) {
        const Rule rule = c["rule"] == "boa" ? Rule::boa : Rule::fixed_share;
        const std::uint32_t delay = c["delay"];
        OnlineWeights weights(c["p"][0].size(), {.rule = {.rule = rule, .floor = c["floor"], .rate = c["rate"], .share = c["share"]}});
        for (std::uint32_t t = 0; t < c["p"].size(); ++t) {
            std::vector<double> p;
            for (const auto& v : c["p"][t]) p.push_back(v.is_null() ? std::nan("") : v.get<double>());
            weights.predict(t, p);
            weights.label(t, t + delay, c["y"][t].get<float>());
            for (std::size_t k = 0; k < p.size(); ++k)
                EXPECT_NEAR(weights.weights()[k], c["weights"][t][k].get<double>(), 1e-11) << c["rule"] << " bar " << t << " member " << k;
        }
    }
}

/// Bars with gaps in rows, members that are missing, labels of varying length and some that never come.
struct Series {
    std::vector<std::uint32_t> row, end;
    std::vector<std::vector<double>> p;
    std::vector<float> y;
    explicit Series(std::size_t bars, std::uint64_t seed) {
        SplitMix64 random(seed);
        std::uint32_t at = 0;
        for (std::size_t i = 0; i < bars; ++i) {
            at += 1 + (random.next_below(20) == 0 ? 5U : 0U);
            row.push_back(at);
            end.push_back(at + 1 + static_cast<std::uint32_t>(random.next_below(24)));
            std::vector<double> say;
            say.reserve(4);
            for (int k = 0; k < 4; ++k) say.push_back(random.next_below(30) == 0 ? std::nan("") : random.next_uniform());
            p.push_back(say);
            y.push_back(random.next_below(15) == 0 ? std::nanf("") : static_cast<float>(random.next_below(2)));
        }
    }
};

TEST(online_weights, nothing_at_a_row_comes_from_a_label_that_ends_at_or_after_it) {
    for (const Rule rule : {Rule::fixed_share, Rule::boa}) {
        const Series s(800, 1);
        OnlineWeights all(4, {.rule = {.rule = rule}}), cut(4, {.rule = {.rule = rule}}), other(4, {.rule = {.rule = rule}});
        constexpr std::size_t at = 600;
        double difference = 0;
        for (std::size_t i = 0; i < s.row.size(); ++i) {
            const double p = all.predict(s.row[i], s.p[i]);
            // One series ends here; the other goes on with labels turned round that are not known at this row.
            if (i <= at) {
                ASSERT_EQ(cut.predict(s.row[i], s.p[i]), p);
            }
            const double q = other.predict(s.row[i], s.p[i]);
            if (i <= at) {
                ASSERT_EQ(q, p) << i;
            }
            difference += std::abs(q - p);
            all.label(s.row[i], s.end[i], s.y[i]);
            if (i < at && s.end[i] < s.row[at]) cut.label(s.row[i], s.end[i], s.y[i]);
            const bool open = s.end[i] >= s.row[at];
            other.label(s.row[i], s.end[i], open ? 1 - s.y[i] : s.y[i]);
        }
        EXPECT_GT(difference, 0.1) << "labels do count once they are known";
    }
}

TEST(online_weights, do_not_mind_when_a_label_was_handed_in) {
    const Series s(500, 2);
    OnlineWeights at_once(4), when_known(4);
    for (std::size_t i = 0; i < s.row.size(); ++i) {
        for (std::size_t j = i < 40 ? 0 : i - 40; j < i; ++j)
            if (s.end[j] < s.row[i] && (i == 0 || s.end[j] >= s.row[i - 1])) when_known.label(s.row[j], s.end[j], s.y[j]);
        ASSERT_EQ(at_once.predict(s.row[i], s.p[i]), when_known.predict(s.row[i], s.p[i])) << i;
        at_once.label(s.row[i], s.end[i], s.y[i]);
    }
}

TEST(online_weights, give_up_a_label_that_never_comes_and_answer_where_nobody_does) {
    OnlineWeights weights(3, {.delay_max = 10});
    for (std::uint32_t t = 0; t < 1000; ++t) {
        weights.predict(t, std::vector{0.9, 0.5, 0.2});
        if (t % 7 != 0) weights.label(t, t + 3, 1);
        ASSERT_LE(weights.open(), 11U);
    }
    EXPECT_GT(weights.weights()[0], 0.9);
    const double missing = std::nan("");
    EXPECT_EQ(weights.predict(1000, std::vector{missing, missing, missing}), 0.5);
    EXPECT_EQ(weights.present(), 0U);
    weights.label(1000, 1003, 0);
    EXPECT_NEAR(weights.predict(2000, std::vector{0.9, missing, missing}), 0.9, 1e-12);
    EXPECT_EQ(weights.present(), 1U);
}

TEST(online_weights, go_on_after_a_restart_as_if_there_had_been_none) {
    for (const Rule rule : {Rule::fixed_share, Rule::boa}) {
        const Series s(400, 3);
        OnlineWeights one(4, {.rule = {.rule = rule, .floor = 0.02, .rate = 0.5}, .delay_max = 64}), again(1);
        for (std::size_t i = 0; i < s.row.size(); ++i) {
            if (i == 200) {
                ByteWriter out;
                one.write(out);
                ByteReader in(out.bytes());
                ASSERT_TRUE(again.read(in) && in.at_end());
                for (std::size_t size = 0; size < out.bytes().size(); size += 13) {
                    ByteReader part(std::string_view(out.bytes()).substr(0, size));
                    OnlineWeights damaged(1);
                    EXPECT_FALSE(damaged.read(part)) << size;
                }
            }
            const double p = one.predict(s.row[i], s.p[i]);
            one.label(s.row[i], s.end[i], s.y[i]);
            if (i < 200) continue;
            ASSERT_EQ(again.predict(s.row[i], s.p[i]), p);
            again.label(s.row[i], s.end[i], s.y[i]);
        }
    }
}

TEST(online_weights, allocate_nothing_once_built) {
    for (const Rule rule : {Rule::fixed_share, Rule::boa}) {
        const Series s(2000, 4);
        OnlineWeights weights(4, {.rule = {.rule = rule}});
        const std::size_t before = testing_allocations::count();
        for (std::size_t i = 0; i < s.row.size(); ++i) {
            weights.predict(s.row[i], s.p[i]);
            weights.label(s.row[i], s.end[i], s.y[i]);
        }
        weights.finish_rows();
        EXPECT_EQ(testing_allocations::count(), before);
    }
}

}  // namespace
}  // namespace aitrading::models
