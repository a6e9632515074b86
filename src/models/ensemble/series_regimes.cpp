#include "models/ensemble/series_regimes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace aitrading::models {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view description =
    "markov switching regression of bars 1: states=4 starts=3 of 12000 rows regressors=1,tanh(return by a day's deviation) activity=day's "
    "deviation,day's volume by 20 days'";

std::size_t bars_a_day(Timeframe timeframe) {
    // A day has at least five bars, so that its mean square says something: of D1 it is a week.
    const std::int64_t length = duration_nanos(timeframe);
    return static_cast<std::size_t>(std::max<std::int64_t>(5, length > 0 ? nanos_per_day / length : 5));
}

SwitchingRows rows_of(const BarColumns& bars) {
    const bool has_volume = std::ranges::any_of(bars.volume, [](Quantity v) { return v.raw > 0; });
    SeriesRegimeInputs inputs(bars.key.timeframe, has_volume);
    SwitchingRows rows;
    rows.regressor_count = 2;
    rows.activity_count = has_volume ? 2 : 1;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto row = inputs.update(bars.close[i].to_double(), bars.volume[i].to_double());
        rows.target.push_back(row.target);
        rows.regressors.insert(rows.regressors.end(), row.regressors.begin(), row.regressors.end());
        rows.activity.insert(rows.activity.end(), row.active().begin(), row.active().end());
    }
    return rows;
}

}  // namespace

double SeriesRegimeInputs::TrailingMean::update(double value) {
    sum_ += value;
    last_.push_back(value);
    if (last_.size() > window_) {
        sum_ -= last_.front();
        last_.pop_front();
    }
    return last_.size() == window_ ? std::max(0.0, sum_ / static_cast<double>(window_)) : unknown;
}

SeriesRegimeInputs::SeriesRegimeInputs(Timeframe timeframe, bool has_volume)
    : has_volume_(has_volume), day_square_(bars_a_day(timeframe)), day_volume_(bars_a_day(timeframe)), month_volume_(20 * bars_a_day(timeframe)) {}

SeriesRegimeInputs::Row SeriesRegimeInputs::update(double close, double volume) {
    constexpr double least_square = 1e-14;  // of a day without a move
    const double change = first_ ? 0.0 : std::log(close / last_close_);
    const double square = day_square_.update(change * change), usual = std::max(square, least_square);
    Row row;
    row.target = first_ ? unknown : 1e4 * change;
    // A day that is not over yet has a mean of NaN, and max gives it back: no regressor is known then.
    row.regressors = {1.0, std::tanh(change / std::sqrt(usual))};
    row.activity[0] = std::isnan(square) ? unknown : 0.5 * std::log(usual);
    first_ = false;
    last_close_ = close;
    if (!has_volume_) return row;
    const double day = day_volume_.update(volume), month = month_volume_.update(volume);
    row.activity[1] = month > 0 && day > 0 ? std::log(day / month) : unknown;
    row.activities = 2;
    return row;
}

SeriesRegimes::SeriesRegimes(const BarColumns& bars)
    : SwitchingColumns({.states = states, .calm_first = true, .starts = 3, .start_rows = 12'000, .state_name = "regime_state_p",
                        .description = std::string(description)},
                       rows_of(bars)) {}

std::string_view SeriesRegimes::kind() { return description; }

Result<SeriesRegimeStream> SeriesRegimeStream::of(std::string_view model, Timeframe timeframe, bool has_volume) {
    TRY(SwitchingColumnStream filter, SwitchingColumnStream::of(model, SeriesRegimes::states));
    const std::size_t activities = has_volume ? 2 : 1;
    if (filter.regressors() != 2 || filter.activities() != activities)
        return fail(ErrorCode::bad_input, fmt::format("the stored regimes read {} regressors and {} activities, this series gives 2 and {}: train "
                                                      "the model again on a series with the same columns",
                                                      filter.regressors(), filter.activities(), activities));
    return SeriesRegimeStream(std::move(filter), timeframe, has_volume);
}

std::span<const double> SeriesRegimeStream::update(const Bar& bar) {
    const auto row = inputs_.update(bar.close.to_double(), bar.volume.to_double());
    return filter_.update(row.target, row.regressors, row.active());
}

}  // namespace aitrading::models
