#include "models/augmentation/trial.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "models/boosting/boosting.hpp"
#include "models/evaluation/labels.hpp"
#include "walk.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

/// A feature that reverses: the next bar goes against this one three times in five.
BarColumns reversing(std::size_t count, std::uint64_t seed, double chance = 0.62) {
    BarColumns bars = walk_bars(count, seed);
    SplitMix64 random(seed + 1);
    double close = bars.close[0].to_double(), last = 1;
    for (std::size_t i = 1; i < count; ++i) {
        const double size = 1e-5 * std::round(10 + 40 * random.next_uniform()), sign = random.next_uniform() < chance ? -last : last;
        bars.open[i] = Price::from_double(close);
        close = std::round((close + sign * size) * 1e5) / 1e5;
        last = sign;
        bars.close[i] = Price::from_double(close);
        bars.high[i] = std::max(bars.open[i], bars.close[i]);
        bars.low[i] = std::min(bars.open[i], bars.close[i]);
    }
    return bars;
}

/// Last return, the one before, and noise.
Result<FeatureMatrix> features_of(const BarColumns& bars) {
    FeatureMatrix out;
    out.names = {"r", "r1", "hour"};
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto change = [&](std::size_t at) { return at > 0 && at < bars.size() ? 1e4 * std::log(bars.close[at].to_double() / bars.close[at - 1].to_double()) : 0.0; };
        out.time.push_back(bars.time[i]);
        out.known.push_back({bars.time[i].value + nanos_per_hour});
        out.values.insert(out.values.end(), {change(i), change(i == 0 ? 0 : i - 1), static_cast<double>(i % 24)});
    }
    return out;
}

/// Draws bars of which a function decides; remembers the rows that it was fitted on.
class FakeKind final : public SourceKind {
  public:
    using Draw = std::function<BarChannels(const BarChannels& learnt, std::uint64_t seed)>;
    FakeKind(std::string name, Draw draw) : name_(std::move(name)), draw_(std::move(draw)) {}
    std::string_view name() const override { return name_; }
    Result<std::unique_ptr<BarSource>> fit(const SourceInput& input) const override {
        fitted.push_back(input.channels.rows());
        return std::make_unique<Source>(input.channels, draw_);
    }
    mutable std::vector<std::size_t> fitted;

  private:
    struct Source final : BarSource {
        Source(BarChannels l, Draw d) : learnt(std::move(l)), how(std::move(d)) {}
        BarChannels draw(const Conditions&, std::uint64_t seed) const override { return how(learnt, seed); }
        BarChannels learnt;
        Draw how;
    };
    std::string name_;
    Draw draw_;
};

BarChannels random_noise(const BarChannels& learnt, std::uint64_t seed) {
    SplitMix64 random(seed);
    BarChannels out = learnt;
    for (std::size_t i = 0; i < out.rows(); ++i) out.values[i * out.columns()] = 3e-4 * random.next_normal();
    return out;
}

/// What the market does, from its own law: nobody could ask for better augmentation.
BarChannels oracle(const BarChannels& learnt, std::uint64_t seed) {
    const auto more = channels_of(reversing(learnt.rows() + 1, seed));
    return more->slice(0, learnt.rows());
}

struct Series {
    BarColumns bars;
    FeatureMatrix features;
    LabelSet labels;
    std::vector<int> regime;
    std::vector<Split> splits;
    explicit Series(std::size_t count, std::size_t test) : bars(reversing(count, 11)), features(*features_of(bars)), labels(*make_labels("next_bar", bars)), regime(count, 1) {
        WalkForwardOptions cut;
        cut.folds = 2;
        cut.test_rows = test;
        cut.min_train = 50;
        splits = *walk_forward(labels, features.time, cut);
    }
    AugmentationInput input() const { return {bars, features, labels, regime, features_of}; }
};

