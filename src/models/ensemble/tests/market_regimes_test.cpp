#include "models/ensemble/market_regimes.hpp"

#include <cmath>
#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "market/simulator/market.hpp"
#include "models/ensemble/column_learner.hpp"
#include "models/ensemble/market_learners.hpp"
#include "models/ensemble/pipeline.hpp"

namespace aitrading::models {
namespace {

std::vector<MarketBar> draw(std::size_t count, std::uint64_t seed) {
    market::SyntheticMarket generator(market::specified_market(market::strong_strength), seed);
    std::vector<MarketBar> bars;
    for (std::size_t i = 0; i < count; ++i) {
        const market::MarketRow row = generator.next();
        bars.push_back({row.x, row.dxy, row.r_bp, row.log_volume, row.log_spread});
    }
    return bars;
}

constexpr std::size_t width = MarketRegimes::states + 1;

TEST(market_regimes, come_from_training_rows_and_from_bars_up_to_their_own) {
    const std::vector<MarketBar> bars = draw(3000, 1);
    const LearntBlock whole = *MarketRegimes(bars).compute(2000, 3000, 1, 1, {});
    ASSERT_EQ(whole.values.size(), 3000 * width);
    // Other bars after the training rows, then other bars after row 2500: nothing before them may change.
    for (const std::size_t cut : {2000U, 2500U}) {
        std::vector<MarketBar> changed = bars;
        for (std::size_t t = cut; t < bars.size(); ++t) changed[t].r_bp = -50 - changed[t].r_bp, changed[t].x += 3;
        const LearntBlock other = *MarketRegimes(changed).compute(2000, 3000, 1, 2, {});
        EXPECT_EQ(std::memcmp(other.values.data(), whole.values.data(), cut * width * sizeof(double)), 0);
        EXPECT_FALSE(std::ranges::equal(std::span(other.values).subspan(cut * width, width),
                                        std::span(whole.values).subspan(cut * width, width)));
    }
    const LearntBlock part = *MarketRegimes(std::span(bars).first(2100)).compute(2000, 2100, 1, 1, {});
    EXPECT_EQ(std::memcmp(part.values.data(), whole.values.data(), part.values.size() * sizeof(double)), 0);
}

TEST(market_regimes, hold_probabilities_and_say_how_many_states_there_are) {
    const std::vector<MarketBar> bars = draw(3000, 2);
    const MarketRegimes regimes(bars);
    ASSERT_EQ(regimes.names().size(), width);
    EXPECT_EQ(regimes.names()[0], "regime_p(1)");
    EXPECT_EQ(regimes.names()[MarketRegimes::forecast_column - MarketFeatures::columns], "markov_switching");
    const LearntBlock block = *regimes.compute(3000, 3000, 1, 1, {});
    EXPECT_NE(block.note.find("3 states"), std::string::npos) << block.note;
    for (std::size_t t = 0; t < 3000; t += 100) {
        double sum = 0;
        for (std::size_t k = 0; k < MarketRegimes::states; ++k) sum += block.values[t * width + k];
        EXPECT_NEAR(sum, 1, 1e-12);
        EXPECT_EQ(block.values[t * width + 7], 0);
        const int regime = regime_number(std::span(block.values).subspan(t * width, width));
        EXPECT_TRUE(regime >= 1 && regime <= 3) << regime;
    }
}

TEST(market_regimes, refuse_too_few_rows) {
    const auto block = MarketRegimes(draw(60, 3)).compute(60, 60, 1, 1, {});
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().code, ErrorCode::bad_input);
}

TEST(market_regimes, let_the_pipeline_learn_them_anew_for_each_fit) {
    const std::vector<MarketBar> bars = draw(9001, 4);
    const FeatureMatrix features = market_feature_matrix(bars);
    const LabelSet labels = market_labels(bars);
    const MarketRegimes regimes(bars);
    const auto member = make_markov_switching_member();
    const Learner* learners[] = {member.get()};
    const Split split = market_split(labels, 6000, 9000);
    PipelineOptions options = market_pipeline_options();
    options.learnt = &regimes;
    const auto run = walk_forward_predict(features, labels, std::span(&split, 1), learners, options);
    ASSERT_TRUE(run) << run.error().text;
    ASSERT_EQ(run->learnt.size(), 3000 * width);
    ASSERT_EQ(run->learnt_notes.size(), 1U);
    // The latest 15 % of the 6,000 rows stop members early and calibrate: the columns have not learnt from them.
    EXPECT_NE(run->learnt_notes[0].find("first 50"), std::string::npos) << run->learnt_notes[0];
    EXPECT_EQ(run->models[0].importance.size(), features.columns() + width);
    double right = 0, known = 0;
    for (std::size_t i = 0; i < run->entry.size(); ++i) {
        EXPECT_EQ(run->models[0].raw[i], run->learnt[i * width + MarketRegimes::states]);
        const float y = labels.y[run->entry[i]];
        if (std::isnan(y)) continue;
        known += 1;
        right += (run->models[0].p_up[i] > 0.5) == (y > 0.5F);
    }
    EXPECT_GT(right / known, 0.65);
    options.threads = 2;
    const auto again = walk_forward_predict(features, labels, std::span(&split, 1), learners, options);
    EXPECT_EQ(again->ensemble().p_up, run->ensemble().p_up);
}

TEST(column_learner, says_what_its_column_says) {
    const auto learner = make_column_learner("said", 1);
    const std::vector<double> x{0.1, 0.7, 0.2, NAN};
    const std::vector<float> y{0, 1};
    const std::vector<double> weight{1, 1};
    const TrainingData data{{x.data(), 2, 2, 2}, y, weight};
    const auto model = *learner->fit(data, {}, {});
    EXPECT_EQ(model->predict_row({x.data(), 2}), 0.7);
    EXPECT_EQ(model->predict_row({x.data() + 2, 2}), 0.5);
    const auto restored = *learner->restore(model->serialise());
    EXPECT_EQ(restored->predict_row({x.data(), 2}), 0.7);
    EXPECT_FALSE(learner->restore("AITCOL01 no"));
    EXPECT_FALSE(make_column_learner("said", 2)->fit(data, {}, {}));
}

}  // namespace
}  // namespace aitrading::models
