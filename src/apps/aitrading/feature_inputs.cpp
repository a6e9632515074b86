#include "apps/aitrading/feature_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/aitrading/regime_inputs.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "insight/correlation/correlation_guest.hpp"
#include "insight/features/dollar_index.hpp"

namespace aitrading::apps {
namespace {

using insight::CrossSeries;

/// Markets that stand beside every series: a column name and the symbols under which they may be stored.
struct Market {
    const char* name;
    std::vector<const char*> symbols;
};

/// The stored series of one timeframe, read as far as the bars go.
class Markets {
  public:
    Markets(const ports::SeriesStore& store, const BarColumns& bars) : store_(store), bars_(bars) {
        if (!bars.time.empty()) range_.to = {bars.time.back().value + 1};
    }
    Result<void> list() {
        TRY(const auto all, store_.list());
        for (const SeriesInfo& info : all)
            if (info.key.timeframe == bars_.key.timeframe) symbols_.push_back(info.key.symbol);
        return {};
    }
    const std::string& symbol() const { return bars_.key.symbol; }
    bool has(const std::string& symbol) const { return std::ranges::find(symbols_, symbol) != symbols_.end(); }
    Result<CrossSeries> read(const std::string& name, const std::string& symbol) const {
        if (symbol == bars_.key.symbol) return insight::cross_series(name, bars_);
        TRY(const BarColumns other, store_.read_bars({symbol, bars_.key.timeframe}, range_));
        return insight::cross_series(name, other);
    }

  private:
    const ports::SeriesStore& store_;
    const BarColumns& bars_;
    TimeRange range_;
    std::vector<std::string> symbols_;
};

/// Other markets, and where each comes from.
struct Beside {
    std::vector<CrossSeries> cross;
    std::vector<MarketSource> sources;
    std::vector<insight::AbsentColumn> absent;

    void add(CrossSeries series, std::vector<std::string> symbols, bool dollar_index = false) {
        cross.push_back(std::move(series));
        sources.push_back({std::move(symbols), dollar_index});
    }
};

Result<void> add_dollar_index(const Markets& markets, Beside& out) {
    std::vector<CrossSeries> found;
    for (const insight::DollarIndexLeg& leg : insight::dollar_index_legs) {
        const std::string pair(leg.pair);
        if (!markets.has(pair)) continue;
        TRY(CrossSeries series, markets.read(pair, pair));
        found.push_back(std::move(series));
    }
    // What a pair did itself would come back as a forecast of it.
    const auto own = insight::dollar_index_own_legs(markets.symbol());
    auto index = insight::dollar_index(found, own);
    if (!index && index.error().code == ErrorCode::not_found) {
        out.absent.push_back({"dxy", index.error().text});
        return {};
    }
    if (!index) return std::unexpected(index.error());
    std::vector<std::string> legs;
    for (const CrossSeries& leg : found)
        if (std::ranges::find(own, leg.name) == own.end()) legs.push_back(leg.name);
    out.add(std::move(*index), std::move(legs), true);
    return {};
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// The wide set's other markets.
Result<Beside> markets_beside(const std::vector<std::string>& symbols, const BarColumns& bars, const Context& context) {
    TRY(const auto store, engines::open_parquet_store(context.home));
    Markets markets(*store, bars);
    TRY_VOID(markets.list());
    Beside out;
    TRY_VOID(add_dollar_index(markets, out));
    const std::vector<Market> beside{{"gold", {"XAUUSD", "GOLD"}}, {"stocks", {"SPXUSD", "SP500", "US500"}}};
    for (const auto& [name, known] : beside) {
        const auto stored = std::ranges::find_if(known, [&](const char* s) { return markets.has(s); });
        if (stored == known.end() || *stored == bars.key.symbol) {
            out.absent.push_back({name, stored == known.end() ? fmt::format("no {} of this timeframe is stored", known.front()) : "the series itself"});
            continue;
        }
        TRY(CrossSeries series, markets.read(name, *stored));
        out.add(std::move(series), {*stored});
    }
    for (const std::string& symbol : symbols) {
        TRY(CrossSeries series, markets.read(lower(symbol), symbol));
        out.add(std::move(series), {symbol});
    }
    return out;
}

}  // namespace

bool asks_for_regimes(const std::vector<std::string>& with) { return std::ranges::find(with, regimes_word) != with.end(); }

Result<FeatureInputs> feature_inputs(const std::string& set, const std::vector<std::string>& with, const BarColumns& bars,
                                     const Context& context) {
    std::vector<std::string> symbols = with;
    const bool regimes = std::erase(symbols, regimes_word) > 0, correlation = std::erase(symbols, correlation_word) > 0;
    if (set != "wide" && (set != "default" || (!symbols.empty() && !correlation)))
        return fail(ErrorCode::usage, fmt::format("set of features {}: there are default and wide; other symbols (--with) need wide or --with {}, "
                                                  "--with {} does not", set, correlation_word, regimes_word));
    Beside beside;
    std::shared_ptr<std::vector<CrossSeries>> markets;
    std::vector<MarketSource> sources;
    insight::FeatureOptions options = insight::FeatureOptions::of(bars);
    if (set == "wide" || correlation) {
        TRY(beside, markets_beside(symbols, bars, context));
    }
    if (correlation) {
        markets = std::make_shared<std::vector<CrossSeries>>(beside.cross);
        sources = beside.sources;
        TRY(auto guest, insight::correlation_guest(bars.key.timeframe, markets));
        options.guests.emplace_back(std::move(guest));
    }
    if (set == "wide") {
        auto guests = std::move(options.guests);
        options = insight::FeatureOptions::wide_of(bars, beside.cross);
        options.guests = std::move(guests);
        options.absent = std::move(beside.absent);
    } else {
        beside.cross.clear();  // the default set looks at none; the guest keeps its own
    }
    if (regimes) {
        options.has_spread = bars.has_ask() || bars.has_spread();
        TRY(const auto rules, regime_options(context, bars));
        TRY(auto guest, models::rule_regime_guest(rules));
        options.guests.emplace_back(std::move(guest));
    }
    return FeatureInputs{insight::FeatureSet(options), std::move(beside.cross), std::move(markets), std::move(sources)};
}

}  // namespace aitrading::apps
