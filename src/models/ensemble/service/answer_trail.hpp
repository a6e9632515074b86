#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "models/ensemble/predictor.hpp"
#include "models/ensemble/reasons.hpp"

namespace aitrading::models {

/// What a live model read of the last year's bars, so that its newest answers can be explained without asking its predictor: rows in
/// blocks that are written once, and what members remembered before each of the last blocks. The predictor's thread writes at the
/// cost of a copied row; whoever asks works on rows of his own. Safe to use from several threads.
class AnswerTrail {
  public:
    static constexpr std::size_t block_rows = 256, answers_kept = 16;
    static constexpr std::size_t rows_max = 20'000;  ///< beyond, values are told without their rank in the year
    /// Rows of a year, or as many as are kept.
    static std::size_t usual_rows(Timeframe timeframe);

    /// @param before the predictor as it stands before the first bar that is told
    AnswerTrail(std::shared_ptr<const FittedEnsemble> model, const Predictor& before, std::size_t rows_wanted);

    /// A bar that the predictor has just taken in by `warm`. @pre one thread writes; bars come one after the other
    void take(const Predictor& after, UnixNanos bar);
    /// A bar that it has just answered by `next`.
    void take(const Predictor& after, const BarPrediction& said);

    /// Why the model answered so, the same bits as ReasonTeller says over the whole series.
    /// @param p_up as the answer was given on: one that was changed since (aged) has no reasons, and `missing` says so
    /// @errors not_found (a bar that is none of the last answers; retry helps), those of `go_on`
    Result<BarReasons> explain(UnixNanos bar, double p_up, const ReasonTeller::GoOn& go_on) const;

  private:
    struct Block {
        std::vector<UnixNanos> time;  ///< [block_rows]
        std::vector<double> values;   ///< [block_rows x columns]
    };
    struct Stretch {
        std::shared_ptr<Block> block;
        std::shared_ptr<const EnsembleMemory> before;  ///< of the block's first row; none where it is too old to be looked at
    };
    struct Given {
        GivenAnswer answer;
        std::uint64_t row = 0;  ///< counted from the first that was told
    };
    /// All that one question needs: blocks are shared, and nobody writes their first `rows` rows any more.
    struct Seen {
        std::vector<Stretch> stretches;
        Given given;
        std::uint64_t first = 0;  ///< number of the first row
        bool whole = false;       ///< it is the first of the series
    };
    void append(const Predictor& after, UnixNanos bar);
    Result<Seen> look(UnixNanos bar) const;
    ReasonRows rows_of(const Seen& seen) const;

    std::shared_ptr<const FittedEnsemble> model_;
    insight::FeatureManifest manifest_;
    std::size_t rows_wanted_, window_;
    bool from_beginning_;
    mutable std::mutex mutex_;
    std::deque<Stretch> stretches_;
    std::shared_ptr<const EnsembleMemory> memory_;  ///< before the next block
    std::uint64_t first_ = 0, next_ = 0;            ///< rows, counted from the first that was told
    std::deque<Given> given_;                       ///< the newest last
};

}  // namespace aitrading::models
