#include "models/ensemble/meta_stack.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "allocations.hpp"
#include "base/random.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "models/ensemble/stack_choice.hpp"

namespace aitrading::models {
namespace {

enum class World { best_changes_with_regime, same_in_all, contradiction_tells, one_turns_round };

/// Rows of two members with labels of one bar, and two regimes that last 200 bars each.
MetaRows draw(World world, std::size_t count, std::uint64_t seed) {
    SplitMix64 random(seed);
    MetaRows rows;
    rows.members = rows.regimes = 2;
    for (std::size_t t = 0; t < count; ++t) {
        const std::size_t regime = t / 200 % 2;
        double z = random.next_normal(), a = z + 0.5 * random.next_normal(), b = z + 0.7 * random.next_normal();
        if (world == World::best_changes_with_regime) (regime == 0 ? b : a) = random.next_normal();
        if (world == World::contradiction_tells) {
            const bool informed = random.next_uniform() < 0.5;
            const auto loud = [&] { return random.next_uniform() < 0.5 ? 2.0 : -2.0; };
            z = informed ? loud() : 0;
            a = informed ? z : 3 * random.next_normal();
            b = informed ? z : 3 * random.next_normal();
        }
        if (world == World::one_turns_round) b = (t * 10 / count % 2 == 0 ? 2 : -2) * z;
        rows.logits.insert(rows.logits.end(), {a, b});
        const double sure = 0.9 + 0.1 * random.next_uniform();
        rows.posterior.insert(rows.posterior.end(), {regime == 0 ? sure : 1 - sure, regime == 0 ? 1 - sure : sure});
        rows.y.push_back(random.next_uniform() < sigmoid(z) ? 1.0F : 0.0F);
        rows.row.push_back(static_cast<std::uint32_t>(t));
        rows.end.push_back(static_cast<std::uint32_t>(t + 1));
    }
    return rows;
}

double loss_on(const MetaStack& stack, const MetaRows& rows) {
    std::vector<double> z;
    z.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) z.push_back(stack.apply(rows.logits_of(i), rows.posterior_of(i)));
    const std::vector<double> y(rows.y.begin(), rows.y.end());
    return log_loss_of_logits(z, y, {});
}

const StackForm gated{{}, false, true};
const std::vector<std::string> names{"a", "b"};

TEST(meta_stack, without_a_form_is_the_plain_stack_to_the_bit) {
    const MetaRows rows = draw(World::same_in_all, 3000, 1);
    const Stack plain = Stack::fit(rows.logits, rows.y, 2, 1);
    const MetaStack own = MetaStack::fit(rows, rows.size(), 1, {});
    EXPECT_EQ(own.weights(), plain.weights());
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(own.apply(rows.logits_of(i), rows.posterior_of(i)), plain.apply(rows.logits_of(i)));
}

TEST(meta_stack, follows_the_member_that_is_best_in_each_regime) {
    const MetaRows rows = draw(World::best_changes_with_regime, 20'000, 2), later = draw(World::best_changes_with_regime, 20'000, 3);
    const double plain = loss_on(MetaStack::fit(rows, rows.size(), 1, {}), later);
    const MetaStack stack = MetaStack::fit(rows, rows.size(), 1, {}, gated);
    EXPECT_LT(loss_on(stack, later), plain - 0.02);
    EXPECT_GT(stack.regime_delta(0)[1], 0.2) << "member a more in regime 0";
    EXPECT_LT(stack.regime_delta(0)[2], -0.2);
    EXPECT_LT(stack.regime_delta(1)[1], -0.2);
    EXPECT_TRUE(choose_form(rows, 1, {}, {.gate = true}, names).form.gate);
}

TEST(meta_stack, loses_no_more_than_noise_where_regimes_do_not_matter) {
    int taken = 0;
    double excess = 0;
    for (std::uint64_t seed = 10; seed < 18; ++seed) {
        const MetaRows rows = draw(World::same_in_all, 4000, seed), later = draw(World::same_in_all, 20'000, seed + 100);
        excess += (loss_on(MetaStack::fit(rows, rows.size(), 1, {}, gated), later) - loss_on(MetaStack::fit(rows, rows.size(), 1, {}), later)) / 8;
        taken += choose_form(rows, 1, {}, {.gate = true}, names).form.gate ? 1 : 0;
    }
    // Three more parameters a regime, half trusted: of the order of parameters / (2 rows) at most.
    EXPECT_LT(excess, 6.0 / 2 / 4000);
    EXPECT_LE(taken, 3) << "validation lets the gate in by chance about one time in six";
}

TEST(meta_stack, trusts_a_regime_by_its_rows_and_answers_for_all_where_it_is_unknown) {
    const MetaRows rows = draw(World::best_changes_with_regime, 4000, 4);
    double seen = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) seen += rows.posterior_of(i)[0];
    StackOptions own, half, none;
    own.gate_rows = 0;
    half.gate_rows = seen;
    none.gate_rows = 1e18;
    const MetaStack free = MetaStack::fit(rows, rows.size(), 1, own, gated), shrunk = MetaStack::fit(rows, rows.size(), 1, half, gated),
                    global = MetaStack::fit(rows, rows.size(), 1, none, gated), plain = MetaStack::fit(rows, rows.size(), 1, {});
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(shrunk.regime_delta(0)[c], free.regime_delta(0)[c] / 2, 1e-12);
    const std::vector<double> unknown{std::nan(""), std::nan("")};
    for (std::size_t i = 0; i < 50; ++i) {
        EXPECT_EQ(free.apply(rows.logits_of(i), unknown), plain.apply(rows.logits_of(i)));
        EXPECT_NEAR(global.apply(rows.logits_of(i), rows.posterior_of(i)), plain.apply(rows.logits_of(i)), 1e-9);
    }
    const MetaRows few = draw(World::best_changes_with_regime, 240, 5);  // 40 rows of regime 1
    const MetaStack hardly = MetaStack::fit(few, few.size(), 1, {}, gated);
    for (const double d : hardly.regime_delta(1)) EXPECT_EQ(d, 0);
}

TEST(meta_stack, disagreement_holds_back_where_members_contradict_each_other) {
    const MetaRows rows = draw(World::contradiction_tells, 10'000, 6), later = draw(World::contradiction_tells, 10'000, 7);
    const FormChoice none = choose_form(draw(World::same_in_all, 10'000, 8), 1, {}, {.disagreement = true}, names);
    EXPECT_FALSE(none.form.disagreement);
    EXPECT_EQ(none.trials.size(), 1U);
    StackForm form;
    form.disagreement = true;
    const MetaStack stack = MetaStack::fit(rows, rows.size(), 1, {}, form);
    EXPECT_LT(loss_on(stack, later), loss_on(MetaStack::fit(rows, rows.size(), 1, {}), later) - 0.005);
    EXPECT_LT(stack.disagreement_weight(), -0.1);
    EXPECT_TRUE(choose_form(rows, 1, {}, {.disagreement = true}, names).form.disagreement);
    EXPECT_NEAR(logit_spread(std::vector{1.0, 3.0, std::nan("")}), std::sqrt(2.0), 1e-12);
    EXPECT_EQ(logit_spread(std::vector{1.0}), 0);
}

TEST(stack_choice, drops_a_member_that_hurts_and_keeps_those_that_do_not) {
    const FormChoice hurt = choose_form(draw(World::one_turns_round, 8000, 9), 1, {}, {.drop = true}, names);
    EXPECT_EQ(hurt.form.dropped, (std::vector<std::uint8_t>{0, 1}));
    ASSERT_FALSE(hurt.trials.empty());
    EXPECT_EQ(hurt.trials.front().what, "without b");
    EXPECT_TRUE(hurt.trials.front().taken && hurt.trials.front().gain > hurt.trials.front().error);
    for (std::uint64_t seed = 20; seed < 26; ++seed)
        EXPECT_TRUE(choose_form(draw(World::same_in_all, 8000, seed), 1, {}, {.drop = true}, names).form.plain()) << seed;
    EXPECT_TRUE(choose_form(draw(World::one_turns_round, 8000, 9), 100, {}, {.drop = true}, names).form.plain())
        << "80 independent rows do not convict";
}

TEST(meta_stack, answers_from_the_rest_where_a_member_is_missing_and_allocates_nothing) {
    const MetaRows rows = draw(World::same_in_all, 4000, 12);
    StackForm form{{}, true, true};
    const MetaStack stack = MetaStack::fit(rows, rows.size(), 1, {}, form);
    const double missing = std::nan("");
    const std::vector<double> posterior{0.5, 0.5}, both{0.8, 0.8}, first{0.8, missing}, none{missing, missing};
    const std::size_t before = testing_allocations::count();
    const double all = stack.apply(both, posterior), rest = stack.apply(first, posterior), nobody = stack.apply(none, posterior);
    EXPECT_EQ(testing_allocations::count(), before);
    EXPECT_LT(rest, all) << "the other is taken to say what can be foretold of it";
    EXPECT_GT(rest, stack.apply(std::vector{0.8, 0.0}, posterior));
    MetaRows alike = rows;  // two members that always say the same, and two that know nothing of each other
    for (std::size_t i = 0; i < alike.size(); ++i) alike.logits[2 * i + 1] = alike.logits[2 * i];
    const MetaStack twins = MetaStack::fit(alike, alike.size(), 1, {});
    EXPECT_NEAR(twins.apply(first), twins.apply(both), 1e-9);
    for (std::size_t i = 0; i < alike.size(); ++i) alike.logits[2 * i + 1] = rows.logits[2 * ((i + 997) % alike.size())];
    const MetaStack strangers = MetaStack::fit(alike, alike.size(), 1, {});
    EXPECT_NEAR(strangers.apply(first), strangers.apply(std::vector{0.8, 0.0}), 0.02);
    EXPECT_LT(std::abs(nobody), 0.2) << "the intercept alone";
}

TEST(stack_choice, reads_its_words_and_names_one_it_does_not_know) {
    EXPECT_FALSE(parse_form({"plain"})->any());
    EXPECT_FALSE(parse_form({})->any());
    const auto form = parse_form({"drop", "regimes"});
    EXPECT_TRUE(form && form->drop && form->gate && !form->disagreement);
    EXPECT_TRUE(parse_form({"online"})->online);
    EXPECT_FALSE(parse_form({"online"})->any());
    EXPECT_TRUE(parse_form({"all"})->gate && parse_form({"all"})->online);
    EXPECT_FALSE(parse_form({"all", "drop"}).has_value());
    EXPECT_EQ(parse_form({"plain", "drop"}).error().code, ErrorCode::usage);
    EXPECT_NE(parse_form({"gates"}).error().text.find("gates"), std::string::npos);
}

TEST(meta_stack, survives_bytes) {
    const MetaRows rows = draw(World::best_changes_with_regime, 4000, 13);
    const MetaStack stack = MetaStack::fit(rows, rows.size(), 1, {}, {{}, true, true});
    ByteWriter out;
    stack.plain_part().write(out);
    stack.write_form(out);
    ByteReader in(out.bytes());
    MetaStack again{Stack::read(in)};
    ASSERT_TRUE(again.read_form(in) && in.at_end());
    for (std::size_t i = 0; i < 50; ++i)
        EXPECT_EQ(again.apply(rows.logits_of(i), rows.posterior_of(i)), stack.apply(rows.logits_of(i), rows.posterior_of(i)));
    for (std::size_t size = 0; size < out.bytes().size(); size += 7) {
        ByteReader part(std::string_view(out.bytes()).substr(0, size));
        MetaStack damaged{Stack::read(part)};
        EXPECT_FALSE(damaged.read_form(part)) << size;
    }
}

}  // namespace
}  // namespace aitrading::models
