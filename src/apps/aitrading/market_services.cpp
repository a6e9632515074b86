#include "apps/aitrading/market_services.hpp"

#include <fmt/format.h>

#include <chrono>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/feed_choice.hpp"
#include "apps/aitrading/other_markets_feed.hpp"
#include "apps/aitrading/past_bars.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "apps/aitrading/series_input.hpp"
#include "apps/aitrading/stored_model.hpp"
#include "apps/aitrading/stored_shelf.hpp"
#include "insight/features/service/feature_service.hpp"
#include "kit/lifecycle/deferred_service.hpp"
#include "market/bridge/service/bridge_service.hpp"
#include "models/ensemble/service/prediction_service.hpp"
#include "models/registry/service/promotions.hpp"

namespace aitrading::apps {
namespace {

constexpr std::size_t ticks_kept = 65'536, bars_kept = 65'536, answers_kept = 16'384;

UnixNanos now() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

using Made = Result<std::unique_ptr<kit::Service>>;

Made unset(std::string why) { return std::make_unique<kit::UnsetService>(std::move(why)); }

constexpr const char* no_feed = "no feed is set: AITRADING_FEED=replay with AITRADING_FEED_SERIES=EURUSD:H1, AITRADING_FEED=file with AITRADING_FEED_FILES=EURUSD:ticks=FILE, or AITRADING_FEED=simulator";

constexpr const char* no_model = "no model answers on what the feed brings: train one, then `aitrading models promote` it, or name it in AITRADING_SERVED_MODELS";

Result<models::ServedModel> served(const Context& context, const std::string& name, std::optional<int> version, const FeedChoice& choice) {
    TRY(LoadedModel loaded, load_model(context, name, version));
    const models::ModelMetadata& m = loaded.metadata;
    if (!choice.serves(m.series)) return fail(ErrorCode::not_found, fmt::format("{} answers on {}, which the feed does not bring", m.name, to_string(m.series)));
    // What the features need to know of the series, they are told by the bars that the model was trained on.
    TRY(const BarColumns stored, read_series(context, m.series, {}));
    TRY(FeatureInputs inputs, feature_inputs("default", m.with, stored, context));
    TRY_VOID(models::check_manifest(m, inputs.set.manifest().hash));
    TRY(auto markets, other_markets(context, m, inputs, choice));
    TRY(const auto rules, regime_options(context, stored));
    auto fitted = std::make_shared<const models::FittedEnsemble>(std::move(loaded.fitted));
    TRY(models::Predictor predictor, models::Predictor::open(*fitted, inputs.set, rules, stored.digits));
    TRY(const BarColumns past, past_bars(context, m.series, choice));
    const std::vector<double> spreads = insight::closing_spreads(past);
    // The last year bar by bar: by its rows the answers will be explained.
    const std::size_t told = models::AnswerTrail::usual_rows(m.series.timeframe), trailed = past.size() - std::min(told, past.size());
    TRY_VOID(predictor.run(past, spreads, {.from = 0, .to = trailed, .threads = context.threads, .ask = false, .stop = context.stop}, [](const models::BarPrediction&) {}));
    const auto trail = std::make_shared<models::AnswerTrail>(fitted, predictor, told);
    for (std::size_t i = trailed; i < past.size(); ++i) {
        predictor.warm(past.bar(i), spreads.empty() ? models::Predictor::nobody : spreads[i]);
        trail->take(predictor, past.time[i]);
    }
    models::ServedModel out{.source = {.name = m.name, .version = m.version, .series = m.series, .label = m.label}, .model = fitted, .predictor = std::move(predictor),
                            .reads_spread = stored.has_ask() || stored.has_spread()};
    out.source.horizon_bars = out.predictor.horizon_bars();
    out.source.of_volatility = m.label.starts_with("volatility");
    if (past.size() > 0) out.last_bar = past.time.back();
    out.markets = std::move(markets);
    out.trail = trail;
    return out;
}

/// Those that are named, else those in production whose series the feed brings.
Result<std::vector<models::ServedModel>> served_models(const Context& context, const std::vector<std::string>& named, const FeedChoice& choice) {
    std::vector<models::ServedModel> out;
    for (const std::string& name : named) {
        TRY(auto one, served(context, name, std::nullopt, choice));
        out.push_back(std::move(one));
    }
    if (!named.empty()) return out;
    TRY(const auto production, models::Promotions(context.home).in_production());
    for (const models::Change& change : production) {
        if (!choice.serves(change.key.series)) continue;
        TRY(auto one, served(context, change.name, change.version, choice));
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::vector<insight::ServedFeatures>> served_features(const Context& context, const FeedChoice& choice) {
    std::vector<insight::ServedFeatures> out;
    for (const SeriesKey& key : choice.bars()) {
        TRY(const BarColumns past, past_bars(context, key, choice));
        TRY(const BarColumns described, described_bars(context, key, past));
        TRY(FeatureInputs inputs, feature_inputs("default", {}, described, context));
        const std::vector<double> spreads = insight::closing_spreads(past);
        for (std::size_t i = 0; i < past.size(); ++i) spreads.empty() ? inputs.set.update(past.bar(i)) : inputs.set.update(past.bar(i), spreads[i]);
        insight::ServedFeatures one{key, std::move(inputs.set)};
        if (past.size() > 0) one.last_bar = past.time.back();
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

MarketServices::MarketServices(const Context& context, ports::EventBus& bus)
    : context_(context), bus_(bus), ticks_(kit::LiveTopic::make(ticks_kept)), bars_(kit::LiveTopic::make(bars_kept)), vectors_(kit::LiveTopic::make(answers_kept)),
      predictions_(kit::LiveTopic::make(answers_kept)), insight_(context, bus, bars_, no_feed), feature_desk_(insight::FeatureDesk::make()),
      board_(std::make_shared<models::PredictionBoard>()),
      prediction_desk_(models::PredictionDesk::make({board_, std::make_shared<StoredShelf>(context), predictions_, context.stop})) {}

std::map<std::string, kit::ServiceFactory> MarketServices::factories() {
    const auto deferred = [](auto make, const kit::DeferredService::AddRequests& requests) {
        return [make, requests](const kit::ServiceGround& ground) -> std::unique_ptr<kit::Service> {
            return std::make_unique<kit::DeferredService>([make, ground] { return make(ground); }, requests);
        };
    };
    const auto bridge = [this](const kit::ServiceGround& ground) -> Made {
        TRY(const FeedChoice choice, feed_choice(ground.settings));
        if (choice.kind == "none") return unset(no_feed);
        TRY(auto feed, open_feed(context_, choice));
        TRY(auto made, market::DataBridge::open(std::move(feed), {.ticks = ticks_, .bars = bars_, .journal = &bus_}, {.timeframes = choice.timeframes, .bar_end = choice.kind == "file" ? market::BarEnd::clock : market::BarEnd::rows}, now));
        return std::make_unique<market::BridgeService>(std::move(made));
    };
    const auto features = [this](const kit::ServiceGround& ground) -> Made {
        TRY(const FeedChoice choice, feed_choice(ground.settings));
        if (choice.kind == "none") {
            feature_desk_->close(no_feed);
            return unset(no_feed);
        }
        TRY(auto series, served_features(context_, choice));
        return std::make_unique<insight::FeatureService>(std::move(series), insight::FeatureTopics{bars_, vectors_, &bus_, feature_desk_}, insight::FeatureService::Options{}, now);
    };
    const auto predictions = [this](const kit::ServiceGround& ground) -> Made {
        TRY(const FeedChoice choice, feed_choice(ground.settings));
        const auto nobody = [this](const char* why) {
            board_->close(why);
            return unset(why);
        };
        if (choice.kind == "none") return nobody(no_feed);
        TRY(auto models, served_models(context_, ground.settings.list("AITRADING_SERVED_MODELS"), choice));
        if (models.empty()) return nobody(no_model);
        models::PredictionService::Options options;
        if (choice.kind != "file") options.clock = MarketClock::replayed(choice.speed);
        return std::make_unique<models::PredictionService>(std::move(models), models::PredictionTopics{bars_, predictions_, &bus_, board_}, std::move(options), now);
    };
    const auto engine = [this, predict = deferred(predictions, [this](kit::RequestHandlers& handlers) { prediction_desk_->add_requests(handlers); })](const kit::ServiceGround& ground) -> std::unique_ptr<kit::Service> {
        std::vector<kit::CompositeService::Part> parts;
        parts.push_back({"predictions", predict(ground)});
        parts.push_back(insight_.regimes(ground));
        parts.push_back(insight_.correlation(ground));
        return std::make_unique<kit::CompositeService>(std::move(parts));
    };
    return {{"data-bridge", deferred(bridge, {})},
            {"feature-engineering", deferred(features, [this](kit::RequestHandlers& handlers) { feature_desk_->add_requests(handlers); })},
            {"hybrid-ai-engine", engine}};
}

}  // namespace aitrading::apps
