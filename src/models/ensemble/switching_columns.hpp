#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "insight/regimes/markov_switching.hpp"
#include "models/ensemble/learnt_columns.hpp"

namespace aitrading::models {

/// What a Markov-switching regression reads of a series, one row a bar (insight/regimes).
struct SwitchingRows {
    std::vector<double> target;      ///< [rows]
    std::vector<double> regressors;  ///< [rows x regressors] known at the row's close, speak of the next target
    std::vector<double> activity;    ///< [rows x activities]
    std::size_t regressor_count = 0, activity_count = 0;
};

/// The columns of SwitchingColumns bar by bar, from what was learnt before.
class SwitchingColumnStream {
  public:
    /// @param model LearntBlock::model   @param states columns, of which those of states that are not there are 0
    /// @errors bad_input (damaged, more states)
    static Result<SwitchingColumnStream> of(std::string_view model, std::size_t states);
    /// [states + 1], valid until the next call. No allocation.
    std::span<const double> update(double target, std::span<const double> regressors, std::span<const double> activity);
    std::size_t regressors() const { return regressors_; }
    std::size_t activities() const { return activities_; }
    /// The states' own law; there may be fewer than columns.
    const insight::ChainLaw& chain() const { return chain_; }

  private:
    friend class SwitchingColumns;
    SwitchingColumnStream(insight::MarkovSwitchingFilter filter, const insight::MarkovSwitching& model, std::size_t states);
    insight::MarkovSwitchingFilter filter_;
    insight::ChainLaw chain_;
    std::size_t regressors_, activities_;
    std::vector<double> row_;
};

struct SwitchingColumnsOptions {
    std::size_t states = 12;
    bool calm_first = false;   ///< number the states by the scale of their targets; else as they were found
    int starts = 6;            ///< guesses of the search, see MarkovSwitchingOptions
    std::size_t start_rows = 60'000;
    std::string state_name;    ///< columns state_name(1) … state_name(states)
    std::string description;
};

/// Filtered posteriors of a Markov-switching regression and its P(next target > 0), as learnt columns:
/// state_name(1) … state_name(states), markov_switching.
///
/// The states asked for where there are 1,000 rows for each, else one a thousand (2 at least); where every start collapses
/// it tries with two fewer, and where two states cannot be told apart (a walk without regimes) there is one. Columns of
/// states that are not there are 0. The note says so. Rows that do not move at all are an error.
class SwitchingColumns : public LearntColumns {
  public:
    const std::vector<std::string>& names() const override { return names_; }
    std::size_t posteriors() const override { return options_.states; }
    std::string describe() const override { return options_.description; }
    Result<LearntBlock> compute(std::size_t known, std::size_t rows, std::uint64_t seed, int threads,
                                std::stop_token stop) const override;
    Result<std::vector<double>> apply(std::string_view model, std::size_t rows) const override;

  protected:
    SwitchingColumns(SwitchingColumnsOptions options, SwitchingRows rows);

  private:
    SwitchingColumnsOptions options_;
    SwitchingRows rows_;
    std::vector<std::string> names_;
};

}  // namespace aitrading::models
