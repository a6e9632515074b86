#include "market/bridge/service/data_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "market/bridge/service/feed_messages.hpp"

namespace aitrading::market {
namespace {

constexpr const char* bars_topic = "market.bars";
constexpr std::int64_t clock_grace_nanos = 2 * nanos_per_second;

}  // namespace

DataBridge::DataBridge(std::unique_ptr<ports::MarketFeed> feed, BridgeTopics topics, BridgeOptions options, Now now)
    : feed_(std::move(feed)), topics_(std::move(topics)), options_(std::move(options)), now_(std::move(now)), keeper_(topics_.journal, bars_topic), alerts_(topics_.journal, "ops.alerts"), ids_(std::random_device{}()) {
    for (const ports::FedSymbol& fed : feed_->symbols()) {
        Symbol symbol;
        symbol.gates.fill(TickGate(options_.gate));
        for (const Timeframe t : options_.timeframes) symbol.bars.emplace_back(t, usual_day_start(fed.symbol));
        symbols_.push_back(std::move(symbol));
    }
}

Result<std::unique_ptr<DataBridge>> DataBridge::open(std::unique_ptr<ports::MarketFeed> feed, BridgeTopics topics, BridgeOptions options, Now now) {
    std::set<std::string> names;
    for (const ports::FedSymbol& fed : feed->symbols())
        if (!names.insert(fed.symbol).second) return fail(ErrorCode::usage, fmt::format("the feed {} has {} twice", feed->name(), fed.symbol));
    if (std::ranges::count(options.timeframes, Timeframe::ticks) > 0) return fail(ErrorCode::usage, "ticks are no timeframe of bars");
    std::unique_ptr<DataBridge> bridge(new DataBridge(std::move(feed), std::move(topics), std::move(options), std::move(now)));
    TRY_VOID(bridge->keeper_.open());
    TRY_VOID(bridge->alerts_.open());
    return bridge;
}

void DataBridge::send(std::uint32_t symbol, const ClosedBar& bar) {
    send({.symbol = feed_->symbols()[symbol].symbol, .feed = std::string(feed_->name()), .timeframe = bar.timeframe, .bar = bar.bar, .known = bar.known,
          .ask = kit::AskSide{bar.ask_open, bar.ask_high, bar.ask_low, bar.ask_close}, .ticks = bar.ticks});
}

void DataBridge::send(const kit::BarNews& news) {
    auto event = bar_message(news, {news.symbol, news.feed, options_.source, options_.tenant, now_()});
    if (!event) {  // a symbol whose name no envelope takes
        ++refused_[static_cast<std::size_t>(FeedFault::unreadable)];
        return;
    }
    ++bars_;
    keeper_.add(*event);
    if (topics_.bars) topics_.bars->publish(std::make_shared<const Event>(std::move(*event)));
}

void DataBridge::flush_ticks() {
    if (ticks_.empty()) return;
    if (topics_.ticks) {
        const std::string& symbol = feed_->symbols()[ticks_.front().symbol].symbol;
        if (auto event = ticks_message(ticks_, {symbol, feed_->name(), options_.source, options_.tenant, now_()}))
            topics_.ticks->publish(std::make_shared<const Event>(std::move(*event)));
    }
    ticks_.clear();
}

void DataBridge::end_bars(UnixNanos by) {
    for (std::uint32_t s = 0; s < symbols_.size(); ++s)
        for (LiveBars& bars : symbols_[s].bars)
            if (const auto closed = bars.advance(by)) send(s, *closed);
}

void DataBridge::take_tick(const ports::FeedItem& item, const Tick& tick, UnixNanos now) {
    Symbol& symbol = symbols_[item.symbol];
    if (const auto fault = symbol.gates[static_cast<std::size_t>(Timeframe::ticks)].check(tick, now)) {
        ++refused_[static_cast<std::size_t>(*fault)];
        return;
    }
    for (LiveBars& bars : symbol.bars) {
        const std::int64_t late = bars.too_late();
        if (const auto closed = bars.add(tick)) send(item.symbol, *closed);
        too_late_ += static_cast<std::uint64_t>(bars.too_late() - late);
    }
    if (!ticks_.empty() && ticks_.front().symbol != item.symbol) flush_ticks();
    ticks_.push_back(item);
    latest_ = std::max(latest_, tick.time);
}

void DataBridge::take_bar(const ports::FeedItem& item, const ports::FedBar& bar, UnixNanos now) {
    const std::int64_t length = duration_nanos(bar.timeframe);
    if (const auto fault = symbols_[item.symbol].gates[static_cast<std::size_t>(bar.timeframe)].check(bar.bar, bar.spread.value_or(Price{}), length, now)) {
        ++refused_[static_cast<std::size_t>(*fault)];
        return;
    }
    latest_ = std::max(latest_, ports::known_at(item));
    kit::BarNews news{.symbol = feed_->symbols()[item.symbol].symbol, .feed = std::string(feed_->name()), .timeframe = bar.timeframe, .bar = bar.bar,
                      .known = ports::known_at(item), .ask = {}};
    // Of the ask a source of bars states the close alone; the rest stands for it as the bid has it.
    if (bar.spread) news.ask = kit::AskSide{bar.bar.open + *bar.spread, bar.bar.high + *bar.spread, bar.bar.low + *bar.spread, bar.bar.close + *bar.spread};
    send(std::move(news));
}

void DataBridge::take(const ports::FeedItem& item, UnixNanos now) {
    ++rows_;
    missed_ += symbols_[item.symbol].gates.front().missed_before(item.sequence);
    if (const auto* tick = std::get_if<Tick>(&item.row)) take_tick(item, *tick, now);
    else take_bar(item, std::get<ports::FedBar>(item.row), now);
}

Result<bool> DataBridge::step(std::chrono::milliseconds wait, const std::stop_token& stop) {
    TRY_VOID(feed_->poll(batch_, options_.rows_max, wait, stop));
    const UnixNanos now = now_();
    for (const ports::FeedItem& item : batch_) {
        take(item, now);
        // Bars of other symbols end with this row's time; one of its own has ended already.
        if (options_.bar_end == BarEnd::rows && symbols_.size() > 1) end_bars(latest_);
    }
    flush_ticks();
    if (options_.bar_end == BarEnd::clock) end_bars({now_().value - clock_grace_nanos});
    TRY_VOID(keeper_.flush());
    return !feed_->ended();
}

Result<void> DataBridge::take_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto more = step(std::chrono::milliseconds(100), stop);
        if (more) {
            if (!*more) return {};
            continue;
        }
        if (more.error().code != ErrorCode::bad_input) return std::unexpected(more.error());
        ++refused_[static_cast<std::size_t>(FeedFault::unreadable)];
    }
    return {};
}

/// For whoever watches; a bus that refuses it is told by the bars.
void DataBridge::tell(bool connected, const std::string& reason) {
    const UnixNanos now = now_();
    const FeedState state{.connected = connected, .reason = reason, .last_row = latest_, .missed = missed_};
    if (auto event = feed_state_message(state, {.symbol = {}, .feed = feed_->name(), .source = options_.source, .tenant = options_.tenant, .now = now}, ids_.next(now)))
        alerts_.add(*event);
    [[maybe_unused]] const auto told = alerts_.flush();
}

Result<void> DataBridge::run(const std::stop_token& stop) {
    tell(true, "started");
    auto done = take_all(stop);
    tell(false, !done ? done.error().text : stop.stop_requested() ? "stopped on request" : "it has said everything");
    return done;
}

BridgeCounts DataBridge::counts() const {
    BridgeCounts out{.rows = rows_, .bars = bars_, .missed = missed_, .refused = {}, .too_late = too_late_, .durable = keeper_.durable()};
    for (std::size_t k = 0; k < feed_fault_kinds; ++k) out.refused[k] = refused_[k];
    return out;
}

}  // namespace aitrading::market
