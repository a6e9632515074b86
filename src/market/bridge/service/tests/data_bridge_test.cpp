#include "market/bridge/service/data_bridge.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "base/random.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "engines/market_feed/pulled/pulled_feed.hpp"

namespace aitrading::market {
namespace {

using ports::FedBar;
using ports::FeedItem;

UnixNanos far_future() { return {4'000'000'000'000'000'000}; }

std::unique_ptr<ports::MarketFeed> feed_of(std::vector<FeedItem> items, std::vector<ports::FedSymbol> symbols = {{"EURUSD", 5}}) {
    auto pull = [items = std::move(items), at = std::size_t{0}](std::vector<FeedItem>& rows) mutable -> Result<bool> {
        rows.clear();
        while (at < items.size() && rows.size() < 100) rows.push_back(items[at++]);
        return !rows.empty();
    };
    return std::make_unique<engines::PulledFeed>("replay", std::move(symbols), std::move(pull));
}

/// Quotes some seconds apart.
std::vector<FeedItem> made(int count) {
    SplitMix64 random(3);
    std::vector<FeedItem> out;
    std::int64_t time = 1'500'000'000'000'000'000, bid = 1'100'000'000;
    for (int i = 0; i < count; ++i) {
        time += static_cast<std::int64_t>(random.next_below(5'000)) * 1'000'000;
        bid += static_cast<std::int64_t>(random.next_below(21)) * 10'000 - 100'000;
        out.push_back({0, 0, Tick{{time}, {bid}, {bid + 100'000}, {}, {}}});
    }
    return out;
}

struct Bars {
    std::vector<kit::BarNews> bars;
    std::vector<std::string> symbols;
};
Bars taken(kit::LiveReader& reader) {
    Bars out;
    kit::LiveReader::Batch batch;
    while (reader.poll(batch, 1'000, std::chrono::milliseconds(0)))
        for (const auto& event : batch.events) {
            const auto message = kit::unpack_bar(*event);
            EXPECT_TRUE(message) << message.error().text;
            if (!message) continue;
            EXPECT_EQ(event->subject, message->symbol);
            EXPECT_TRUE(event->trace) << "a bar begins a trace";
            out.bars.push_back(*message);
            out.symbols.push_back(message->symbol);
        }
    return out;
}

/// Ids of the bars and of the ticks' events that a feed gives.
std::vector<std::string> ids_of(std::vector<FeedItem> items, const std::string& tenant = "default") {
    const auto ticks = kit::LiveTopic::make(10'000), bars = kit::LiveTopic::make(10'000);
    const auto tick_reader = ticks->subscribe(), bar_reader = bars->subscribe();
    auto bridge = DataBridge::open(feed_of(std::move(items)), {.ticks = ticks, .bars = bars, .journal = nullptr}, {.tenant = tenant}, [] {
        static std::int64_t later = far_future().value;
        return UnixNanos{later += 1'000'000'007};
    });
    EXPECT_TRUE(bridge && (*bridge)->run({}));
    std::vector<std::string> out;
    kit::LiveReader::Batch batch;
    for (kit::LiveReader* reader : {tick_reader.get(), bar_reader.get()})
        while (reader->poll(batch, 1'000, std::chrono::milliseconds(0)))
            for (const auto& event : batch.events) out.push_back(event->id.text());
    return out;
}

TEST(data_bridge, a_feed_that_begins_again_says_the_same_events) {
    const auto items = made(2'000);
    const auto first = ids_of(items);
    ASSERT_GT(first.size(), 50U);
    EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).size(), first.size());
    EXPECT_EQ(ids_of(items), first) << "another clock, the same rows";
    const auto other = ids_of(items, "other");
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NE(other[i], first[i]);
    auto changed = items;
    std::get<Tick>(changed[1'999].row).bid.raw += 10'000;
    const auto last = ids_of(changed);
    std::size_t differ = 0;
    for (std::size_t i = 0; i < first.size(); ++i) differ += last[i] != first[i] ? 1 : 0;
    EXPECT_GE(differ, 1U);
    EXPECT_LE(differ, 2U) << "its own event, and the bar that it may end";
}

TEST(data_bridge, ticks_become_events_and_bars) {
    const auto items = made(5'000);
    const auto ticks = kit::LiveTopic::make(10'000), bars = kit::LiveTopic::make(10'000);
    const auto reader = bars->subscribe();
    auto bridge = DataBridge::open(feed_of(items), {.ticks = ticks, .bars = bars, .journal = nullptr}, {.timeframes = {Timeframe::m1, Timeframe::m15}}, far_future);
    ASSERT_TRUE(bridge) << bridge.error().text;
    ASSERT_TRUE((*bridge)->run({}));
    EXPECT_EQ((*bridge)->counts().rows, 5'000U);
    EXPECT_GT(ticks->count(), 0U);
    LiveBars minutes(Timeframe::m1, usual_day_start("EURUSD")), quarters(Timeframe::m15, usual_day_start("EURUSD"));
    std::vector<ClosedBar> wanted;
    for (const FeedItem& item : items)
        for (LiveBars* builder : {&minutes, &quarters})
            if (const auto closed = builder->add(std::get<Tick>(item.row))) wanted.push_back(*closed);
    const Bars told = taken(*reader);
    ASSERT_EQ(told.bars.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(told.bars[i].bar, wanted[i].bar);
        EXPECT_EQ(told.bars[i].timeframe, wanted[i].timeframe);
        EXPECT_EQ(told.bars[i].known, wanted[i].known);
        EXPECT_EQ(told.bars[i].ask->close, wanted[i].ask_close);
        EXPECT_EQ(told.bars[i].ticks, wanted[i].ticks);
    }
    EXPECT_EQ((*bridge)->counts().bars, wanted.size());
}

TEST(data_bridge, bad_rows_are_counted_and_go_no_further) {
    auto items = made(300);
    std::get<Tick>(items[10].row).ask = {1};
    std::get<Tick>(items[20].row).bid = {0};
    std::get<Tick>(items[30].row).time = {5};
    const auto bars = kit::LiveTopic::make(1'000);
    auto bridge = DataBridge::open(feed_of(items), {.ticks = nullptr, .bars = bars, .journal = nullptr}, {}, far_future);
    ASSERT_TRUE(bridge);
    ASSERT_TRUE((*bridge)->run({}));
    const BridgeCounts counts = (*bridge)->counts();
    EXPECT_EQ(counts.refused[static_cast<std::size_t>(FeedFault::crossed)], 1U);
    EXPECT_EQ(counts.refused[static_cast<std::size_t>(FeedFault::not_positive)], 1U);
    EXPECT_EQ(counts.refused[static_cast<std::size_t>(FeedFault::out_of_order)], 1U);
    EXPECT_EQ(counts.rows, 300U);
}

TEST(data_bridge, a_row_of_one_symbol_ends_the_bars_of_another) {
    const auto at = [](std::int64_t seconds) { return Tick{{1'500'000'000'000'000'000 + seconds * nanos_per_second}, {1'000'000'000}, {1'000'100'000}, {}, {}}; };
    const auto bars = kit::LiveTopic::make(100);
    const auto reader = bars->subscribe();
    auto bridge = DataBridge::open(feed_of({{0, 0, at(0)}, {1, 0, at(120)}}, {{"EURUSD", 5}, {"GBPUSD", 5}}), {.ticks = nullptr, .bars = bars, .journal = nullptr}, {}, far_future);
    ASSERT_TRUE(bridge);
    ASSERT_TRUE((*bridge)->run({}));
    EXPECT_EQ(taken(*reader).symbols, std::vector<std::string>{"EURUSD"});
}

TEST(data_bridge, bars_of_a_feed_go_on_as_they_are) {
    const auto price = [](double p) { return Price::from_double(p); };
    std::vector<FeedItem> items;
    items.reserve(6);
    for (int i = 0; i < 5; ++i)
        items.push_back({0, 0, FedBar{Timeframe::h1, {{1'500'000'000'000'000'000 / nanos_per_hour * nanos_per_hour + i * nanos_per_hour}, price(1.1), price(1.2), price(1.0), price(1.15), {}}, price(0.0001)}});
    items.push_back(items.back());
    const auto bars = kit::LiveTopic::make(100);
    const auto reader = bars->subscribe();
    auto bridge = DataBridge::open(feed_of(items), {.ticks = nullptr, .bars = bars, .journal = nullptr}, {}, far_future);
    ASSERT_TRUE(bridge);
    ASSERT_TRUE((*bridge)->run({}));
    const Bars told = taken(*reader);
    ASSERT_EQ(told.bars.size(), 5U) << "the same bar twice is told once";
    EXPECT_EQ(told.bars[0].bar, std::get<FedBar>(items[0].row).bar);
    EXPECT_EQ(told.bars[0].ask->close, price(1.1501));
    EXPECT_EQ(told.bars[0].known.value, told.bars[0].bar.time.value + nanos_per_hour);
}

TEST(data_bridge, every_bar_becomes_durable) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("data_bridge." + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    const auto journal = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}});
    ASSERT_TRUE(journal) << journal.error().text;
    auto bridge = DataBridge::open(feed_of(made(4'000)), {.ticks = nullptr, .bars = nullptr, .journal = journal->get()}, {}, far_future);
    ASSERT_TRUE(bridge) << bridge.error().text;
    ASSERT_TRUE((*bridge)->run({}));
    const auto reader = (*journal)->subscribe("market.bars", "test", {});
    ASSERT_TRUE(reader) << reader.error().text;
    std::size_t kept = 0;
    while (kept < (*bridge)->counts().bars) {
        const auto some = (*reader)->poll({.wait = std::chrono::seconds(10)});
        ASSERT_TRUE(some) << some.error().text;
        ASSERT_FALSE(some->empty());
        kept += some->size();
    }
    EXPECT_GT(kept, 10U);
    const auto watcher = (*journal)->subscribe("ops.alerts", "test", {});
    ASSERT_TRUE(watcher) << watcher.error().text;
    std::vector<std::string> told;
    while (told.size() < 2) {
        const auto some = (*watcher)->poll({.wait = std::chrono::seconds(10)});
        ASSERT_TRUE(some && !some->empty());
        for (const auto& d : *some) told.push_back(kit::data_as_json(d.event).value());
    }
    EXPECT_NE(told[0].find(R"("connected":true)"), std::string::npos) << told[0];
    EXPECT_NE(told[1].find("it has said everything"), std::string::npos) << told[1];
    std::filesystem::remove_all(folder);
}

TEST(data_bridge, refuses_what_it_cannot_serve) {
    EXPECT_FALSE(DataBridge::open(feed_of({}, {{"EURUSD", 5}, {"EURUSD", 5}}), {}, {}, far_future));
    EXPECT_FALSE(DataBridge::open(feed_of({}), {}, {.timeframes = {Timeframe::ticks}}, far_future));
}

}  // namespace
}  // namespace aitrading::market
