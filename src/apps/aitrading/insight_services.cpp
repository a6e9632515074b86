#include "apps/aitrading/insight_services.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <optional>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/model_word.hpp"
#include "apps/aitrading/past_bars.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "apps/aitrading/stored_model.hpp"
#include "models/ensemble/service/fitted_regimes.hpp"
#include "models/registry/service/promotions.hpp"

namespace aitrading::apps {
namespace {

constexpr std::size_t answers_kept = 16'384, matrices_kept = 1'024;
constexpr const char* universe_name = "feed";
/// Of feeds whose bars end by our clock: how long an instant waits for symbols that have not closed.
constexpr std::chrono::milliseconds grace{3'000};

UnixNanos now() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

/// Models whose fitted states may be told: those that are named, else those in production.
Result<std::vector<std::pair<std::string, std::optional<int>>>> models_of(const Context& context, const std::vector<std::string>& named) {
    std::vector<std::pair<std::string, std::optional<int>>> out;
    out.reserve(named.size());
    for (const std::string& name : named) out.emplace_back(name, std::nullopt);
    if (!named.empty()) return out;
    TRY(const auto production, models::Promotions(context.home).in_production());
    out.reserve(production.size());
    for (const models::Change& change : production) out.emplace_back(change.name, change.version);
    return out;
}

/// By the rules of the command `regimes`, over the past bars.
Result<insight::ServedRegimes> by_rule(const Context& context, const BarColumns& past) {
    TRY(const BarColumns described, described_bars(context, past.key, past));
    TRY(const models::RuleRegimeOptions options, regime_options(context, described));
    insight::RuleOptions rules;
    rules.window = options.window;
    rules.has_volume = options.has_volume;
    rules.has_spread = options.has_spread;
    TRY(auto teller, insight::rule_teller(rules, options.releases));
    return insight::ServedRegimes(past.key, std::move(teller));
}

/// Nothing: the model answers on none of the series, or has no fitted states.
Result<void> add_fitted(const Context& context, const std::string& name, std::optional<int> version, const std::vector<BarColumns>& pasts, std::vector<insight::ServedRegimes>& out) {
    TRY(const ModelWord word, model_word(context, name, version));
    TRY(const models::ModelEntry entry, models::ModelStore(context.home).show(word.name, word.version));
    const auto past = std::ranges::find(pasts, entry.metadata.series, &BarColumns::key);
    if (past == pasts.end() || !asks_for_regimes(entry.metadata.with)) return {};
    TRY(const LoadedModel loaded, load_model(context, word.name, word.version));
    if (!loaded.fitted.learns_columns()) return {};
    TRY(const BarColumns described, described_bars(context, past->key, *past));
    TRY(auto teller, models::fitted_teller(loaded.fitted.learnt_model(), past->key.timeframe, models::RuleRegimeOptions::of(described).has_volume));
    out.emplace_back(past->key, std::move(teller), loaded.metadata.name, loaded.metadata.version);
    return {};
}

void warm(insight::ServedRegimes& served, const BarColumns& past) {
    const std::vector<double> spreads = insight::closing_spreads(past);
    for (std::size_t i = 0; i < past.size(); ++i) served.update(past.bar(i), spreads.empty() ? std::numeric_limits<double>::quiet_NaN() : spreads[i]);
}

Result<std::vector<insight::ServedRegimes>> served_regimes(const Context& context, const FeedChoice& choice, const std::vector<std::string>& named) {
    std::vector<insight::ServedRegimes> out;
    std::vector<BarColumns> pasts;
    for (const SeriesKey& key : choice.bars()) {
        TRY(BarColumns past, past_bars(context, key, choice));
        TRY(insight::ServedRegimes rules, by_rule(context, past));
        out.push_back(std::move(rules));
        pasts.push_back(std::move(past));
    }
    TRY(const auto models, models_of(context, named));
    for (const auto& [name, version] : models) TRY_VOID(add_fitted(context, name, version, pasts, out));
    for (insight::ServedRegimes& served : out) warm(served, *std::ranges::find(pasts, served.series(), &BarColumns::key));
    return out;
}

Result<std::vector<insight::ServedUniverse>> served_universes(const Context& context, const FeedChoice& choice) {
    std::map<Timeframe, std::vector<std::string>> symbols;
    for (const SeriesKey& key : choice.bars()) symbols[key.timeframe].push_back(key.symbol);
    std::vector<insight::ServedUniverse> out;
    for (const auto& [timeframe, names] : symbols) {
        if (names.size() < 2) continue;
        TRY(insight::ServedUniverse universe, insight::ServedUniverse::of(universe_name, timeframe, names));
        std::vector<insight::CrossSeries> past;
        for (const std::string& symbol : names) {
            TRY(const BarColumns bars, past_bars(context, {symbol, timeframe}, choice));
            past.push_back(insight::cross_series(symbol, bars));
        }
        universe.warm(past);
        out.push_back(std::move(universe));
    }
    return out;
}

}  // namespace

InsightServices::InsightServices(const Context& context, ports::EventBus& bus, std::shared_ptr<kit::LiveTopic> bars, std::string unset)
    : context_(context), bus_(bus), bars_(std::move(bars)), regimes_(kit::LiveTopic::make(answers_kept)), matrices_(kit::LiveTopic::make(matrices_kept)), unset_(std::move(unset)) {}

kit::CompositeService::Part InsightServices::regimes(const kit::ServiceGround& ground) const {
    const auto load = [this, &settings = ground.settings]() -> Result<std::vector<insight::ServedRegimes>> {
        TRY(const FeedChoice choice, feed_choice(settings));
        if (choice.kind == "none") return std::vector<insight::ServedRegimes>{};
        return served_regimes(context_, choice, settings.list("AITRADING_SERVED_MODELS"));
    };
    return {"regimes", std::make_unique<insight::RegimeService>(load, insight::RegimeTopics{bars_, regimes_, &bus_}, insight::RegimeService::Options{.unset = unset_}, now)};
}

kit::CompositeService::Part InsightServices::correlation(const kit::ServiceGround& ground) const {
    const auto load = [this, &settings = ground.settings]() -> Result<std::vector<insight::ServedUniverse>> {
        TRY(const FeedChoice choice, feed_choice(settings));
        if (choice.kind == "none") return std::vector<insight::ServedUniverse>{};
        return served_universes(context_, choice);
    };
    insight::CorrelationService::Options options;
    if (ground.settings.text("AITRADING_FEED") == "file") options.grace = grace;
    return {"correlation", std::make_unique<insight::CorrelationService>(load, insight::CorrelationTopics{bars_, matrices_, &bus_}, options, now)};
}

}  // namespace aitrading::apps
