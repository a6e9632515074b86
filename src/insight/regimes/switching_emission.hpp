#pragma once

#include <span>
#include <vector>

#include "insight/regimes/markov_switching.hpp"

namespace aitrading::insight {

/// Densities and M step of the switching regression, as climb() asks for. Parameters lie state by state beside each other,
/// so that inner loops run over states.
class SwitchingEmission {
  public:
    /// @pre sizes of model and series fit; both outlive the emission
    SwitchingEmission(MarkovSwitching& model, const SwitchingSeries& series);

    /// Log densities [rows x states] under the model's parameters. @complexity O(rows states (regressors + activities))
    void evaluate(std::span<double> rows) const;
    /// Weighted least squares and weighted moments for each state; the model takes them over unless a state collapsed
    /// (fewer than 5 rows a coefficient, or a scale below 1e-4 of that of all rows): then false.
    bool maximise(std::span<const double> posterior);

  private:
    template <std::size_t fixed>
    void evaluate_rows(std::span<double> rows) const;
    template <std::size_t fixed>
    void add_up(std::span<const double> posterior);
    bool solve(std::size_t state, MarkovSwitching& next) const;
    std::size_t pairs() const { return (series_.regressors.columns + 1) * (series_.regressors.columns + 2) / 2; }

    MarkovSwitching& model_;
    const SwitchingSeries& series_;
    std::vector<bool> target_known_, activity_known_;  ///< [rows]
    double target_scale_ = 1;
    std::vector<double> activity_centre_, activity_scale_;
    std::vector<double> products_;  ///< [pairs x states] sums of weight times z_i z_j, the target being the last z
    std::vector<double> first_, second_;           ///< [activities x states] about the centre
    std::vector<double> weight_target_, weight_activity_;  ///< [states]
};

}  // namespace aitrading::insight
