#include "apps/aitrading/feed_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/aitrading/series_input.hpp"
#include "engines/market_feed/file_watch/file_watch.hpp"
#include "engines/market_feed/pulled/pulled_feed.hpp"
#include "market/history/replay.hpp"
#include "market/simulator/ticks.hpp"

namespace aitrading::apps {
namespace {

constexpr const char* simulated_symbol = "SIMULATED";
constexpr std::size_t rows_at_once = 4'096;

Error of_setting(const char* setting, const Error& error) { return {error.code == ErrorCode::usage ? ErrorCode::bad_input : error.code, fmt::format("setting {}: {}", setting, error.text)}; }

/// Stored series as they became known; it owns the store that it reads.
struct Replayed {
    std::unique_ptr<ports::SeriesStore> store;
    market::Replay replay;
    std::vector<std::uint32_t> symbol_of;  ///< of each series
    std::vector<Timeframe> timeframe;
    market::ReplayRun run = {};
    std::size_t at = 0;
};

ports::FeedItem row_of(const Replayed& r, std::size_t row) {
    const market::ReplayRun& run = r.run;
    ports::FeedItem item{.symbol = r.symbol_of[run.series], .row = Tick{}};
    if (run.ticks != nullptr) {
        item.row = run.ticks->tick(row);
        return item;
    }
    ports::FedBar bar{r.timeframe[run.series], run.bars->bar(row), {}};
    if (run.bars->has_ask()) bar.spread = run.bars->ask_close[row] - run.bars->close[row];
    else if (run.bars->has_spread()) bar.spread = run.bars->spread[row];
    item.row = bar;
    return item;
}

/// `EURUSD:ticks=FILE,XAUUSD:H1=FILE`. @errors bad_input
Result<void> read_files(const kit::Settings& settings, FeedChoice& out) {
    constexpr const char* setting = "AITRADING_FEED_FILES";
    for (const std::string& word : settings.list(setting)) {
        const auto equals = word.find('='), colon = word.find(':');
        if (equals == std::string::npos || colon == std::string::npos || colon > equals)
            return fail(ErrorCode::bad_input, fmt::format("setting {}: '{}': EURUSD:ticks=FILE or EURUSD:H1=FILE is expected", setting, word));
        const auto key = series_key(word.substr(0, colon), word.substr(colon + 1, equals - colon - 1));
        if (!key) return std::unexpected(of_setting(setting, key.error()));
        if (std::ranges::count(out.series, key->symbol, &SeriesKey::symbol) > 0) return fail(ErrorCode::bad_input, fmt::format("setting {}: {} twice", setting, key->symbol));
        out.series.push_back(*key);
        out.files.push_back(word.substr(equals + 1));
    }
    return out.series.empty() ? fail(ErrorCode::bad_input, fmt::format("setting {}: files are needed, as EURUSD:ticks=FILE", setting)) : Result<void>{};
}

std::unique_ptr<ports::MarketFeed> open_files(const FeedChoice& choice) {
    std::vector<engines::WatchedFile> files;
    files.reserve(choice.files.size());
    for (std::size_t i = 0; i < choice.files.size(); ++i)
        files.push_back({.path = choice.files[i], .symbol = {choice.series[i].symbol, 5}, .timeframe = choice.series[i].timeframe});
    return std::make_unique<engines::FileWatch>(std::move(files), engines::FileWatch::End::never);
}

engines::PullRows rows_of(std::shared_ptr<Replayed> r) {
    return [r = std::move(r)](std::vector<ports::FeedItem>& rows) -> Result<bool> {
        rows.clear();
        if (r->at == r->run.to) {
            TRY(const bool more, r->replay.next(r->run));
            if (!more) return false;
            r->at = r->run.from;
        }
        for (; r->at < r->run.to && rows.size() < rows_at_once; ++r->at) rows.push_back(row_of(*r, r->at));
        return true;
    };
}

Result<std::unique_ptr<ports::MarketFeed>> open_replay(const Context& context, const FeedChoice& choice) {
    TRY(auto store, open_store(context));
    std::vector<ports::FedSymbol> symbols;
    std::vector<std::uint32_t> symbol_of;
    std::vector<Timeframe> timeframe;
    for (const SeriesKey& key : choice.series) {
        TRY(const SeriesInfo info, store->describe(key));
        auto found = std::ranges::find(symbols, key.symbol, &ports::FedSymbol::symbol);
        if (found == symbols.end()) found = symbols.insert(found, {key.symbol, info.digits});
        symbol_of.push_back(static_cast<std::uint32_t>(found - symbols.begin()));
        timeframe.push_back(key.timeframe);
    }
    TRY(auto replay, market::Replay::open(*store, choice.series, {.range = choice.range}));
    auto replayed = std::make_shared<Replayed>(Replayed{std::move(store), std::move(replay), std::move(symbol_of), std::move(timeframe)});
    return std::make_unique<engines::PulledFeed>("replay", std::move(symbols), rows_of(std::move(replayed)), engines::Pace{.speed = choice.speed});
}

std::unique_ptr<ports::MarketFeed> open_simulator(const Context& context, const FeedChoice& choice) {
    auto pull = [simulator = market::TickSimulator(context.seed)](std::vector<ports::FeedItem>& rows) mutable -> Result<bool> {
        rows.clear();
        for (int i = 0; i < 256; ++i) rows.push_back({.row = simulator.next()});
        return true;
    };
    return std::make_unique<engines::PulledFeed>("simulator", std::vector<ports::FedSymbol>{{simulated_symbol, market::TickSimulator::digits}}, std::move(pull),
                                                 engines::Pace{.speed = choice.speed});
}

}  // namespace

std::vector<SeriesKey> FeedChoice::bars() const {
    std::vector<SeriesKey> out;
    const auto from_ticks = [&](const std::string& symbol) {
        for (const Timeframe t : timeframes) out.push_back({symbol, t});
    };
    if (kind == "simulator") from_ticks(simulated_symbol);
    for (const SeriesKey& key : series) {
        if (key.timeframe == Timeframe::ticks) from_ticks(key.symbol);
        else out.push_back(key);
    }
    return out;
}

bool FeedChoice::serves(const SeriesKey& key) const { return std::ranges::count(bars(), key) > 0; }

Result<FeedChoice> feed_choice(const kit::Settings& settings) {
    FeedChoice out{.kind = settings.text("AITRADING_FEED"), .speed = settings.number("AITRADING_FEED_SPEED")};
    if (out.kind == "replay") {
        for (const std::string& word : settings.list("AITRADING_FEED_SERIES")) {
            const auto colon = word.find(':');
            const auto key = series_key(word.substr(0, colon), colon == std::string::npos ? "ticks" : word.substr(colon + 1));
            if (!key) return std::unexpected(of_setting("AITRADING_FEED_SERIES", key.error()));
            out.series.push_back(*key);
        }
        if (out.series.empty()) return fail(ErrorCode::bad_input, "setting AITRADING_FEED_SERIES: a replay needs stored series, as EURUSD:H1,XAUUSD:ticks");
    }
    if (out.kind == "file") TRY_VOID(read_files(settings, out));
    for (const std::string& word : settings.list("AITRADING_FEED_TIMEFRAMES")) {
        const auto timeframe = parse_timeframe(word);
        if (!timeframe) return std::unexpected(of_setting("AITRADING_FEED_TIMEFRAMES", timeframe.error()));
        out.timeframes.push_back(*timeframe);
    }
    const auto range = time_range(settings.text("AITRADING_FEED_FROM"), settings.text("AITRADING_FEED_TO"));
    if (!range) return std::unexpected(of_setting("AITRADING_FEED_FROM and AITRADING_FEED_TO", range.error()));
    out.range = *range;
    return out;
}

Result<std::unique_ptr<ports::MarketFeed>> open_feed(const Context& context, const FeedChoice& choice) {
    if (choice.kind == "replay") return open_replay(context, choice);
    if (choice.kind == "file") return open_files(choice);
    return open_simulator(context, choice);
}

}  // namespace aitrading::apps
