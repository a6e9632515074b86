#include "measured_market.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "market/simulator/drawn_market.hpp"
#include "market/simulator/other_market.hpp"
#include "meta_stage.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/market_features.hpp"
#include "models/ensemble/market_learners.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "models/evaluation/scores.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t null_test = 50'000;  ///< bars for which the null band is stated
constexpr int ece_bins = 15, ece_draws = 200;

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

Market draw(const market::MarketParameters& parameters, std::uint64_t seed, std::size_t count) {
    market::SyntheticMarket generator(parameters, seed);
    market::ExactFilter filter(parameters);
    return draw(generator, filter, count);
}

Result<Market> draw(const std::string& name, std::uint64_t seed, std::size_t count) {
    if (name == "other") {
        const market::OtherParameters parameters = market::draw_other_market(seed);
        market::OtherMarket generator(parameters, seed);
        market::OtherFilter filter(parameters);
        return draw(generator, filter, count);
    }
    if (name.starts_with("drawn-")) {
        const auto drawn = market::draw_market(seed, name == "drawn-strong" ? market::strong_accuracy : market::realistic_accuracy);
        return draw(drawn.parameters(), seed, count);
    }
    const std::map<std::string, double> strength{{"strong", market::strong_strength}, {"realistic", market::realistic_strength},
                                                 {"null", market::null_strength}};
    if (!strength.contains(name)) return fail(ErrorCode::usage, "no market " + name + ": there are strong realistic null other drawn-strong drawn-realistic");
    return draw(market::specified_market(strength.at(name)), seed, count);
}

MarketFigures::Model score(const PipelineResult& result, const ModelRun& run, const LabelSet& labels, const std::vector<double>& exact) {
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
    return {.name = run.name, .calibrator = run.calibrator.front(), .share = edge > 0 ? agreed / edge : 0, .accuracy = right / n, .log_loss = loss / n,
            .excess_se = squares > 0 ? difference / std::sqrt(squares) : 0};
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string today() {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

Result<std::vector<std::unique_ptr<Learner>>> members_of(const MarketRunOptions& a) {
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

/// Everything that a run of the pipeline on a drawn market needs.
struct Prepared {
    Market data;
    FeatureMatrix features;
    LabelSet labels;
    std::vector<std::unique_ptr<Learner>> owned;
    std::vector<const Learner*> learners;
    Split split;
    std::optional<MarketRegimes> regimes;
    PipelineOptions options;
};

/// Into `out`, which does not move any more: the regimes look at its bars.
Result<void> prepare(const std::string& market, std::uint64_t seed, const MarketRunOptions& a, Prepared& out) {
    const std::size_t test = market == "null" ? std::min(a.test, null_test) : a.test;
    TRY(out.data, draw(market, seed, a.train + test + 1));
    out.features = market_feature_matrix(out.data.bars);
    if (!a.memory) out.features = last_bar_only(out.features);
    out.labels = market_labels(out.data.bars);
    TRY(out.owned, members_of(a));
    for (const auto& l : out.owned) out.learners.push_back(l.get());
    out.split = market_split(out.labels, a.train, a.train + test);
    out.options = a.pipeline;
    out.options.seed = seed;
    out.options.threads = a.threads;
    out.options.clock = seconds;
    if (a.regimes) out.options.learnt = &out.regimes.emplace(out.data.bars);
    out.options.inside = [](std::string_view member, int, const FitProgress& p) {
        std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(member.size()), member.data(), p.text.c_str());
    };
    out.options.progress = [](const PipelineProgress& p) {
        std::fprintf(stderr, "fit %zu of %zu: %.*s\n", p.done, p.total, static_cast<int>(p.member.size()), p.member.data());
    };
    return {};
}

std::string form_of(const PipelineResult& run) {
    std::string out;
    for (const FormTrial& t : run.form_trials.front())
        if (t.taken) out += (out.empty() ? "" : ", ") + t.what;
    if (out.empty()) out = "plain";
    if (run.followed.empty()) return out;
    out += "; followed:";
    for (std::size_t m = 0; m < run.models.size(); ++m) out += fmt::format(" {} {:.2f}", run.models[m].name, run.followed.front()[m]);
    return out;
}

/// Of the ensemble: calibration error beside its noise, and how often the target lies in its interval.
void judge_ensemble(const PipelineResult& run, const LabelSet& labels, MarketFigures& out) {
    std::vector<float> y;
    std::vector<double> p;
    double inside = 0, known = 0;
    for (std::size_t i = 0; i < run.entry.size(); ++i) {
        const std::uint32_t e = run.entry[i];
        if (!std::isnan(labels.y[e])) {
            y.push_back(labels.y[e]);
            p.push_back(run.ensemble().p_up[i]);
        }
        const double target = labels.target[e];
        if (!std::isfinite(target)) continue;
        known += 1;
        inside += target >= run.predictions.low[i] && target <= run.predictions.high[i];
    }
    out.coverage = inside / known;
    out.ece = calibration_error(reliability_bins(y, p, ece_bins));
    out.ece_noise_p95 = calibration_noise_p95(p, {}, {}, ece_bins, ece_draws, 1);
}

}  // namespace

std::string key_of(const std::string& market, std::uint64_t seed, const MarketRunOptions& a) {
    std::string out = fmt::format("{} {} {}/{}", market, seed, a.train, a.test);
    for (const std::string& m : a.models) out += " " + m;
    for (const auto& [name, words] : a.words) out += fmt::format(" {}({})", name, words);
    const FormOptions& f = a.pipeline.form;
    out += fmt::format(" regimes={} memory={} inner={} form={}{}{}{}", a.regimes, a.memory, a.pipeline.inner_folds, f.drop ? "d" : "", f.disagreement ? "s" : "",
                       f.gate ? "g" : "", f.online ? "o" : "");
    return out;
}

Result<MarketFigures> run_market(const std::string& market, std::uint64_t seed, const MarketRunOptions& a) {
    Prepared made;
    TRY_VOID(prepare(market, seed, a, made));
    TRY(const PipelineResult run, walk_forward_predict(made.features, made.labels, std::span(&made.split, 1), made.learners, made.options));
    MarketFigures out{.market = market, .key = key_of(market, seed, a), .date = today(), .seed = seed};
    for (const ModelRun& m : run.models) out.models.push_back(score(run, m, made.labels, made.data.p_exact));
    double right = 0, n = 0;
    for (const std::uint32_t e : run.entry) {
        if (std::isnan(made.labels.y[e])) continue;
        right += (made.data.p_exact[made.labels.row[e]] > 0.5) == (made.labels.y[e] > 0.5F);
        n += 1;
    }
    out.best_accuracy = right / n;
    judge_ensemble(run, made.labels, out);
    out.form = form_of(run);
    out.fit_seconds = run.timing.fit_seconds;
    out.total_seconds = run.timing.total_seconds;
    return out;
}

Result<std::vector<kit::BenchRow>> meta_rows_of_market(const std::string& market, std::uint64_t seed, const MarketRunOptions& a) {
    Prepared made;
    TRY_VOID(prepare(market, seed, a, made));
    std::vector<std::uint32_t> entry;
    TRY(const auto variants, meta_variants(made.features, made.labels, std::span(&made.split, 1), made.learners, made.options, entry));
    return meta_rows(fmt::format("market {} seed {} ", market, seed), variants, made.labels, entry);
}

}  // namespace aitrading::models
