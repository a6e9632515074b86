// How much of the exact filter's edge the pipeline finds on synthetic markets: train 150k bars, test the next
// 200k.
//   models_ensemble_bench [--market strong|realistic|null|other|drawn-strong|drawn-realistic]... [--seed N]...
//                         [--models a,b|all] [--words 'lightgbm:name=value ...']... [--stack plain|all|drop,...] [--train N] [--test N]
//                         [--regimes yes|no] [--memory yes|no] [--threads N] [--trainer PROGRAM] [--results FILE] [--json]
// --models all: every member, the three nets among them. --results: figures are kept in FILE, one line a market; what stands there
// is not measured again, so that a bench that was stopped goes on.
// --regimes no: the members without regime columns and without markov_switching. --memory no: neither those nor
// memories, only the five columns of the last bar: what a model without any notion of a regime can see.
//   models_ensemble_bench --next-regime yes [--market M]... [--seed N]... [--train N] [--test N]    the next-regime classifier
//   models_ensemble_bench --next-regime-real BARS.csv [--to 2018-02-01]                             the same on real bars
//   models_ensemble_bench --meta yes [--market M]... [--seed N]... [--train N] [--test N]    forms of the stack, online weights
//   models_ensemble_bench --meta-real BARS.csv [--label L] [--to 2018-02-01]                 the same on real bars
//   models_ensemble_bench --predictor yes                                                    one bar from bar to answer, and in bulk
// Without --seed: seed 101, the first of the published ones; --seed all: 101 to 110, which docs/ensemble.md
// lists without choosing. Without --market: all three.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "kit/bench.hpp"
#include "measured_market.hpp"
#include "meta_stage.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/market_learners.hpp"
#include "next_regime.hpp"
#include "predictor_speed.hpp"
#include "speed.hpp"

namespace {

using namespace aitrading;
using namespace aitrading::models;

/// aitrading-train of the build that this program lies in.
std::string trainer_of_build() {
    if (std::getenv("AITRADING_TRAIN") != nullptr) return find_trainer().string();
    return (find_trainer().parent_path() / "../../apps/aitrading/aitrading-train").lexically_normal().string();
}

const std::vector<std::string> every_member{"xgboost", "lightgbm", "random_forest", "lstm", "transformer", "cnn", "markov_switching"};

struct Arguments {
    std::vector<std::string> markets;
    std::vector<std::uint64_t> seeds;
    MarketRunOptions run;
    bool next_regime = false;
    bool meta = false;
    bool predictor = false;
    std::string next_regime_real, meta_real, label = "next_bar", to = "2018-02-01", results;
    bool speed = true;  ///< not where markets or seeds were asked for
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

Result<Arguments> parse(int argc, char** argv) {
    Arguments a;
    a.run.trainer = trainer_of_build();
    a.run.pipeline = market_pipeline_options();
    Result<FormOptions> form = a.run.pipeline.form;
    for (int i = 1; i + 1 < argc; ++i) {
        const std::string name = argv[i], value = argv[i + 1];
        if (name == "--market")
            a.markets.push_back(value);
        else if (name == "--seed" && value == "all")
            for (std::uint64_t s = 101; s <= 110; ++s) a.seeds.push_back(s);
        else if (name == "--seed")
            a.seeds.push_back(std::strtoull(value.c_str(), nullptr, 10));
        else if (name == "--models")
            a.run.models = value == "all" ? every_member : split(value, ',');
        else if (name == "--regimes")
            a.run.regimes = value != "no";
        else if (name == "--memory")
            a.run.memory = value != "no";
        else if (name == "--threads")
            a.run.threads = std::atoi(value.c_str());
        else if (name == "--train")
            a.run.train = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "--test")
            a.run.test = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "--trainer")
            a.run.trainer = value;
        else if (name == "--words")
            a.run.words[value.substr(0, value.find(':'))] = value.substr(value.find(':') + 1);
        else if (name == "--next-regime")
            a.next_regime = value == "yes";
        else if (name == "--next-regime-real")
            a.next_regime_real = value;
        else if (name == "--meta")
            a.meta = value == "yes";
        else if (name == "--predictor")
            a.predictor = value == "yes";
        else if (name == "--meta-real")
            a.meta_real = value;
        else if (name == "--label")
            a.label = value;
        else if (name == "--to")
            a.to = value;
        else if (name == "--results")
            a.results = value;
        else if (name == "--stack")
            form = parse_form(split(value, ','));
        else if (name == "--validation")
            a.run.pipeline.validation_share = std::atof(value.c_str());
        else if (name == "--inner")
            a.run.pipeline.inner_folds = std::atoi(value.c_str());
        else
            continue;
        ++i;
    }
    TRY(a.run.pipeline.form, form);
    a.run.regimes = a.run.regimes && a.run.memory;
    a.speed = a.markets.empty() && a.seeds.empty() && !a.next_regime && a.next_regime_real.empty() && !a.meta && a.meta_real.empty() && !a.predictor;
    if (a.markets.empty()) a.markets = {"strong", "realistic", "null"};
    if (a.run.models.empty()) {
        a.run.models = {"xgboost", "lightgbm", "random_forest"};
        if (a.run.regimes) a.run.models.emplace_back("markov_switching");
    }
    if (a.seeds.empty()) a.seeds = {101};
    return a;
}

