#include "insight/features/service/feature_service.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "aitrading/v1/insight.pb.h"
#include "base/random.hpp"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::insight {
namespace {

UnixNanos fixed_now() { return {1'500'000'000'000'000'000}; }

BarColumns made_bars(std::size_t rows) {
    SplitMix64 random(4);
    BarColumns bars;
    bars.key = {"MADE", Timeframe::h1};
    double price = 1.2;
    for (std::size_t i = 0; i < rows; ++i) {
        const double open = price;
        price *= 1 + 1e-3 * (random.next_uniform() - 0.5);
        bars.append({{from_civil({2015, 1, 5}).value + static_cast<std::int64_t>(i) * nanos_per_hour}, Price::from_double(open), Price::from_double(std::max(open, price) * 1.0002),
                     Price::from_double(std::min(open, price) * 0.9998), Price::from_double(price), Quantity::from_double(100)});
    }
    return bars;
}

std::shared_ptr<const Event> event_of(const BarColumns& bars, std::size_t i, UuidMaker& ids) {
    const Uuid id = ids.next(fixed_now());
    const auto event = kit::pack(kit::BarNews{.symbol = bars.key.symbol, .feed = "test", .timeframe = bars.key.timeframe, .bar = bars.bar(i), .known = {bars.time[i].value + nanos_per_hour}, .ask = {}},
                                 {.id = id, .source = "/test", .time = fixed_now(), .trace = kit::first_step(id)});
    EXPECT_TRUE(event);
    return std::make_shared<const Event>(*event);
}

std::vector<std::shared_ptr<const Event>> listen(kit::LiveReader& reader, std::size_t count) {
    std::vector<std::shared_ptr<const Event>> out;
    kit::LiveReader::Batch batch;
    while (out.size() < count && reader.poll(batch, 100, std::chrono::seconds(20))) out.insert(out.end(), batch.events.begin(), batch.events.end());
    return out;
}

TEST(feature_service, says_the_rows_that_a_whole_series_has) {
    const BarColumns bars = made_bars(400);
    const FeatureSet set(FeatureOptions::of(bars));
    const FeatureMatrix wanted = set.compute(bars).value();
    const auto topic = kit::LiveTopic::make(1'000), vectors = kit::LiveTopic::make(1'000);
    const auto reader = vectors->subscribe();
    FeatureService service({{bars.key, set}}, {.bars = topic, .vectors = vectors, .journal = nullptr}, {}, fixed_now);
    ASSERT_TRUE(service.start());
    UuidMaker ids(5);
    for (std::size_t i = 0; i < bars.size(); ++i) topic->publish(event_of(bars, i, ids));
    topic->publish(event_of(bars, 7, ids));
    const auto told = listen(*reader, bars.size());
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto message = kit::unpack_as<v1::FeatureVectorComputed>(*told[i]);
        ASSERT_TRUE(message) << message.error().text;
        EXPECT_EQ(message->known_ns(), wanted.known[i].value);
        EXPECT_EQ(message->manifest_hash(), wanted.manifest_hash);
        ASSERT_EQ(message->values_size(), static_cast<int>(wanted.columns()));
        for (int c = 0; c < message->values_size(); ++c) {
            const double value = wanted.row(i)[static_cast<std::size_t>(c)];
            if (std::isnan(value)) EXPECT_TRUE(std::isnan(message->values(c)));
            else ASSERT_EQ(message->values(c), value) << "bar " << i << ", column " << c;
        }
    }
}

TEST(feature_service, stops_where_bars_are_missing) {
    const BarColumns bars = made_bars(20);
    const auto narrow = kit::LiveTopic::make(2), vectors = kit::LiveTopic::make(100);
    FeatureService service({{bars.key, FeatureSet(FeatureOptions::of(bars))}}, {.bars = narrow, .vectors = vectors, .journal = nullptr}, {}, fixed_now);
    ASSERT_TRUE(service.start());
    UuidMaker ids(5);
    std::vector<kit::LiveTopic::EventPointer> five;
    five.reserve(5);
    for (std::size_t i = 0; i < 5; ++i) five.push_back(event_of(bars, i, ids));
    narrow->publish(five);
    while (service.ready()) std::this_thread::yield();
    EXPECT_NE(service.last_error().find("start again"), std::string::npos);
    EXPECT_EQ(service.counts().vectors, 0U) << "its vectors would be those of another series";
}

}  // namespace
}  // namespace aitrading::insight
