#include "apps/aitrading/transfer_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/fit_bar.hpp"
#include "apps/aitrading/series_input.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/evaluated_series.hpp"
#include "models/ensemble/service/fold_cache_files.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/service/ledger.hpp"

namespace aitrading::apps {
namespace {

/// One fit inside the first window is enough for calibrators: there is no stack to fit.
constexpr int inner_folds = 1;

Result<models::FileFoldCache> open_cache(const Context& context) { return models::FileFoldCache::open(context.home / "cache" / "fits"); }

Result<std::shared_ptr<const models::PooledStart>> start_of_net(const std::string& net, const TransferRequest& request,
                                                                std::shared_ptr<const models::NetPool> pool, const Context& context) {
    const auto kind = models::parse_net_kind(net);
    if (!kind) return fail(ErrorCode::usage, fmt::format("{} is no net; only lstm, transformer and cnn start from other instruments", net));
    TRY(const models::NetParameters parameters, models::parse_net_parameters(*kind, request.words));
    auto trainer = std::make_shared<models::TrainerProcess>(models::find_trainer(), context.home / "cache" / "nets", request.device);
    TRY_VOID(trainer->ready());
    TRY(auto opened, open_cache(context));
    const auto cache = std::make_shared<models::FileFoldCache>(std::move(opened));
    models::PooledStartOptions options;
    options.seed = context.seed;
    options.by_month = pool->span_nanos() >= 365 * nanos_per_day;
    options.load = [cache](const std::string& key) { return cache->load(key); };
    // A disk that is full costs the next call time, nothing else.
    options.store = [cache](const std::string& key, const std::string& bytes) {
        if (const auto kept = cache->store(key, bytes); !kept) std::fprintf(stderr, "warning: the pool's net is not kept for the next call: %s\n", kept.error().text.c_str());
    };
    return std::make_shared<const models::PooledStart>(std::move(pool), parameters, std::move(trainer), std::move(options));
}

/// Calibrated probabilities of one learner alone, over the tested labels.
Result<models::PipelineResult> predict(const models::EvaluatedSeries& cut, const models::Learner& learner, const std::string& what, const Context& context) {
    TRY(auto cache, open_cache(context));
    FitBar bar(context, what, cut.splits.size() + inner_folds);
    models::PipelineOptions options;
    options.seed = context.seed;
    options.threads = context.threads;
    options.stop = context.stop;
    options.embargo_bars = cut.embargo_bars;
    options.inner_folds = inner_folds;
    options.cache = &cache;
    bar.follow(options);
    const models::Learner* one[] = {&learner};
    TRY(auto result, models::walk_forward_predict(cut.features, cut.labels, cut.splits, one, options));
    bar.finish();
    return result;
}

Result<void> count_trial(const models::EvaluatedSeries& cut, const models::Learner& learner, const Context& context) {
    TRY(auto ledger, models::TrialLedger::open(context.home / "trials.txt"));
    TRY_VOID(ledger.record({cut.bars.key, cut.labels.spec, fmt::format("transfer {} folds={} embargo={} features={} {}({})", cut.labels.spec, cut.splits.size(),
                                                                       cut.embargo_bars, cut.features.manifest_hash, learner.name(), learner.describe())}));
    return {};
}

Result<Transfer> compare_start(const std::shared_ptr<const models::PooledStart>& start, const models::EvaluatedSeries& cut, const std::string& symbol, const Context& context) {
    Transfer out;
    out.net = models::name(start->parameters().spec.kind);
    out.symbol = symbol;
    out.instruments = start->pool().series().size();
    const auto scratch = models::make_net_learner(start->parameters(), start->trainer());
    const auto adapted = models::make_pooled_learner(start, cut.features.known, models::PoolUse::adapted);
    const auto as_it_is = models::make_pooled_learner(start, cut.features.known, models::PoolUse::as_it_is);
    const std::string what = fmt::format("{} {}", symbol, out.net);
    TRY(const auto first, predict(cut, *scratch, what + " from scratch", context));
    TRY(const auto second, predict(cut, *adapted, what + " adapted", context));
    TRY(const auto third, predict(cut, *as_it_is, what + " of the pool", context));
    for (const auto* learner : {scratch.get(), adapted.get()}) TRY_VOID(count_trial(cut, *learner, context));
    std::vector<float> y;
    y.reserve(first.entry.size());
    for (const std::uint32_t e : first.entry) y.push_back(cut.labels.y[e]);
    const auto gain = [&](const models::PipelineResult& of) {
        return models::paired_gain(y, first.models.front().p_up, of.models.front().p_up, cut.labels.horizon_bars, context.seed);
    };
    out.gain = gain(second);
    out.log_loss_unadapted = gain(third).after;
    out.from = cut.features.time[cut.labels.row[first.entry.front()]];
    out.to = cut.features.time[cut.labels.row[first.entry.back()]];
    return out;
}

}  // namespace

std::shared_ptr<const models::PooledStart> TransferPool::start_of(const std::string& net) const {
    for (const auto& start : starts)
        if (models::name(start->parameters().spec.kind) == net) return start;
    return nullptr;
}

Result<TransferPool> read_pool(const TransferRequest& request, const Context& context) {
    if (request.symbols.size() < 2)
        return fail(ErrorCode::usage, fmt::format("weights pass from one instrument to another, and only {} is named; name two symbols or more",
                                                  request.symbols.empty() ? "none" : request.symbols.front()));
    if (request.models.empty()) return fail(ErrorCode::usage, "--models names no net: lstm, transformer, cnn");
    TransferPool out;
    std::vector<models::PoolSeries> series;
    for (const std::string& symbol : request.symbols) {
        TRY(BarColumns bars, read_series(context, SeriesWords{symbol, request.timeframe, request.from, request.to}));
        TRY(const FeatureInputs inputs, feature_inputs("default", {}, bars, context));
        models::PoolSeries one;
        one.name = symbol;
        TRY(one.features, inputs.compute(bars));
        TRY(one.labels, models::make_labels(request.label, bars));
        series.push_back(std::move(one));
        out.bars.push_back(std::move(bars));
    }
    TRY(models::NetPool pool, models::NetPool::make(std::move(series)));
    out.pool = std::make_shared<const models::NetPool>(std::move(pool));
    for (const std::string& net : request.models) {
        TRY(auto start, start_of_net(net, request, out.pool, context));
        out.starts.push_back(std::move(start));
    }
    return out;
}

Result<std::vector<Transfer>> compare_starts(const TransferPool& pool, const std::string& symbol, const TransferRequest& request, const Context& context) {
    const auto at = std::ranges::find(pool.pool->series(), symbol, &models::PoolSeries::name);
    if (at == pool.pool->series().end()) return fail(ErrorCode::usage, fmt::format("{} is not in the pool; name it among its symbols", symbol));
    models::EvaluatedSeries cut;
    cut.bars = pool.bars[static_cast<std::size_t>(at - pool.pool->series().begin())];
    cut.features = at->features;
    cut.labels = at->labels;
    models::EvaluationPlan plan;
    plan.folds = request.folds;
    TRY_VOID(models::cut_in_time(cut, plan));
    std::vector<Transfer> out;
    for (const auto& start : pool.starts) {
        TRY(Transfer one, compare_start(start, cut, symbol, context));
        out.push_back(std::move(one));
    }
    return out;
}

std::string sentence(const Transfer& t) {
    return fmt::format("{}: start weights of {} instruments: log loss {:.5f} to {:.5f} (gain {:+.5f}, 95 % {:+.5f} to {:+.5f}, n {}): {}", t.net, t.instruments,
                       t.gain.before, t.gain.after, t.gain.gain, t.gain.low, t.gain.high, t.gain.n,
                       t.kept() ? "kept" : "did not help beyond chance, not kept");
}

}  // namespace aitrading::apps
