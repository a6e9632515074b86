#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "models/augmentation/distances.hpp"
#include "models/augmentation/stylised_facts.hpp"
#include "models/augmentation/surrogates.hpp"

namespace aitrading::models {

inline constexpr double wasserstein_target = 0.05;  ///< of standardised returns (ml.md 12)
inline constexpr double acf_gap_target = 0.02;      ///< mean over acf_gap_lags
inline constexpr std::size_t acf_gap_lags = 50;

/// One source beside the series that it imitates.
struct SourceRealism {
    std::string name;
    StylisedFacts facts;
    double wasserstein = 0;             ///< of standardised returns
    double acf_gap = 0, acf_abs_gap = 0;  ///< mean distances of the autocorrelations of r and |r| over 50 lags
    Memorisation memory;
    double discriminative = 0;          ///< 0 … 0.5
    double predictive = 0;              ///< error on held-out bars after learning from the drawn ones
    std::array<double, regime_conditions> regime_deviation{};  ///< of the returns drawn under each regime; NaN below 30 bars
    double seconds = 0;                 ///< to fit and to draw

    bool passed() const { return wasserstein < wasserstein_target && acf_abs_gap < acf_gap_target && memory.passed(); }
};

/// What sources drew, against the rows that they were fitted on. The later rows, which none has seen, are compared like a
/// source: no source can be asked to be nearer than the market is to itself.
struct Realism {
    std::size_t learnt = 0, held_out = 0;  ///< rows
    StylisedFacts real;
    double predictive_real = 0;
    std::array<double, regime_conditions> regime_deviation{};
    std::array<std::size_t, regime_conditions> regime_bars{};
    SourceRealism later;                ///< the held-out rows themselves; its memory is that of the rows against themselves
    std::vector<SourceRealism> sources;
};

struct RealismOptions {
    double learnt_share = 0.8;
    std::uint64_t seed = 1;
    std::stop_token stop;
    std::function<void(std::string_view source, const TrainerProgress&)> progress;
    std::function<double()> clock;
};

/// Fits every kind on the first rows, draws as many, and measures.
/// @param judge learner of the discriminative score   @errors bad_input (too few rows), interrupted, what a kind fails with
Result<Realism> compare_sources(const BarChannels& channels, const Conditions& conditions, std::span<const SourceKind* const> kinds,
                                const Learner& judge, const RealismOptions& options);

}  // namespace aitrading::models
