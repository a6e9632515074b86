#include "apps/aitrading/home_histories.hpp"

#include <chrono>

#include "apps/aitrading/series_input.hpp"
#include "engines/series_store/histories/parquet_histories.hpp"
#include "proving/analytics/service/history_service.hpp"

namespace aitrading::apps {
namespace {

UnixNanos now() { return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()}; }

Result<BarColumns> stored_bars(const Context& context, const SeriesKey& key) {
    auto bars = read_series(context, key, {});
    if (bars || bars.error().code != ErrorCode::not_found) return bars;
    BarColumns none;
    none.key = key;
    none.digits = 5;
    return none;
}

}  // namespace

std::filesystem::path histories_folder(const std::filesystem::path& home) { return home / "histories"; }

Result<std::shared_ptr<ports::HistoryStore>> HomeHistories::open() {
    const std::lock_guard lock(mutex_);
    if (!store_) {
        TRY(store_, engines::open_parquet_histories({.folder = histories_folder(home_)}));
    }
    return store_;
}

kit::CompositeService::Part recording_part(const Context& context, ports::EventBus& bus, const std::string& bus_name, const std::shared_ptr<HomeHistories>& histories) {
    const auto past = [&context](const SeriesKey& key) { return stored_bars(context, key); };
    return {"histories", std::make_unique<proving::HistoryService>(bus, [histories] { return histories->open(); }, past, proving::HistoryService::Options{.recorder = {.bus = bus_name}}, now)};
}

}  // namespace aitrading::apps
