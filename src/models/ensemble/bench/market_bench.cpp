// How much of the exact filter's edge the pipeline finds on synthetic markets: train 150k bars, test the next
// 200k.
//   models_ensemble_bench [--market strong|realistic|null|other]... [--seed N]... [--models a,b] [--threads N]
//                         [--words 'lightgbm:name=value ...']... [--train N] [--test N] [--regimes yes|no]
//                         [--memory yes|no] [--trainer PROGRAM] [--json]
// --regimes no: the tree models without regime columns and without markov_switching. --memory no: neither those nor
// memories, only the five columns of the last bar: what a model without any notion of a regime can see.
//   models_ensemble_bench --next-regime yes [--market M]... [--seed N]... [--train N] [--test N]    the next-regime classifier
//   models_ensemble_bench --next-regime-real BARS.csv [--to 2018-02-01]                             the same on real bars
//   models_ensemble_bench --meta yes [--market M]... [--seed N]... [--train N] [--test N]    forms of the stack, online weights
//   models_ensemble_bench --meta-real BARS.csv [--label L] [--to 2018-02-01]                 the same on real bars
// Without --seed: seed 101, the first of the published ones; --seed all: 101 to 110, which docs/ensemble.md
// lists without choosing. Without --market: all three.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "kit/bench.hpp"
#include "market/simulator/market.hpp"
#include "market/simulator/other_market.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/market_features.hpp"
#include "models/ensemble/market_learners.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "models/ensemble/pipeline.hpp"
#include "meta_stage.hpp"
#include "next_regime.hpp"
#include "speed.hpp"

namespace {

using namespace aitrading;
using namespace aitrading::models;

/// aitrading-train of the build that this program lies in.
std::string trainer_of_build() {
    if (std::getenv("AITRADING_TRAIN") != nullptr) return find_trainer().string();
    return (find_trainer().parent_path() / "../../apps/aitrading/aitrading-train").lexically_normal().string();
}

struct Arguments {
    std::vector<std::string> markets, models;
    std::vector<std::uint64_t> seeds;
    std::map<std::string, std::string> words;
    bool regimes = true, memory = true;
    bool next_regime = false;
    bool meta = false;
    std::string next_regime_real, meta_real, label = "next_bar", to = "2018-02-01";
    bool speed = true;  ///< not where markets or seeds were asked for
    std::size_t train = 150'000, test = 200'000;
    int threads = 2;
    std::string trainer = trainer_of_build();
    PipelineOptions pipeline = market_pipeline_options();
};

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> out{""};
    for (const char c : text) {
        if (c == at)
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

Arguments parse(int argc, char** argv) {
    Arguments a;
    for (int i = 1; i + 1 < argc; ++i) {
        const std::string name = argv[i], value = argv[i + 1];
        if (name == "--market")
            a.markets.push_back(value);
        else if (name == "--seed" && value == "all")
            for (std::uint64_t s = 101; s <= 110; ++s) a.seeds.push_back(s);
        else if (name == "--seed")
            a.seeds.push_back(std::strtoull(value.c_str(), nullptr, 10));
        else if (name == "--models")
            a.models = split(value, ',');
        else if (name == "--regimes")
            a.regimes = value != "no";
        else if (name == "--memory")
            a.memory = value != "no";
        else if (name == "--threads")
            a.threads = std::atoi(value.c_str());
        else if (name == "--train")
            a.train = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "--test")
            a.test = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "--trainer")
            a.trainer = value;
        else if (name == "--words")
            a.words[value.substr(0, value.find(':'))] = value.substr(value.find(':') + 1);
        else if (name == "--next-regime")
            a.next_regime = value == "yes";
        else if (name == "--next-regime-real")
            a.next_regime_real = value;
        else if (name == "--meta")
            a.meta = value == "yes";
        else if (name == "--meta-real")
            a.meta_real = value;
        else if (name == "--label")
            a.label = value;
        else if (name == "--to")
            a.to = value;
        else if (name == "--validation")
            a.pipeline.validation_share = std::atof(value.c_str());
        else if (name == "--inner")
            a.pipeline.inner_folds = std::atoi(value.c_str());
        else
            continue;
        ++i;
    }
    a.regimes = a.regimes && a.memory;
    a.speed = a.markets.empty() && a.seeds.empty() && !a.next_regime && a.next_regime_real.empty() && !a.meta && a.meta_real.empty();
    if (a.markets.empty()) a.markets = {"strong", "realistic", "null"};
    if (a.models.empty()) {
        a.models = {"xgboost", "lightgbm", "random_forest"};
        if (a.regimes) a.models.emplace_back("markov_switching");
    }
    if (a.seeds.empty()) a.seeds = {101};
    return a;
}

