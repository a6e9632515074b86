#include "next_regime.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <span>

#include <fmt/format.h>

#include "block_interval.hpp"
#include "insight/regimes/assignment.hpp"
#include "insight/regimes/markov_switching.hpp"
#include "insight/regimes/regime_state.hpp"
#include "market/history/bars_csv.hpp"
#include "market/simulator/market.hpp"
#include "models/boosting/boosting.hpp"
#include "models/ensemble/market_features.hpp"
#include "models/ensemble/next_regime.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t kinds = insight::regime_kinds, block = 240, resamples = 500;
constexpr std::array<std::array<const char*, 2>, 2> learners{{{"lightgbm", "rounds=200 learning_rate=0.06"}, {"random_forest", "trees=80"}}};

/// What was said of rows, and what came.
struct Judged {
    std::vector<int> truth, said;
};

double accuracy(const Judged& j) {
    double right = 0;
    for (std::size_t i = 0; i < j.truth.size(); ++i) right += j.truth[i] == j.said[i] ? 1 : 0;
    return right / static_cast<double>(j.truth.size());
}

double base_rate(std::span<const int> truth) {
    std::array<double, kinds> count{};
    for (const int k : truth) count[static_cast<std::size_t>(k)] += 1;
    return *std::ranges::max_element(count) / static_cast<double>(truth.size());
}

/// Accuracy less that of a baseline on the same rows, with the 95 % interval of resampled blocks of rows.
std::string gain(const Judged& own, const Judged& base) {
    const std::size_t n = own.truth.size();
    std::vector<double> difference(n);
    double mean = 0;
    for (std::size_t i = 0; i < n; ++i) {
        difference[i] = (own.said[i] == own.truth[i] ? 1.0 : 0.0) - (base.said[i] == base.truth[i] ? 1.0 : 0.0);
        mean += difference[i] / static_cast<double>(n);
    }
    const auto [low, high] = block_interval(difference, block, resamples);
    return fmt::format("{:+.2f} pp ({:+.2f} to {:+.2f})", 100 * mean, 100 * low, 100 * high);
}

int most_likely_kind(const NextRegime& model, std::span<const double> row) {
    std::array<double, kinds> law{};
    model.predict_row(row, std::span(law).first(model.kinds()));
    return static_cast<int>(insight::most_likely(std::span(law).first(model.kinds())));
}

struct Synthetic {
    std::vector<MarketBar> bars;
    std::vector<int> truth;
    std::vector<double> target, regressors, activity;
    insight::SwitchingSeries series(std::size_t rows) const {
        return {std::span(target).first(rows), {regressors.data(), rows, 4, 4}, {activity.data(), rows, 2, 2}};
    }
};

Synthetic draw(const std::string& name, std::uint64_t seed, std::size_t rows) {
    const double strength = name == "strong" ? market::strong_strength : market::realistic_strength;
    market::SyntheticMarket generator(market::specified_market(strength), seed);
    Synthetic out;
    for (std::size_t t = 0; t < rows; ++t) {
        const market::MarketRow row = generator.next();
        out.bars.push_back({row.x, row.dxy, row.r_bp, row.log_volume, row.log_spread});
        out.truth.push_back(row.regime);
        out.target.push_back(row.r_bp);
        out.regressors.insert(out.regressors.end(), {1.0, row.x, std::tanh(row.r_bp / 5), row.dxy});
        out.activity.insert(out.activity.end(), {row.log_volume, row.log_spread});
    }
    return out;
}

/// The filter's answers over all rows: features of the classifier, and what it is compared with.
struct Filtered {
    std::vector<double> features;      ///< [rows x columns] memories and posterior
    std::vector<int> now;              ///< most likely state
    std::size_t columns = MarketFeatures::columns + kinds;
    std::vector<std::vector<int>> ahead;  ///< [horizon] most likely state so many bars on, by the chain
};

Result<Filtered> filter_all(const Synthetic& data, const insight::MarkovSwitching& model, std::span<const std::size_t> horizons) {
    TRY(insight::MarkovSwitchingFilter filter, insight::MarkovSwitchingFilter::of(model));
    MarketFeatures memories;
    Filtered out;
    out.ahead.resize(horizons.size());
    std::vector<double> law(kinds), next(kinds);
    for (std::size_t t = 0; t < data.bars.size(); ++t) {
        const auto posterior = filter.update(data.target[t], std::span(data.regressors).subspan(4 * t, 4), std::span(data.activity).subspan(2 * t, 2));
        const auto row = memories.update(data.bars[t]);
        out.features.insert(out.features.end(), row.begin(), row.end());
        out.features.insert(out.features.end(), posterior.begin(), posterior.end());
        out.now.push_back(static_cast<int>(insight::most_likely(posterior)));
        for (std::size_t h = 0; h < horizons.size(); ++h) {
            law.assign(posterior.begin(), posterior.end());
            for (std::size_t i = 0; i < horizons[h]; ++i) insight::advance(model.chain, law, next), law.swap(next);
            out.ahead[h].push_back(static_cast<int>(insight::most_likely(law)));
        }
    }
    return out;
}

