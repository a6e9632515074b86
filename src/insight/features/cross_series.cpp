#include "insight/features/cross_series.hpp"

#include "base/check.hpp"

namespace aitrading::insight {

CrossSeries cross_series(std::string name, const BarColumns& bars) {
    CHECK(bars.key.timeframe != Timeframe::ticks);
    CrossSeries series{std::move(name), "close of " + to_string(bars.key), {}, {}};
    const std::int64_t length = duration_nanos(bars.key.timeframe);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (bars.close[i].raw <= 0) continue;
        series.known.push_back({bars.time[i].value + length});
        series.level.push_back(bars.close[i].to_double());
    }
    return series;
}

}  // namespace aitrading::insight
