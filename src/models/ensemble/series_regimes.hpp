#pragma once

#include <array>
#include <span>
#include <string_view>

#include "base/ring.hpp"
#include "domain/market.hpp"
#include "models/ensemble/switching_columns.hpp"

namespace aitrading::models {

/// What the fitted states of a series read of each bar, from this bar and those before it.
class SeriesRegimeInputs {
  public:
    SeriesRegimeInputs(Timeframe timeframe, bool has_volume);

    struct Row {
        double target = 0;                ///< log return in basis points, NaN at the first bar
        std::array<double, 2> regressors{}, activity{};
        std::size_t activities = 1;
        std::span<const double> active() const { return std::span(activity).first(activities); }
    };
    /// @pre close > 0   @complexity O(1), no allocation
    Row update(double close, double volume);

  private:
    /// Mean of the last `window` values, NaN before there are as many.
    class TrailingMean {
      public:
        explicit TrailingMean(std::size_t window) : window_(window) { last_.reserve(window + 1); }
        double update(double value);

      private:
        std::size_t window_;
        Ring<double> last_;
        double sum_ = 0;
    };
    bool has_volume_, first_ = true;
    double last_close_ = 0;
    TrailingMean day_square_, day_volume_, month_volume_;
};

/// Fitted states of a series of bars: filtered posteriors of a Markov-switching regression of the bar's log return on 1 and
/// tanh of the return before it in its own deviations, with the log of a day's root mean square return and, where there is
/// volume, a day's mean volume against 20 days' beside it. States are numbered from the calmest to the wildest. Columns
/// regime_state_p(1) … regime_state_p(4), markov_switching (P(next return > 0)).
///
/// Four states, because the numbering must survive a refit: more of them trade places.
class SeriesRegimes final : public SwitchingColumns {
  public:
    static constexpr std::size_t states = 4;
    explicit SeriesRegimes(const BarColumns& bars);
    /// LearntColumns::describe of this class, whatever the series.
    static std::string_view kind();
};

/// The columns of SeriesRegimes bar by bar, the same bits as LearntColumns::apply gives.
class SeriesRegimeStream {
  public:
    static constexpr std::size_t columns = SeriesRegimes::states + 1;
    /// @param model LearntBlock::model   @param has_volume whether any bar of the series has some
    /// @errors bad_input (damaged, of other columns, learnt with volume and used without, or the other way round)
    static Result<SeriesRegimeStream> of(std::string_view model, Timeframe timeframe, bool has_volume);
    /// [columns], valid until the next call. No allocation.
    std::span<const double> update(const Bar& bar);
    const insight::ChainLaw& chain() const { return filter_.chain(); }

  private:
    SeriesRegimeStream(SwitchingColumnStream filter, Timeframe timeframe, bool has_volume)
        : inputs_(timeframe, has_volume), filter_(std::move(filter)) {}
    SeriesRegimeInputs inputs_;
    SwitchingColumnStream filter_;
};

}  // namespace aitrading::models