/// Rows [from, rows - horizon) of states matched to regimes, against the regime `horizon` on.
Judged judge(std::span<const int> said, const std::vector<std::size_t>& regime_of, std::span<const int> truth, std::size_t from, std::size_t horizon) {
    Judged out;
    for (std::size_t t = from; t + horizon < truth.size(); ++t) {
        out.truth.push_back(truth[t + horizon]);
        out.said.push_back(static_cast<int>(regime_of[static_cast<std::size_t>(said[t])]));
    }
    return out;
}

struct RealBars {
    std::vector<insight::Candle> candles;
    std::vector<double> features;
    std::vector<int> rules;  ///< the rules' regime, -1 where not known
    std::size_t columns = 0, warm_up = 0;
    bool volume = false;
};

Result<RealBars> read(const std::string& path, UnixNanos to) {
    TRY(const BarColumns bars, market::load_bars_csv(path));
    RealBars out;
    for (std::size_t i = 0; i < bars.size() && bars.time[i] < to; ++i) out.candles.push_back(insight::Candle::of(bars.bar(i)));
    out.volume = std::ranges::any_of(out.candles, [](const insight::Candle& bar) { return bar.volume > 0; });
    TRY(insight::RuleRegimes regimes, insight::RuleRegimes::of({.has_volume = out.volume}));
    TRY(insight::RuleFeatureStream stream, insight::RuleFeatureStream::of({.has_volume = out.volume}));
    out.warm_up = static_cast<std::size_t>(regimes.warm_up());
    double age = 0;
    for (const insight::Candle& bar : out.candles) {
        const insight::RegimeState& s = regimes.update(bar);
        const insight::RuleFeatures& f = stream.update(bar, {});
        const int now = s.known ? static_cast<int>(s.present) : -1;
        age = !out.rules.empty() && out.rules.back() == now ? age + 1 : 0;
        out.rules.push_back(now);
        const double hour = static_cast<double>(bar.time / nanos_per_hour % 24) * std::numbers::pi / 12;
        std::vector<double> row{f.volatility_share, f.efficiency, f.efficiency_share, f.adx, f.adx_share, f.trend_t, f.band_share_low, f.breakout_atr,
                                f.volume_z, f.illiquidity_share, f.new_run, f.move, age, s.expected_remaining_bars, std::sin(hour), std::cos(hour)};
        for (std::size_t k = 0; k < kinds; ++k) row.push_back(static_cast<int>(k) == now ? 1.0 : 0.0);
        row.insert(row.end(), s.posterior.begin(), s.posterior.end());
        row.insert(row.end(), s.next.begin(), s.next.end());
        out.columns = row.size();
        out.features.insert(out.features.end(), row.begin(), row.end());
    }
    if (out.candles.size() < 4 * out.warm_up)
        return fail(ErrorCode::bad_input, fmt::format("{} has {} bars before the end of the span; {} are needed", path, out.candles.size(), 4 * out.warm_up));
    return out;
}

/// What one learner says of test rows [from, to), learnt from rows before `from`, at horizons 0, 1 and 24.
Result<std::vector<std::vector<int>>> learn_and_say(const RealBars& bars, const Learner& learner, std::span<const std::size_t> horizons,
                                                    std::size_t from, std::size_t to, int threads) {
    constexpr std::size_t purge = 64;  // the last segment of the training rows is cut by their end
    TRY(const insight::HindsightLabels labels, insight::hindsight_labels(std::span(bars.candles).first(from - purge), {}, {.has_volume = bars.volume}));
    const MatrixView all{bars.features.data(), bars.candles.size(), bars.columns, bars.columns};
    std::vector<std::vector<int>> out;
    for (const std::size_t horizon : horizons) {
        TRY(const NextRegime model, NextRegime::fit(learner, all.slice(0, from - purge), NextRegimeTargets(labels, horizon),
                                                    {.purge = purge + horizon, .overlap = true, .threads = threads}));
        std::vector<int>& said = out.emplace_back();
        said.reserve(to - from);
        for (std::size_t t = from; t < to; ++t) said.push_back(most_likely_kind(model, all.row(t)));
    }
    return out;
}

}  // namespace

