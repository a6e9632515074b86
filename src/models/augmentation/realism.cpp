#include "models/augmentation/realism.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t fewest_rows = 2'000, fewest_in_regime = 30;

using ByRegime = std::array<double, regime_conditions>;

ByRegime deviations(std::span<const double> r, std::span<const int> regime) {
    std::array<std::vector<double>, regime_conditions> parts;
    for (std::size_t i = 0; i < r.size(); ++i) parts[static_cast<std::size_t>(regime[i])].push_back(r[i]);
    ByRegime out{};
    for (std::size_t k = 0; k < parts.size(); ++k)
        out[k] = parts[k].size() < fewest_in_regime ? std::numeric_limits<double>::quiet_NaN() : standard_deviation(parts[k]);
    return out;
}

/// The learnt and the later rows, and what is measured of the former.
struct Real {
    std::vector<double> learnt, later;
    StylisedFacts facts;
};

Result<SourceRealism> measure(const std::string& name, const BarChannels& drawn, const Real& real, const Learner& judge, std::uint64_t seed) {
    SourceRealism out;
    out.name = name;
    const std::vector<double> r = drawn.column(0);
    out.facts = stylised_facts(r, drawn.column("log_volume"));
    out.wasserstein = standardised_wasserstein(real.learnt, r);
    out.acf_gap = mean_gap(real.facts.acf, out.facts.acf, acf_gap_lags);
    out.acf_abs_gap = mean_gap(real.facts.acf_abs, out.facts.acf_abs, acf_gap_lags);
    TRY(out.memory, memorisation(real.learnt, real.later, r));
    TRY(out.discriminative, discriminative_score(real.learnt, r, judge, seed));
    out.predictive = predictive_score(r, real.later);
    return out;
}

}  // namespace

Result<Realism> compare_sources(const BarChannels& channels, const Conditions& conditions, std::span<const SourceKind* const> kinds, const Learner& judge,
                                const RealismOptions& options) {
    const std::size_t rows = channels.rows(), cut = static_cast<std::size_t>(options.learnt_share * static_cast<double>(rows));
    if (cut < fewest_rows || rows - cut < fewest_rows / 2)
        return fail(ErrorCode::bad_input, fmt::format("{} bars to learn from and {} later ones; the facts need {} and {}: take a longer span", cut, rows - cut,
                                                      fewest_rows, fewest_rows / 2));
    const BarChannels learnt = channels.slice(0, cut), later = channels.slice(cut, rows);
    const Conditions under = conditions.slice(0, cut);
    const Real real{learnt.column(0), later.column(0), stylised_facts(learnt.column(0), learnt.column("log_volume"))};
    Realism out;
    out.learnt = cut;
    out.held_out = rows - cut;
    out.real = real.facts;
    out.predictive_real = predictive_score(real.learnt, real.later);
    out.regime_deviation = deviations(real.learnt, under.regime);
    for (const int k : under.regime) ++out.regime_bars[static_cast<std::size_t>(k)];
    TRY(out.later, measure("later bars", later, real, judge, options.seed));
    for (const SourceKind* kind : kinds) {
        const double started = options.clock ? options.clock() : 0;
        SourceInput input{learnt, under, derive_seed(options.seed, 31), options.stop, {}};
        if (options.progress) input.progress = [&](const TrainerProgress& p) { options.progress(kind->name(), p); };
        TRY(const auto source, kind->fit(input));
        if (options.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while comparing sources of bars");
        const BarChannels drawn = source->draw(under, derive_seed(options.seed, 32));
        const double seconds = options.clock ? options.clock() - started : 0;
        TRY(SourceRealism measured, measure(std::string(kind->name()), drawn, real, judge, options.seed));
        measured.regime_deviation = deviations(drawn.column(0), under.regime);
        measured.seconds = seconds;
        out.sources.push_back(std::move(measured));
    }
    return out;
}

}  // namespace aitrading::models
