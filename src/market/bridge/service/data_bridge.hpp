#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "kit/contracts/bar_news.hpp"
#include "kit/events/keeper.hpp"
#include "kit/live_topic/live_topic.hpp"
#include "market/bridge/live_bars.hpp"
#include "market/bridge/tick_gate.hpp"
#include "ports/event_bus/event_bus.hpp"
#include "ports/market_feed/market_feed.hpp"

namespace aitrading::market {

/// Where a bridge puts what it takes in. Ticks and bars go out live at once; bars also into the journal, whose acknowledgement
/// nobody waits for.
struct BridgeTopics {
    std::shared_ptr<kit::LiveTopic> ticks, bars;  ///< either may be missing
    ports::EventBus* journal = nullptr;           ///< its topic `market.bars`; outlives the bridge
};

/// By what a bar ends that no further tick ends.
enum class BarEnd : std::uint8_t {
    rows,  ///< a row of any symbol shows that the time has passed: for feeds whose rows come in the order of their times (replay)
    clock  ///< our clock, two seconds later: for live feeds
};

struct BridgeOptions {
    std::vector<Timeframe> timeframes{Timeframe::m1};  ///< of the bars made out of ticks; bars of a feed go on as they are
    GateOptions gate;
    BarEnd bar_end = BarEnd::rows;
    std::string tenant = "default", source = "/data-bridge";
    std::size_t rows_max = 1'024;  ///< of one poll
};

/// What a bridge has done since it began.
struct BridgeCounts {
    std::uint64_t rows = 0, bars = 0, missed = 0;              ///< taken in; bars gone out; rows that the source counted and that never came
    std::array<std::uint64_t, feed_fault_kinds> refused{};     ///< by FeedFault
    std::uint64_t too_late = 0;                                ///< ticks of bars that the clock had ended
    std::uint64_t durable = 0;                                 ///< bars that the journal has acknowledged
};

/// A feed's rows, judged, as events: ticks on `market.ticks`, closed bars on `market.bars` (contracts MarketDataReceived and BarClosed).
/// A feed that says the same rows again gives events of the same ids: the journal keeps each bar once.
/// One thread runs it; counts may be read from any.
class DataBridge {
  public:
    using Now = std::function<UnixNanos()>;
    /// @errors usage (no timeframe of ticks' bars, a symbol twice), failed (the journal refuses its topic)
    static Result<std::unique_ptr<DataBridge>> open(std::unique_ptr<ports::MarketFeed> feed, BridgeTopics topics, BridgeOptions options, Now now);

    /// One poll of the feed and what follows from it; false where the feed has ended.
    /// @errors those of the feed; failed (the journal has stopped: bars would be lost)
    Result<bool> step(std::chrono::milliseconds wait, const std::stop_token& stop);
    /// Steps until the feed ends or a stop is asked for. A row that cannot be read is counted as refused and passed over.
    /// That the feed came and went is told on the journal's topic `ops.alerts` (FeedStateChanged).
    Result<void> run(const std::stop_token& stop);
    BridgeCounts counts() const;

  private:
    struct Symbol {
        std::array<TickGate, all_timeframes.size()> gates;  ///< of ticks, and of bars of each timeframe: each is an order of its own
        std::vector<LiveBars> bars;
    };
    DataBridge(std::unique_ptr<ports::MarketFeed> feed, BridgeTopics topics, BridgeOptions options, Now now);
    void take(const ports::FeedItem& item, UnixNanos now);
    void take_tick(const ports::FeedItem& item, const Tick& tick, UnixNanos now);
    void take_bar(const ports::FeedItem& item, const ports::FedBar& bar, UnixNanos now);
    void flush_ticks();
    Result<void> take_all(const std::stop_token& stop);
    void tell(bool connected, const std::string& reason);
    void end_bars(UnixNanos by);
    void send(const kit::BarNews& news);
    void send(std::uint32_t symbol, const ClosedBar& bar);

    std::unique_ptr<ports::MarketFeed> feed_;
    BridgeTopics topics_;
    BridgeOptions options_;
    Now now_;
    std::vector<Symbol> symbols_;
    std::vector<ports::FeedItem> batch_;
    std::vector<ports::FeedItem> ticks_;  ///< of one symbol, on their way out
    kit::Keeper keeper_, alerts_;
    UuidMaker ids_;  ///< of what is told of the feed itself
    UnixNanos latest_{INT64_MIN};
    std::atomic<std::uint64_t> rows_ = 0, bars_ = 0, missed_ = 0, too_late_ = 0;
    std::array<std::atomic<std::uint64_t>, feed_fault_kinds> refused_{};
};

}  // namespace aitrading::market