Result<std::vector<kit::BenchRow>> next_regime_of_market(const std::string& market, std::uint64_t seed, std::size_t train, std::size_t test,
                                                         int threads) {
    constexpr std::array<std::size_t, 2> horizons{1, 10};
    const Synthetic data = draw(market, seed, train + test);
    insight::MarkovSwitchingOptions options{.seed = seed, .threads = threads};
    TRY(const insight::MarkovSwitchingFit fit, insight::fit_markov_switching(data.series(train), options));
    TRY(const insight::SmoothedPath hindsight, insight::smoothed_path(fit.model, data.series(train)));
    TRY(const Filtered filtered, filter_all(data, fit.model, horizons));
    const MatrixView all{filtered.features.data(), data.bars.size(), filtered.columns, filtered.columns};
    const std::span truth(data.truth);
    const insight::RegimeScore matching = insight::score_regimes(truth.subspan(train), std::span(filtered.now).subspan(train), kinds);
    std::vector<kit::BenchRow> rows;
    for (std::size_t h = 0; h < horizons.size(); ++h) {
        const Judged persistence = judge(filtered.now, matching.regime_of, truth, train, horizons[h]);
        const Judged chain = judge(filtered.ahead[h], matching.regime_of, truth, train, horizons[h]);
        rows.push_back({.name = fmt::format("market {} seed {} regime {} bars ahead, the chain's forecast: accuracy", market, seed, horizons[h]),
                        .value = 100 * accuracy(chain), .unit = "%", .higher_is_better = true, .peer = "persistence of the filter's state",
                        .peer_value = 100 * accuracy(persistence), .note = "gain " + gain(chain, persistence)});
        for (const auto& [name, words] : learners) {
            TRY(const auto learner, make_learner(name, words));
            TRY(const NextRegime model, NextRegime::fit(*learner, all.slice(0, train), NextRegimeTargets(hindsight, horizons[h]),
                                                        {.purge = horizons[h], .seed = seed, .threads = threads}));
            std::vector<int> said(train, 0);
            said.reserve(data.bars.size());
            for (std::size_t t = train; t < data.bars.size(); ++t) said.push_back(most_likely_kind(model, all.row(t)));
            const Judged own = judge(said, matching.regime_of, truth, train, horizons[h]);
            const insight::RegimeScore score = insight::score_regimes(own.truth, own.said, kinds);
            rows.push_back({.name = fmt::format("market {} seed {} regime {} bars ahead, {}: accuracy", market, seed, horizons[h], name),
                            .value = 100 * accuracy(own), .unit = "%", .higher_is_better = true, .peer = "persistence of the filter's state",
                            .peer_value = 100 * accuracy(persistence),
                            .note = fmt::format("gain {}; over the chain's forecast {}; balanced {:.1f} %, base rate {:.1f} %, n {}", gain(own, persistence),
                                                gain(own, chain), 100 * score.balanced_accuracy, 100 * base_rate(own.truth), own.truth.size())});
        }
    }
    return rows;
}

Result<std::vector<kit::BenchRow>> next_regime_of_series(const std::string& path, UnixNanos to, int threads) {
    constexpr std::array<std::size_t, 3> horizons{0, 1, 24};
    constexpr std::size_t folds = 4;
    TRY(const RealBars bars, read(path, to));
    const std::size_t n = bars.candles.size(), first = n / 2, step = (n - first) / folds;
    TRY(const insight::HindsightLabels truth, insight::hindsight_labels(bars.candles, {}, {.has_volume = bars.volume}));
    std::vector<kit::BenchRow> rows;
    for (const auto& [name, words] : learners) {
        TRY(const auto learner, make_learner(name, words));
        std::array<Judged, horizons.size()> own, rules, now;
        for (std::size_t fold = 0; fold < folds; ++fold) {
            const std::size_t from = first + fold * step, end = fold + 1 == folds ? n : from + step;
            TRY(const auto said, learn_and_say(bars, *learner, horizons, from, end, threads));
            for (std::size_t h = 0; h < horizons.size(); ++h)
                for (std::size_t t = from; t < end && t + horizons[h] < n; ++t) {
                    const int came = static_cast<int>(truth.hindsight_regime(t + horizons[h])) - 1;
                    own[h].truth.push_back(came), own[h].said.push_back(said[h][t - from]);
                    rules[h].truth.push_back(came), rules[h].said.push_back(bars.rules[t]);
                    now[h].truth.push_back(came), now[h].said.push_back(said[0][t - from]);
                }
        }
        for (std::size_t h = 1; h < horizons.size(); ++h)
            rows.push_back({.name = fmt::format("{} hindsight regime {} bars ahead, {}: accuracy", std::filesystem::path(path).stem().string(), horizons[h], name),
                            .value = 100 * accuracy(own[h]), .unit = "%", .higher_is_better = true, .peer = "persistence of the same classifier's present regime",
                            .peer_value = 100 * accuracy(now[h]),
                            .note = fmt::format("gain {}; over the rules' present regime {}; base rate {:.1f} %, n {}, {} folds", gain(own[h], now[h]),
                                                gain(own[h], rules[h]), 100 * base_rate(own[h].truth), own[h].truth.size(), folds)});
    }
    return rows;
}

}  // namespace aitrading::models