/// The five columns of the last bar alone.
FeatureMatrix last_bar_only(const FeatureMatrix& all) {
    constexpr std::size_t columns = 5;
    FeatureMatrix out;
    out.names.assign(all.names.begin(), all.names.begin() + columns);
    out.time = all.time;
    out.known = all.known;
    out.manifest_hash = all.manifest_hash + ".last_bar";
    for (std::size_t i = 0; i < all.rows(); ++i) {
        const auto row = all.row(i);
        out.values.insert(out.values.end(), row.begin(), row.begin() + columns);
    }
    return out;
}

struct Market {
    std::vector<MarketBar> bars;
    std::vector<double> p_exact;
};

Market draw(market::MarketGenerator& generator, market::MarketFilter& filter, std::size_t count) {
    Market out;
    for (std::size_t i = 0; i < count; ++i) {
        const market::MarketRow row = generator.next();
        filter.update(row);
        out.bars.push_back({row.x, row.dxy, row.r_bp, row.log_volume, row.log_spread});
        out.p_exact.push_back(filter.p_up_next());
    }
    return out;
}

Market draw(const std::string& name, std::uint64_t seed, std::size_t count) {
    if (name == "other") {
        const market::OtherParameters parameters = market::draw_other_market(seed);
        market::OtherMarket generator(parameters, seed);
        market::OtherFilter filter(parameters);
        return draw(generator, filter, count);
    }
    const double strength = name == "strong" ? 1.1 : name == "realistic" ? 0.16 : 0.0;
    market::SyntheticMarket generator(market::specified_market(strength), seed);
    market::ExactFilter filter(market::specified_market(strength));
    return draw(generator, filter, count);
}

struct Score {
    double share = 0, accuracy = 0, log_loss = 0, excess_se = 0;
};

/// Share of the edge by the exact p; realised accuracy; and by how many paired standard errors it exceeds the
/// filter's.
Score score(const PipelineResult& result, const ModelRun& run, const LabelSet& labels,
            const std::vector<double>& exact) {
    double agreed = 0, edge = 0, right = 0, loss = 0, difference = 0, squares = 0, n = 0;
    for (std::size_t i = 0; i < result.entry.size(); ++i) {
        const std::uint32_t e = result.entry[i];
        const double p = run.p_up[i], q = exact[labels.row[e]], weight = std::abs(2 * q - 1);
        edge += weight;
        agreed += (p > 0.5) == (q > 0.5) ? weight : -weight;
        if (std::isnan(labels.y[e])) continue;
        const bool up = labels.y[e] > 0.5F;
        const double own = (p > 0.5) == up, best = (q > 0.5) == up;
        right += own;
        difference += own - best;
        squares += (own - best) * (own - best);
        loss -= std::log(up ? p : 1 - p);
        n += 1;
    }
    Score s;
    s.share = edge > 0 ? agreed / edge : 0;
    s.accuracy = right / n;
    s.log_loss = loss / n;
    s.excess_se = squares > 0 ? difference / std::sqrt(squares) : 0;
    return s;
}

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<kit::BenchRow> rows_of(const std::string& market, std::uint64_t seed, const ModelRun& run,
                                   const Score& s, bool regimes, bool memory) {
    const std::string prefix = fmt::format("market {} seed {} {} ", market, seed, run.name);
    const bool best = run.name == "ensemble";
    const std::string note =
        fmt::format("calibrator {}, log loss {:.4f}", run.calibrator.front(), s.log_loss);
    std::vector<kit::BenchRow> rows;
    if (market == "null") {
        rows.push_back({.name = prefix + "accuracy off 50 %",
                        .value = 100 * std::abs(s.accuracy - 0.5),
                        .unit = "pp",
                        .target = 0.67,
                        .higher_is_better = false,
                        .note = note});
        return rows;
    }
    std::optional<double> target;
    if (best && regimes) target = market == "strong" ? 0.99 : market == "realistic" ? 0.93 : 0.95;
    if (best && !regimes && memory && market != "other") target = market == "strong" ? 0.92 : 0.65;
    rows.push_back({.name = prefix + "edge share",
                    .value = s.share,
                    .unit = "",
                    .target = target,
                    .higher_is_better = true,
                    .note = note});
    rows.push_back(
        {.name = prefix + "accuracy", .value = 100 * s.accuracy, .unit = "%", .higher_is_better = true});
    rows.push_back({.name = prefix + "excess over the exact filter",
                    .value = s.excess_se,
                    .unit = "paired SE",
                    .target = 4.0,
                    .higher_is_better = false,
                    .note = "more is a leak"});
    return rows;
}

