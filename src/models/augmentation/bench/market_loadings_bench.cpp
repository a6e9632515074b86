// models_augmentation_bench TRAINER FOLDER [ROWS] [WORDS]
//
// Whether a generator that is told the regime learns what each regime of the strong market does: its return follows the order flow,
// the return and the dollar of the bar before with loadings that change their sign by regime. The generator (trained by the program
// TRAINER, jobs in FOLDER) draws return, flow, dollar, volume and spread under the true regimes; the loadings of what it drew are
// estimated in each regime by least squares and their signs compared with the specification's. One JSON document on stdout.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "market/simulator/market.hpp"
#include "models/augmentation/normal_scores.hpp"
#include "models/augmentation/surrogates.hpp"
#include "models/deep/service/trainer_process.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t regressors = 4;  // 1, flow, tanh(return / 5), dollar
using Loadings = std::array<double, regressors>;

struct Market {
    BarChannels channels{{"return", "flow", "dollar", "log_volume", "log_spread"}, {}};
    Conditions conditions;
};

Market draw_market(std::size_t rows) {
    Market out;
    for (std::size_t k = 0; k < market::regime_count; ++k) out.conditions.names.push_back(fmt::format("regime_{}", k));
    market::SyntheticMarket generator(market::specified_market(market::strong_strength), 42);
    for (std::size_t i = 0; i < rows; ++i) {
        const market::MarketRow row = generator.next();
        for (const double v : {row.r_bp, row.x, row.dxy, row.log_volume, row.log_spread}) out.channels.values.push_back(v);
        for (int k = 0; k < static_cast<int>(market::regime_count); ++k) out.conditions.values.push_back(k == row.regime ? 1.0F : 0.0F);
        out.conditions.slot.push_back(0);
        out.conditions.regime.push_back(row.regime);
    }
    return out;
}

/// Least squares of the return on what the bar before tells, in the bars of one regime, by Gaussian elimination.
Loadings loadings(const BarChannels& c, std::span<const int> regime, int wanted) {
    std::array<std::array<double, regressors + 1>, regressors> a{};
    for (std::size_t t = 1; t < c.rows(); ++t) {
        if (regime[t] != wanted) continue;
        const double* last = c.values.data() + (t - 1) * c.columns();
        const Loadings x{1, last[1], std::tanh(last[0] / 5), last[2]};
        for (std::size_t i = 0; i < regressors; ++i) {
            for (std::size_t j = 0; j < regressors; ++j) a[i][j] += x[i] * x[j];
            a[i][regressors] += x[i] * c.values[t * c.columns()];
        }
    }
    for (std::size_t i = 0; i < regressors; ++i) {
        a[i][i] += 1e-9;
        for (std::size_t k = 0; k < regressors; ++k) {
            if (k == i) continue;
            const double factor = a[k][i] / a[i][i];
            for (std::size_t j = i; j <= regressors; ++j) a[k][j] -= factor * a[i][j];
        }
    }
    Loadings out{};
    for (std::size_t i = 0; i < regressors; ++i) out[i] = a[i][regressors] / a[i][i];
    return out;
}

struct Score {
    int right = 0, all = 0;
    double share = 0, shares = 0;  ///< of the true loading, summed
    std::string text;
};

Score compare(const Market& truth, const BarChannels& drawn) {
    Score out;
    const auto& regimes = market::specified_market(market::strong_strength).regimes;
    for (std::size_t k = 0; k < market::regime_count; ++k) {
        const auto& p = regimes[k];
        const Loadings is = loadings(drawn, truth.conditions.regime, static_cast<int>(k));
        const Loadings should{p.drift, p.flow, p.lagged, p.dollar};
        for (std::size_t i = 1; i < regressors; ++i) {
            const double scaled = is[i] / (p.sigma_bp * market::strong_strength);
            ++out.all;
            out.right += scaled * should[i] > 0;
            out.share += scaled * (should[i] > 0 ? 1 : -1);
            out.shares += std::abs(should[i]);
        }
        out.text += fmt::format("{}{{\"regime\": \"{}\", \"flow\": [{}, {:.3f}], \"lagged\": [{}, {:.3f}], \"dollar\": [{}, {:.3f}]}}", k == 0 ? "" : ",\n    ", p.name, p.flow,
                                is[1] / (p.sigma_bp * market::strong_strength), p.lagged, is[2] / (p.sigma_bp * market::strong_strength), p.dollar,
                                is[3] / (p.sigma_bp * market::strong_strength));
    }
    return out;
}

Result<void> run(int argc, char** argv) {
    const auto rows = static_cast<std::size_t>(argc > 3 ? std::atoi(argv[3]) : 30'000);
    GeneratorSpec shape;
    GeneratorOptions options;
    TRY_VOID(parse_generator_words(argc > 4 ? argv[4] : "", shape, options));
    const Market market = draw_market(rows);
    const TrainerProcess trainer(argv[1], argv[2]);
    const auto kind = gan_source(trainer, shape, options);
    const auto tell = [](const TrainerProgress& p) {
        if (p.step % 20 == 0) std::fprintf(stderr, "step %lld of %lld, distance %.3f\n", static_cast<long long>(p.step), static_cast<long long>(p.steps), p.loss);
    };
    TRY(const auto source, kind->fit({market.channels, market.conditions, 1, {}, tell}));
    const Score real = compare(market, market.channels), drawn = compare(market, source->draw(market.conditions, 2));
    fmt::print("{{\"rows\": {}, \"generator\": \"{}\", \"signs\": {}, \"signs_right_real\": {}, \"signs_right_gan\": {}, \"loading_share_real\": {:.3f},\n"
               "  \"loading_share_gan\": {:.3f}, \"gan\": [\n    {}]}}\n",
               rows, describe(options), real.all, real.right, drawn.right, real.share / real.shares, drawn.share / drawn.shares, drawn.text);
    return {};
}

}  // namespace
}  // namespace aitrading::models

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("models_augmentation_bench TRAINER FOLDER [ROWS] [WORDS]\n", stderr);
        return 2;
    }
    const auto done = aitrading::models::run(argc, argv);
    if (!done) std::fprintf(stderr, "%s\n", done.error().text.c_str());
    return done ? 0 : 1;
}