Result<AugmentationTrial> run(const Series& s, const FakeKind& gan, const FakeKind& bootstrap, double share = 0.5) {
    const auto learner = make_learner("lightgbm", "rounds=80 min_rows_in_leaf=20 learning_rate=0.1");
    AugmentationOptions options;
    options.drawn_share = share;
    const std::vector<const SourceKind*> kinds{&gan, &bootstrap};
    return augmentation_trial(s.input(), s.splits, kinds, **learner, options);
}

TEST(AugmentationTrial, random_noise_does_not_enter_the_training) {
    const Series s(4'000, 800);
    const FakeKind gan("gan", random_noise), bootstrap("block_bootstrap", oracle);
    const auto trial = run(s, gan, bootstrap);
    ASSERT_TRUE(trial) << trial.error().text;
    EXPECT_FALSE(trial->accepted());
    EXPECT_GT(trial->arm("gan")->log_loss, trial->arm("block_bootstrap")->log_loss);
    EXPECT_THAT(trial->verdict(), HasSubstr("did not help and is not in the training"));
    EXPECT_EQ(trial->rows, trial->arm("none")->loss.size());
}

TEST(AugmentationTrial, bars_from_the_market_s_own_law_enter_where_real_ones_are_few) {
    const Series s(6'400, 3'000);
    ASSERT_LT(s.splits[0].train.size(), 600U);
    const FakeKind gan("gan", [](const BarChannels& learnt, std::uint64_t seed) {
        BarChannels out = learnt;
        const BarChannels more = oracle(learnt, seed);
        out.values = more.values;
        return out;
    });
    const FakeKind bootstrap("block_bootstrap", random_noise);
    const auto trial = run(s, gan, bootstrap, 0.6);
    ASSERT_TRUE(trial) << trial.error().text;
    EXPECT_LT(trial->arm("gan")->log_loss, trial->arm("none")->log_loss);
    EXPECT_TRUE(trial->against_bootstrap->better()) << trial->verdict();
    EXPECT_EQ(trial->accepted(), trial->against_none->better() && trial->against_bootstrap->better());
}

TEST(AugmentationTrial, kinds_are_fitted_on_training_bars_only) {
    const Series s(4'000, 800);
    const FakeKind gan("gan", random_noise), bootstrap("block_bootstrap", random_noise);
    ASSERT_TRUE(run(s, gan, bootstrap));
    ASSERT_EQ(gan.fitted.size(), 2U);
    for (std::size_t k = 0; k < 2; ++k) {
        // Not even the slice that stops the boosting is seen.
        EXPECT_LT(gan.fitted[k] + 1, s.labels.row[s.splits[k].train.back()]);
        EXPECT_LT(gan.fitted[k] + 1, s.labels.row[s.splits[k].test.front()]);
    }
}

TEST(AugmentationTrial, needs_both_kinds_and_a_fold) {
    const Series s(2'000, 300);
    const FakeKind gan("gan", random_noise), other("other", random_noise);
    EXPECT_EQ(run(s, gan, other).error().code, ErrorCode::usage);
    const auto learner = make_learner("lightgbm");
    EXPECT_EQ(augmentation_trial(s.input(), {}, {}, **learner, {}).error().code, ErrorCode::usage);
}

TEST(DrawnRows, do_not_change_when_later_bars_do) {
    Series s(3'000, 300);
    const auto kind = block_bootstrap_source();
    const auto before = draw_rows(s.input(), *kind, 1'500, {});
    ASSERT_TRUE(before) << before.error().text;
    for (std::size_t i = 1'500; i < s.bars.size(); ++i) s.bars.close[i] = s.bars.high[i] = s.bars.low[i] = Price::from_double(2);
    const auto after = draw_rows(s.input(), *kind, 1'500, {});
    ASSERT_TRUE(after);
    EXPECT_EQ(before->values, after->values);
    EXPECT_EQ(before->y, after->y);
    double total = 0;
    for (const double w : before->weight) total += w;
    EXPECT_NEAR(total, 1, 1e-9);
}

}  // namespace
}  // namespace aitrading::models
