#include <gtest/gtest.h>

#include <cmath>

#include "aitrading/v1/insight.pb.h"
#include "insight/regimes/service/regime_service.hpp"
#include "kit/contracts/bar_news.hpp"
#include "models/ensemble/service/fitted_regimes.hpp"
#include "models/ensemble/tests/predictor_models.hpp"

namespace aitrading::models {
namespace {

using testing_predictor::made_bars;

UnixNanos fixed_now() { return {1'500'000'000'000'000'000}; }

const testing_predictor::Served& served() {
    static const testing_predictor::Served made = testing_predictor::serve(made_bars(2'600, 11), {.nets = false, .train = 2'000});
    return made;
}

insight::RuleOptions rules_of(const RuleRegimeOptions& options) { return {.window = options.window, .has_volume = options.has_volume, .has_spread = options.has_spread}; }

std::vector<insight::ServedRegimes> tellers(const BarColumns& bars) {
    std::vector<insight::ServedRegimes> out;
    out.emplace_back(bars.key, *insight::rule_teller(rules_of(RuleRegimeOptions::of(bars)), {}));
    out.emplace_back(bars.key, *fitted_teller(served().model.learnt_model(), bars.key.timeframe, true), "made", 3);
    return out;
}

/// What the running service says of bars [0, to), bar by bar: by rule, then by the fitted states.
std::vector<v1::RegimeClassified> replayed(const BarColumns& bars, std::size_t to) {
    const auto topic = kit::LiveTopic::make(8'192), regimes = kit::LiveTopic::make(16'384);
    insight::RegimeService service([&] { return Result<std::vector<insight::ServedRegimes>>(tellers(bars)); }, {topic, regimes, nullptr}, {}, fixed_now);
    const auto reader = regimes->subscribe();
    EXPECT_TRUE(service.start());
    UuidMaker ids(1);
    for (std::size_t i = 0; i < to; ++i) {
        const Bar bar = bars.bar(i);
        const Price s = bars.spread[i];
        auto event = kit::pack(kit::BarNews{.symbol = bars.key.symbol, .feed = "test", .timeframe = bars.key.timeframe, .bar = bar, .known = {bar.time.value + nanos_per_hour},
                                            .ask = kit::AskSide{bar.open + s, bar.high + s, bar.low + s, bar.close + s}},
                               {.id = ids.next(fixed_now()), .source = "/test", .time = fixed_now(), .trace = {}});
        EXPECT_TRUE(event);
        topic->publish(std::make_shared<const Event>(std::move(*event)));
    }
    std::vector<v1::RegimeClassified> out;
    kit::LiveReader::Batch batch;
    while (out.size() < 2 * to && reader->poll(batch, 256, std::chrono::seconds(20)))
        for (const auto& event : batch.events) out.push_back(*kit::unpack_as<v1::RegimeClassified>(*event));
    service.stop(Deadline{SteadyTime::max()});
    return out;
}

TEST(LiveRegimes, are_those_of_the_command_bit_for_bit) {
    const BarColumns& bars = served().bars;
    const RegimePath path = *rule_regimes(bars, RuleRegimeOptions::of(bars));
    const auto told = replayed(bars, bars.size());
    ASSERT_EQ(told.size(), 2 * bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const v1::RegimeClassified& own = told[2 * i];
        ASSERT_EQ(own.bar_open_ns(), bars.time[i].value);
        ASSERT_EQ(static_cast<int>(own.regime()), path.regime[i]) << "bar " << i;
        ASSERT_EQ(own.news_shock(), path.shock[i]);
        ASSERT_EQ(own.expected_remaining_bars(), path.remaining[i]);
        for (int k = 0; k < own.posterior_size(); ++k) {
            ASSERT_EQ(own.posterior(k), path.probability[i][static_cast<std::size_t>(k)]) << "bar " << i;
            ASSERT_EQ(own.next(k), path.next[i][static_cast<std::size_t>(k)]) << "bar " << i;
        }
        ASSERT_EQ(own.posterior_size() > 0, path.regime[i] > 0);
    }
    EXPECT_GT(std::ranges::count_if(path.regime, [](int r) { return r > 0; }), 1'000);
}

TEST(LiveRegimes, fitted_states_are_those_that_predictions_carry) {
    const BarColumns& bars = served().bars;
    const auto told = replayed(bars, bars.size());
    Predictor predictor = served().open();
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const BarPrediction& wanted = predictor.next(bars.bar(i), served().spreads[i]);
        const v1::RegimeClassified& own = told[2 * i + 1];
        ASSERT_EQ(own.method(), "markov_switching");
        ASSERT_EQ(own.model(), "made");
        ASSERT_EQ(own.regime(), v1::REGIME_UNSPECIFIED);
        double sum = 0;
        for (int k = 0; k < own.posterior_size(); ++k) {
            ASSERT_EQ(own.posterior(k), wanted.states[static_cast<std::size_t>(k)]) << "bar " << i;
            sum += own.next(k);
        }
        ASSERT_NEAR(sum, 1, 1e-12);
        ASSERT_GE(own.state(), 1);
        ASSERT_LE(own.state(), own.posterior_size());
    }
}

TEST(LiveRegimes, nothing_before_a_cut_depends_on_what_comes_after_it) {
    const BarColumns& bars = served().bars;
    const auto whole = replayed(bars, bars.size());
    SplitMix64 random(3);
    for (int run = 0; run < 3; ++run) {
        const std::size_t cut = 1'400 + random.next_below(bars.size() - 1'400);
        const auto part = replayed(bars, cut);
        ASSERT_EQ(part.size(), 2 * cut);
        for (std::size_t i = 0; i < part.size(); ++i) ASSERT_EQ(part[i].SerializeAsString(), whole[i].SerializeAsString()) << "cut at " << cut << ", bar " << i / 2;
    }
}

}  // namespace
}  // namespace aitrading::models
