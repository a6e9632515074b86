#include "ports/market_feed/conformance/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aitrading::ports::conformance {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{2'000};

struct Told {
    std::vector<FeedItem> items;
    std::size_t most = 0;  ///< items of one poll
    std::string broken;
};

/// Everything that a feed says until it ends; gives up after many polls that bring nothing.
Told listen(MarketFeed& feed, std::size_t items_max) {
    Told told;
    std::vector<FeedItem> batch;
    for (int silent = 0; !feed.ended() && silent < 20;) {
        if (const auto polled = feed.poll(batch, items_max, patience, {}); !polled) {
            told.broken = polled.error().text;
            return told;
        }
        silent = batch.empty() ? silent + 1 : 0;
        told.most = std::max(told.most, batch.size());
        told.items.insert(told.items.end(), batch.begin(), batch.end());
    }
    if (!feed.ended()) told.broken = "it neither speaks nor ends";
    return told;
}

std::string gives_every_row_in_its_order(const MakeFeed& make) {
    const FeedScript script = quotes_script(50);
    const auto feed = make(script);
    const Told told = listen(*feed, 7);
    if (!told.broken.empty()) return told.broken;
    if (told.items.size() != script.items.size()) return fmt::format("{} rows came of {}", told.items.size(), script.items.size());
    for (std::uint32_t symbol = 0; symbol < script.symbols.size(); ++symbol) {
        const auto of = [symbol](const std::vector<FeedItem>& items) {
            std::vector<FeedItem> out;
            std::ranges::copy_if(items, std::back_inserter(out), [&](const FeedItem& i) { return i.symbol == symbol; });
            return out;
        };
        if (of(told.items) != of(script.items)) return fmt::format("the rows of {} are others, or in another order", script.symbols[symbol].symbol);
    }
    return "";
}

std::string sequences_count_up(const MakeFeed& make) {
    const FeedScript script = quotes_script(30);
    const auto feed = make(script);
    std::vector<std::uint64_t> last(script.symbols.size());
    for (const FeedItem& item : listen(*feed, 11).items) {
        if (item.symbol >= last.size()) return fmt::format("a row speaks of symbol {} of {}", item.symbol, last.size());
        if (item.sequence != ++last[item.symbol]) return fmt::format("sequence {} comes after {}", item.sequence, last[item.symbol] - 1);
    }
    return last[0] == 30 ? "" : "rows are missing";
}

std::string polls_keep_their_bound(const MakeFeed& make) {
    const auto feed = make(quotes_script(40));
    const Told told = listen(*feed, 3);
    return told.most <= 3 ? told.broken : fmt::format("a poll of 3 rows gave {}", told.most);
}

std::string ends_after_the_last_row_and_stays_ended(const MakeFeed& make) {
    const FeedScript script = quotes_script(2);
    const auto feed = make(script);
    std::vector<FeedItem> batch;
    for (std::size_t given = 0; given < script.items.size();) {
        if (feed->ended()) return fmt::format("it has ended after {} of {} rows", given, script.items.size());
        if (const auto polled = feed->poll(batch, 1, patience, {}); !polled) return polled.error().text;
        given += batch.size();
    }
    for (int again = 0; again < 3; ++again) {
        if (const auto polled = feed->poll(batch, 5, milliseconds(0), {}); !polled) return "polling after the end: " + polled.error().text;
        if (!batch.empty()) return "a row comes after the end";
    }
    return feed->ended() ? "" : "it does not say that it has ended";
}

std::string old_rows_leave_the_batch(const MakeFeed& make) {
    const auto feed = make(quotes_script(1));
    std::vector<FeedItem> batch(5, FeedItem{.sequence = 99});
    if (const auto polled = feed->poll(batch, 1, patience, {}); !polled) return polled.error().text;
    return std::ranges::none_of(batch, [](const FeedItem& i) { return i.sequence == 99; }) ? "" : "what the batch held before is still there";
}

std::string symbols_are_told_from_the_start(const MakeFeed& make) {
    const FeedScript script = quotes_script(3);
    const auto feed = make(script);
    if (feed->symbols() != script.symbols) return "other symbols than the source has";
    listen(*feed, 10);
    return feed->symbols() == script.symbols ? "" : "they change while it speaks";
}

std::string a_stop_ends_the_wait(const MakeFeed& make) {
    const auto feed = make(quotes_script(1));
    std::stop_source stop;
    stop.request_stop();
    std::vector<FeedItem> batch;
    // An engine that waits here in spite of the stop runs into the suite's time limit.
    for (int i = 0; i < 3; ++i)
        if (const auto polled = feed->poll(batch, 1, std::chrono::hours(1), stop.get_token()); !polled) return polled.error().text;
    return "";
}

}  // namespace

FeedScript quotes_script(int count) {
    FeedScript script{{{"EURUSD", 5}, {"XAUUSD", 2}}, {}};
    for (int i = 0; i < count; ++i)
        for (std::uint32_t symbol = 0; symbol < 2; ++symbol) {
            const Price bid = symbol == 0 ? Price{1'100'000'000 + i * 10'000LL} : Price{1'250'000'000'000 - i * 10'000'000LL};
            const Tick tick{{1'500'000'000'000'000'000 + (2 * i + symbol) * 1'000'000LL}, bid, {bid.raw + 20'000'000}, Quantity{1'000'000}, Quantity{2'000'000}};
            script.items.push_back({symbol, static_cast<std::uint64_t>(i) + 1, tick});
        }
    return script;
}

std::vector<FeedCheck> feed_checks() {
    return {{"gives_every_row_in_its_order", gives_every_row_in_its_order},
            {"sequences_count_up", sequences_count_up},
            {"polls_keep_their_bound", polls_keep_their_bound},
            {"ends_after_the_last_row_and_stays_ended", ends_after_the_last_row_and_stays_ended},
            {"old_rows_leave_the_batch", old_rows_leave_the_batch},
            {"symbols_are_told_from_the_start", symbols_are_told_from_the_start},
            {"a_stop_ends_the_wait", a_stop_ends_the_wait}};
}

}  // namespace aitrading::ports::conformance