/// The figures of a market: from the file where they are there, else measured and put there.
Result<MarketFigures> figures_of(const std::string& market, std::uint64_t seed, const Arguments& a) {
    std::vector<MarketFigures> kept;
    if (!a.results.empty()) {
        TRY(kept, read_figures(a.results));
    }
    const auto same = std::ranges::find(kept, key_of(market, seed, a.run), &MarketFigures::key);
    if (same != kept.end()) return *same;
    std::fprintf(stderr, "market %s, seed %llu\n", market.c_str(), static_cast<unsigned long long>(seed));
    TRY(const MarketFigures made, run_market(market, seed, a.run));
    if (!a.results.empty()) TRY_VOID(append_figures(a.results, made));
    return made;
}

Result<std::vector<kit::BenchRow>> rows_of_market(const std::string& market, std::uint64_t seed, const Arguments& a) {
    if (a.next_regime) return next_regime_of_market(market, seed, a.run.train, a.run.test, a.run.threads);
    if (a.meta) return meta_rows_of_market(market, seed, a.run);
    TRY(const MarketFigures figures, figures_of(market, seed, a));
    return rows_of(figures, a.run);
}

}  // namespace

int main(int argc, char** argv) {
    const Result<Arguments> parsed = parse(argc, argv);
    if (!parsed) {
        std::fprintf(stderr, "%s\n", parsed.error().text.c_str());
        return exit_status(parsed.error().code);
    }
    const Arguments& a = *parsed;
    std::vector<kit::BenchRow> rows;
    if (a.speed) rows = measure_speed();
    if (a.speed || a.predictor) {
        const auto more = measure_predictor(a.run.trainer);
        if (!more) std::fprintf(stderr, "predictor: not measured: %s\n", more.error().text.c_str());
        if (!more && a.predictor) return exit_status(more.error().code);
        if (more) rows.insert(rows.end(), more->begin(), more->end());
        if (a.predictor) return kit::print_bench(rows, argc, argv);
    }
    if (!a.next_regime_real.empty() || !a.meta_real.empty()) {
        const auto end = parse_iso8601(a.to);
        auto more = !end                          ? std::unexpected(end.error())
                    : !a.next_regime_real.empty() ? next_regime_of_series(a.next_regime_real, *end, a.run.threads)
                                                  : meta_stage_of_series(a.meta_real, *end, a.label, a.run.threads);
        if (!more) {
            std::fprintf(stderr, "%s\n", more.error().text.c_str());
            return exit_status(more.error().code);
        }
        return kit::print_bench(*more, argc, argv);
    }
    for (const std::string& market : a.markets)
        for (const std::uint64_t seed : a.seeds) {
            const auto more = rows_of_market(market, seed, a);
            if (!more) {
                std::fprintf(stderr, "%s\n", more.error().text.c_str());
                return exit_status(more.error().code);
            }
            rows.insert(rows.end(), more->begin(), more->end());
        }
    return kit::print_bench(rows, argc, argv);
}
