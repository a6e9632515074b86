#include "proving/analytics/service/calibrator.hpp"

#include <gtest/gtest.h>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/models.pb.h"
#include "base/random.hpp"
#include "kit/contracts/bar_news.hpp"
#include "kit/contracts/contracts.hpp"
#include "proving/analytics/service/history_service.hpp"
#include "proving/analytics/service/tests/recorded_ground.hpp"

namespace aitrading::proving {
namespace {


double close_of(std::int64_t i) {
    SplitMix64 random(static_cast<std::uint64_t>(i) + 5);
    return 1.1 + 0.01 * random.next_uniform();
}

void publish_hours(const RecordedGround& g, std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) {
        g.publish("market.bars", bar_event(i, close_of(i)));
        g.publish("models.predictions", prediction_event(i, "EURUSD", "default", close_of(i + 1) > close_of(i) ? 0.7 : 0.4));
    }
}

const std::vector<std::string> figures{"model", "version", "label", "from_bar", "to_bar", "count", "mean_predicted", "base_rate", "brier"};

/// A life that records and calibrates what there is.
void live(const RecordedGround& g, std::size_t outcomes) {
    Calibrator calibrator(g.store, {}, {.outcomes = outcomes});
    const auto recorder = g.recorder();
    ASSERT_TRUE(calibrator.open());
    recorder->tell([&](const std::string& history, const std::vector<ports::HistoryEntry>& entries) { return calibrator.take(history, entries); });
    RecordedGround::drain(*recorder);
}

TEST(Calibrator, joins_predictions_with_what_came) {
    RecordedGround g;
    g.open();
    publish_hours(g, 0, 101);
    live(g, 50);
    const auto rows = g.rows("calibration", "EURUSD", figures);
    ASSERT_EQ(rows.size(), 2U);
    for (std::int64_t r = 0; r < 2; ++r) {
        double predicted = 0, ones = 0, brier = 0;
        for (std::int64_t i = r * 50; i < r * 50 + 50; ++i) {
            const bool up = close_of(i + 1) > close_of(i);
            predicted += up ? 0.7 : 0.4;
            ones += up;
            brier += up ? 0.09 : 0.16;
        }
        const auto& values = rows[static_cast<std::size_t>(r)].values;
        EXPECT_EQ(std::get<std::string>(values[0]), "made");
        EXPECT_EQ(std::get<std::int64_t>(values[5]), 50);
        EXPECT_NEAR(std::get<double>(values[6]), predicted / 50, 1e-12);
        EXPECT_NEAR(std::get<double>(values[7]), ones / 50, 1e-12);
        EXPECT_NEAR(std::get<double>(values[8]), brier / 50, 1e-12);
        EXPECT_EQ(rows[static_cast<std::size_t>(r)].known_at.value, (r * 50 + 51) * nanos_per_hour) << "known when the bar after the last one has closed";
    }
}

TEST(Calibrator, rows_are_the_same_and_there_once_however_often_it_starts) {
    RecordedGround one, many;
    one.open();
    publish_hours(one, 0, 260);
    live(one, 20);
    many.open();
    for (std::int64_t from = 0; from < 260; from += 13) {
        publish_hours(many, from, from + 13);
        live(many, 20);
        live(many, 20);
    }
    const auto expected = one.rows("calibration", "EURUSD", figures), got = many.rows("calibration", "EURUSD", figures);
    ASSERT_EQ(expected.size(), 12U);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].values, expected[i].values) << "row " << i;
        EXPECT_EQ(got[i].known_at, expected[i].known_at);
    }
}

TEST(Calibrator, bars_from_before_the_recorded_ones_warm_labels_up) {
    RecordedGround g;
    g.open();
    for (std::int64_t i = 300; i < 340; ++i) {
        Event event = prediction_event(i);
        v1::MLPredictionGenerated message = kit::unpack_as<v1::MLPredictionGenerated>(event).value();
        message.mutable_prediction()->set_label("volatility(4)");
        event.data = message.SerializeAsString();
        g.publish("market.bars", bar_event(i, close_of(i)));
        g.publish("models.predictions", event);
    }
    const auto recorder = g.recorder();
    RecordedGround::drain(*recorder);
    Calibrator cold(g.store, {}, {.outcomes = 10});
    ASSERT_TRUE(cold.open());
    EXPECT_EQ(cold.rows(), 0U) << "a trailing year is not there";
    const auto past = [](const SeriesKey& key) -> Result<BarColumns> {
        BarColumns bars;
        bars.key = key;
        bars.digits = 5;
        for (std::int64_t i = 0; i < 320; ++i) bars.append(kit::unpack_bar(bar_event(i, close_of(i))).value().bar);
        return bars;
    };
    Calibrator warm(g.store, past, {.outcomes = 10});
    ASSERT_TRUE(warm.open());
    EXPECT_EQ(warm.rows(), 3U);
}

TEST(HistoryService, records_and_calibrates_while_it_runs_and_finishes_at_a_stop) {
    RecordedGround g;
    g.open();
    HistoryService service(*g.bus, [&]() -> Result<std::shared_ptr<ports::HistoryStore>> { return g.store; }, {}, {.calibrator = {.outcomes = 10}, .pause = std::chrono::milliseconds(1)}, fixed_now);
    EXPECT_FALSE(service.ready());
    ASSERT_TRUE(service.start());
    publish_hours(g, 0, 25);
    EXPECT_TRUE(service.ready());
    service.stop(Deadline{SteadyTime::max()});
    EXPECT_EQ(service.counts().rows, 50U);
    EXPECT_EQ(service.lag(), 0);
    EXPECT_EQ(service.last_error(), "");
    EXPECT_EQ(g.rows("bars", "EURUSD").size(), 25U);
    EXPECT_EQ(g.rows("predictions", "EURUSD").size(), 25U);
}

TEST(HistoryService, a_store_that_cannot_be_opened_is_its_error) {
    RecordedGround g;
    g.open_bus();
    HistoryService service(*g.bus, []() -> Result<std::shared_ptr<ports::HistoryStore>> { return fail(ErrorCode::gate_refused, "damaged"); }, {}, {}, fixed_now);
    EXPECT_EQ(service.start().error().text, "damaged");
    service.stop(Deadline{SteadyTime::max()});
}

}  // namespace
}  // namespace aitrading::proving
