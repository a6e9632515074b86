#include "apps/aitrading/past_bars.hpp"

#include "apps/aitrading/series_input.hpp"

namespace aitrading::apps {

Result<BarColumns> past_bars(const Context& context, const SeriesKey& key, const FeedChoice& choice) {
    BarColumns none;
    none.key = key;
    const bool live = choice.kind == "file";
    if (!live && (choice.kind != "replay" || choice.range.from.value == INT64_MIN)) return none;
    auto bars = read_series(context, key, live ? TimeRange{} : TimeRange{{INT64_MIN}, choice.range.from});
    if (!bars && bars.error().code == ErrorCode::not_found) return none;
    return bars;
}

Result<BarColumns> described_bars(const Context& context, const SeriesKey& key, const BarColumns& past) {
    auto stored = read_series(context, key, {});
    if (!stored && stored.error().code == ErrorCode::not_found) return past;
    return stored;
}

}  // namespace aitrading::apps
