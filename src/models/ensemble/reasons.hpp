#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/ensemble/column_words.hpp"
#include "models/ensemble/predictor.hpp"

namespace aitrading::models {

/// How many reasons of an answer are named; the others are one sum.
inline constexpr std::size_t reasons_named = 12;

/// One reason of an answer.
struct ReasonLine {
    std::string feature;      ///< column, or `earlier_bars`, `disagreement`, `member:NAME`
    double value = 0;         ///< of the column; NaN where it has none
    double contribution = 0;  ///< to the logit of p_up
    std::string words;        ///< "RSI(14) 78.2, high for the last year"

    std::string text() const;  ///< the words with what it adds
};

/// Why the model said p_up of one bar: logit = base_logit + the lines' contributions + others.
struct BarReasons {
    std::string missing;  ///< why there are none; empty: there are
    double logit = 0, base_logit = 0;
    std::vector<ReasonLine> lines;  ///< the greatest first
    double others = 0;              ///< the sum of what is not among the lines
    std::size_t others_count = 0;
    std::vector<std::string> untold;  ///< members with a part in the answer that tell no reasons
    bool flat = false;                ///< the calibration answers the same for every score near this one

    /// What has to be said of them: why there are none, who told none, a plateau of the calibration; empty: nothing.
    std::string note() const;
};

/// An answer as it was given.
struct GivenAnswer {
    UnixNanos bar;
    double p_up = 0.5;
    int regime = 0;           ///< by rule, as known at the bar; 0: not known
    std::vector<double> mix;  ///< weights of members and stack where the answer follows the series; else empty

    /// A copy: what a predictor said is valid until its next bar.
    static GivenAnswer of(const BarPrediction& said) { return {said.bar, said.answer.p_up, said.regime.regime, {said.mix.begin(), said.mix.end()}}; }
};

/// Reasons of answers of one stream, each from the rows up to its bar; for `predict --explain` and for requests alike.
class ReasonTeller {
  public:
    /// Asked now and then while much is to be done; an error ends the work with it. May be empty.
    using GoOn = std::function<Result<void>()>;

    /// @param before what members remember of the bars before row `fed`: start() where that is the first of the series
    /// @pre model and rows outlive it   @pre the rows between `fed` and an answer's are at least reason_rows(), or begin with the series
    ReasonTeller(const FittedEnsemble& model, const ReasonRows& rows, EnsembleMemory before, std::size_t fed = 0);

    /// Lets members remember what comes before the bar; `explain` does so by itself. @pre bars increase from call to call
    /// @errors those of `go_on`   @complexity one step of every member that remembers, for each row in between
    Result<void> move_to(UnixNanos bar, const GoOn& go_on = {});
    /// @pre bars increase from call to call, or stay   @errors those of `go_on`
    Result<BarReasons> explain(const GivenAnswer& answer, const GoOn& go_on = {});

  private:
    bool stands_at(UnixNanos bar) const { return row_ < rows_->features.rows() && rows_->features.time[row_] == bar; }
    std::size_t first_looked_at() const;
    std::vector<ReasonLine> all_lines(const Explanation& e) const;

    const FittedEnsemble* model_;
    const ReasonRows* rows_;
    EnsembleMemory before_;
    std::size_t fed_;  ///< rows that `before_` has taken in
    std::size_t row_ = 0, window_;
    bool remembers_;
};

}  // namespace aitrading::models
