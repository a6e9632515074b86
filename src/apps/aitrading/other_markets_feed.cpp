#include "apps/aitrading/other_markets_feed.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "apps/aitrading/past_bars.hpp"

namespace aitrading::apps {
namespace {

/// Of feeds whose bars end by our clock: how long a bar waits for the other markets.
constexpr std::chrono::milliseconds grace{3'000};

Result<void> check_brought(const models::ModelMetadata& model, const FeatureInputs& inputs, const FeedChoice& choice) {
    std::vector<std::string> missing;
    for (const MarketSource& source : inputs.sources)
        for (const std::string& symbol : source.symbols)
            if (!choice.serves({symbol, model.series.timeframe}) && std::ranges::find(missing, symbol) == missing.end()) missing.push_back(symbol);
    if (missing.empty()) return {};
    return fail(ErrorCode::not_found, fmt::format("{} also looks at {} in {}, which the feed does not bring: add {} to the feed's series", model.name, fmt::join(missing, ", "),
                                                  name(model.series.timeframe), missing.size() == 1 ? "it" : "them"));
}

/// Closes of one symbol before the feed begins.
Result<insight::CrossSeries> past_closes(const Context& context, const std::string& symbol, Timeframe timeframe, const FeedChoice& choice) {
    TRY(const BarColumns bars, past_bars(context, {symbol, timeframe}, choice));
    return insight::cross_series(symbol, bars);
}

void cut(insight::CrossSeries& series, UnixNanos end) {
    while (!series.known.empty() && series.known.back() > end) series.known.pop_back(), series.level.pop_back();
}

}  // namespace

Result<std::shared_ptr<models::OtherMarkets>> other_markets(const Context& context, const models::ModelMetadata& model, FeatureInputs& inputs, const FeedChoice& choice) {
    if (!inputs.markets || inputs.sources.empty()) return std::shared_ptr<models::OtherMarkets>();
    TRY_VOID(check_brought(model, inputs, choice));
    const Timeframe timeframe = model.series.timeframe;
    TRY(const BarColumns own, past_bars(context, model.series, choice));
    std::map<std::string, insight::CrossSeries> past;
    for (const MarketSource& source : inputs.sources)
        for (const std::string& symbol : source.symbols)
            if (!past.contains(symbol)) {
                TRY(past[symbol], past_closes(context, symbol, timeframe, choice));
            }
    std::vector<models::OtherMarkets::Source> sources;
    for (std::size_t m = 0; m < inputs.sources.size(); ++m) {
        const MarketSource& from = inputs.sources[m];
        models::OtherMarkets::Source source{.symbols = from.symbols};
        UnixNanos end{INT64_MIN};
        if (from.dollar_index) {
            const std::vector<std::string_view> present(from.symbols.begin(), from.symbols.end());
            TRY(source.dollar, insight::DollarIndexStream::of(present, insight::dollar_index_own_legs(model.series.symbol)));
            source.symbols = source.dollar->pairs();
        }
        for (std::size_t j = 0; j < source.symbols.size(); ++j) {
            const insight::CrossSeries& closes = past.at(source.symbols[j]);
            if (closes.size() == 0) continue;
            end = std::max(end, closes.known.back());
            if (source.dollar) source.dollar->take(j, closes.level.back());
        }
        cut((*inputs.markets)[m], end);
        sources.push_back(std::move(source));
    }
    models::OtherMarkets::Options options{.silent_bars = models::OtherMarkets::usual_silence(timeframe)};
    if (choice.kind == "file") options.grace = grace;
    if (own.size() > 0) options.answered = {own.time.back().value + duration_nanos(timeframe)};
    auto out = std::make_shared<models::OtherMarkets>(timeframe, inputs.markets, std::move(sources), options);
    for (const auto& [symbol, closes] : past)
        if (closes.size() > 0) out->seen(symbol, closes.known.back());
    return out;
}

}  // namespace aitrading::apps