Result<std::vector<std::unique_ptr<Learner>>> members_of(const Arguments& a) {
    const auto trainer = std::make_shared<TrainerProcess>(a.trainer, std::filesystem::temp_directory_path() / "aitrading-market-bench");
    std::vector<std::unique_ptr<Learner>> out;
    for (const std::string& name : a.models) {
        if (name == "markov_switching") {
            out.push_back(make_markov_switching_member());
            continue;
        }
        const auto own = a.words.find(name);
        const std::string words = own != a.words.end() ? own->second : market_learner_words(name, a.train);
        const bool net = parse_net_kind(name).has_value();
        TRY(auto learner, net ? make_net_learner(name, words, trainer) : make_learner(name, words));
        out.push_back(std::move(learner));
    }
    return out;
}

Result<std::vector<kit::BenchRow>> run_one(const std::string& market, std::uint64_t seed,
                                           const Arguments& a) {
    // The null band is stated at 50,000 bars.
    const std::size_t test = market == "null" ? std::min<std::size_t>(a.test, 50'000) : a.test;
    const Market data = draw(market, seed, a.train + test + 1);
    const FeatureMatrix all = market_feature_matrix(data.bars);
    const FeatureMatrix features = a.memory ? all : last_bar_only(all);
    const LabelSet labels = market_labels(data.bars);
    TRY(const auto owned, members_of(a));
    const MarketRegimes regimes(data.bars);
    std::vector<const Learner*> learners;
    learners.reserve(owned.size());
    for (const auto& l : owned) learners.push_back(l.get());
    const Split split = market_split(labels, a.train, a.train + test);
    PipelineOptions options = a.pipeline;
    options.seed = seed;
    if (a.regimes) options.learnt = &regimes;
    options.threads = a.threads;
    options.clock = seconds;
    options.inside = [](std::string_view member, int, const FitProgress& p) {
        std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(member.size()), member.data(), p.text.c_str());
    };
    options.progress = [](const PipelineProgress& p) {
        std::fprintf(stderr, "fit %zu of %zu: %.*s\n", p.done, p.total, static_cast<int>(p.member.size()),
                     p.member.data());
    };
    if (a.meta) {
        std::vector<std::uint32_t> entry;
        TRY(const auto variants, meta_variants(features, labels, std::span(&split, 1), learners, options, entry));
        return meta_rows(fmt::format("market {} seed {} ", market, seed), variants, labels, entry);
    }
    TRY(const PipelineResult result,
        walk_forward_predict(features, labels, std::span(&split, 1), learners, options));
    std::vector<kit::BenchRow> rows;
    for (const ModelRun& run : result.models) {
        const auto more = rows_of(market, seed, run, score(result, run, labels, data.p_exact),
                                  a.regimes, a.memory);
        rows.insert(rows.end(), more.begin(), more.end());
    }
    double inside = 0, known = 0;
    for (std::size_t i = 0; i < result.entry.size(); ++i) {
        const double target = labels.target[result.entry[i]];
        if (!std::isfinite(target)) continue;
        known += 1;
        inside += target >= result.predictions.low[i] && target <= result.predictions.high[i];
    }
    rows.push_back({.name = fmt::format("market {} seed {} coverage of 90 % intervals", market, seed),
                    .value = 100 * inside / known,
                    .unit = "%",
                    .higher_is_better = true,
                    .note = "88 to 92 asked"});
    rows.push_back({.name = fmt::format("market {} seed {} seconds of fitting", market, seed),
                    .value = result.timing.fit_seconds,
                    .unit = "s",
                    .higher_is_better = false,
                    .note = fmt::format("meta {:.1f} s, total {:.1f} s", result.timing.meta_seconds,
                                        result.timing.total_seconds)});
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments a = parse(argc, argv);
    std::vector<kit::BenchRow> rows;
    if (a.speed) rows = measure_speed();
    if (!a.next_regime_real.empty() || !a.meta_real.empty()) {
        const auto end = parse_iso8601(a.to);
        auto more = !end                          ? std::unexpected(end.error())
                    : !a.next_regime_real.empty() ? next_regime_of_series(a.next_regime_real, *end, a.threads)
                                                  : meta_stage_of_series(a.meta_real, *end, a.label, a.threads);
        if (!more) {
            std::fprintf(stderr, "%s\n", more.error().text.c_str());
            return exit_status(more.error().code);
        }
        return kit::print_bench(*more, argc, argv);
    }
    for (const std::string& market : a.markets)
        for (const std::uint64_t seed : a.seeds) {
            const auto more = a.next_regime ? next_regime_of_market(market, seed, a.train, a.test, a.threads) : run_one(market, seed, a);
            if (!more) {
                std::fprintf(stderr, "%s\n", more.error().text.c_str());
                return exit_status(more.error().code);
            }
            rows.insert(rows.end(), more->begin(), more->end());
        }
    return kit::print_bench(rows, argc, argv);
}
