#include "insight/features/cross_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

struct Leg {
    const char* pair;
    double weight;
    const CrossSeries* series = nullptr;
    std::size_t next = 0;   ///< first level that is not known yet
};

constexpr double scale = 50.14348112;

/// The earliest instant at which a leg has news; the greatest number when none has any left.
std::int64_t next_news(std::span<const Leg> legs) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const Leg& leg : legs)
        if (leg.next < leg.series->size()) first = std::min(first, leg.series->known[leg.next].value);
    return first;
}

}  // namespace

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

Result<CrossSeries> dollar_index(std::span<const CrossSeries> given) {
    std::vector<Leg> legs{{"EURUSD", -0.576}, {"USDJPY", 0.136}, {"GBPUSD", -0.119},
                          {"USDCAD", 0.091},  {"USDSEK", 0.042}, {"USDCHF", 0.036}};
    for (Leg& leg : legs) {
        const auto found = std::ranges::find(given, leg.pair, &CrossSeries::name);
        if (found != given.end() && found->size() > 0) leg.series = &*found;
    }
    std::erase_if(legs, [](const Leg& leg) { return leg.series == nullptr && std::string_view(leg.pair) == "USDSEK"; });
    for (const Leg& leg : legs)
        if (leg.series == nullptr)
            return fail(ErrorCode::not_found, fmt::format("the dollar index needs {}, which is not stored", leg.pair));
    const bool whole = legs.size() == 6;
    CrossSeries index{"dxy", whole ? "ICE US dollar index from its six legs"
                                   : "ICE US dollar index without USDSEK, other weights divided by 0.958", {}, {}};
    const double share = whole ? 1 : 1 / 0.958;
    for (std::int64_t now = next_news(legs); now != std::numeric_limits<std::int64_t>::max(); now = next_news(legs)) {
        double level = std::log(scale);
        bool all = true;
        for (Leg& leg : legs) {
            while (leg.next < leg.series->size() && leg.series->known[leg.next].value <= now) ++leg.next;
            all = all && leg.next > 0;
            if (leg.next > 0) level += leg.weight * share * std::log(leg.series->level[leg.next - 1]);
        }
        if (!all) continue;
        index.known.push_back({now});
        index.level.push_back(std::exp(level));
    }
    return index;
}

}  // namespace aitrading::insight
