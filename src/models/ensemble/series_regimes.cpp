#include "models/ensemble/series_regimes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aitrading::models {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Mean of the last `window` values, NaN before there are as many.
std::vector<double> trailing_mean(const std::vector<double>& values, std::size_t window) {
    std::vector<double> out(values.size(), unknown);
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i];
        if (i >= window) sum -= values[i - window];
        if (i + 1 >= window) out[i] = std::max(0.0, sum / static_cast<double>(window));
    }
    return out;
}

std::size_t bars_a_day(Timeframe timeframe) {
    // A day has at least five bars, so that its mean square says something: of D1 it is a week.
    const std::int64_t length = duration_nanos(timeframe);
    return static_cast<std::size_t>(std::max<std::int64_t>(5, length > 0 ? nanos_per_day / length : 5));
}

SwitchingRows rows_of(const BarColumns& bars) {
    const std::size_t n = bars.size(), day = bars_a_day(bars.key.timeframe);
    constexpr double least_square = 1e-14;  // of a day without a move
    std::vector<double> change(n, 0.0), square(n, 0.0), volume(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0) change[i] = std::log(bars.close[i].to_double() / bars.close[i - 1].to_double());
        square[i] = change[i] * change[i];
        volume[i] = bars.volume[i].to_double();
    }
    const bool has_volume = std::ranges::any_of(volume, [](double v) { return v > 0; });
    const std::vector<double> day_square = trailing_mean(square, day), day_volume = trailing_mean(volume, day),
                              month_volume = trailing_mean(volume, 20 * day);
    SwitchingRows rows;
    rows.regressor_count = 2;
    rows.activity_count = has_volume ? 2 : 1;
    for (std::size_t i = 0; i < n; ++i) {
        const double usual = std::max(day_square[i], least_square);
        rows.target.push_back(i == 0 ? unknown : 1e4 * change[i]);
        rows.regressors.insert(rows.regressors.end(), {1.0, std::tanh(change[i] / std::sqrt(usual))});
        rows.activity.push_back(std::isnan(day_square[i]) ? unknown : 0.5 * std::log(usual));
        if (has_volume) rows.activity.push_back(month_volume[i] > 0 && day_volume[i] > 0 ? std::log(day_volume[i] / month_volume[i]) : unknown);
    }
    return rows;
}

}  // namespace

SeriesRegimes::SeriesRegimes(const BarColumns& bars)
    : SwitchingColumns({.states = states, .calm_first = true, .starts = 3, .start_rows = 12'000, .state_name = "regime_state_p",
                        .description = "markov switching regression of bars 1: states=4 starts=3 of 12000 rows regressors=1,tanh(return by a day's deviation) activity=day's "
                        "deviation,day's volume by 20 days'"},
                       rows_of(bars)) {}

}  // namespace aitrading::models
