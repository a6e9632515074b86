#include "insight/features/service/feature_service.hpp"

#include <algorithm>

#include "aitrading/v1/insight.pb.h"
#include "base/check.hpp"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::insight {
namespace {

constexpr const char* vectors_topic = "features.vectors";

}  // namespace

FeatureService::FeatureService(std::vector<ServedFeatures> series, FeatureTopics topics, Options options, Now now)
    : series_(std::move(series)), topics_(std::move(topics)), options_(std::move(options)), now_(std::move(now)), keeper_(topics_.journal, vectors_topic), listener_(topics_.bars) {
    CHECK(topics_.bars != nullptr);
}

Result<void> FeatureService::start() {
    TRY_VOID(keeper_.open());
    if (topics_.desk) {
        std::vector<FeatureDesk::Series> series;
        series.reserve(series_.size());
        for (const ServedFeatures& served : series_) series.push_back({served.series, served.set.manifest().hash, served.set.names()});
        topics_.desk->open(std::move(series));
    }
    listener_.start([this](const kit::LiveReader::Batch& batch) { return take_all(batch); });
    return {};
}

void FeatureService::leave() {
    if (topics_.desk) topics_.desk->close("the service has stopped");
    listener_.stop();
}

Result<void> FeatureService::take_all(const kit::LiveReader::Batch& batch) {
    if (batch.missed > 0) {
        const std::string why = "bars came faster than features were made of them, and some are lost: start again from the stored bars";
        if (topics_.desk) topics_.desk->close(why);
        return fail(ErrorCode::failed, why);
    }
    for (const auto& event : batch.events) take(*event);
    return keeper_.flush();
}

void FeatureService::take(const Event& event) {
    const auto news = kit::unpack_bar(event);
    if (!news) {
        ++passed_over_;
        return;
    }
    const SeriesKey key{news->symbol, news->timeframe};
    const auto served = std::ranges::find(series_, key, &ServedFeatures::series);
    if (served == series_.end()) return;
    if (news->bar.time <= served->last_bar) {
        ++passed_over_;
        return;
    }
    served->last_bar = news->bar.time;
    const std::span<const double> row = news->ask ? served->set.update(news->bar, (news->ask->close - news->bar.close).to_double()) : served->set.update(news->bar);
    v1::FeatureVectorComputed message;
    message.set_symbol(news->symbol);
    message.set_timeframe(kit::to_contract(news->timeframe));
    message.set_bar_open_ns(news->bar.time.value);
    message.set_known_ns(news->known.value);
    message.set_manifest_hash(served->set.manifest().hash);
    message.mutable_values()->Add(row.begin(), row.end());
    auto out = kit::pack_derived(message, {.source = options_.source, .tenant = event.tenant, .now = now_(), .about = news->known}, &event);
    if (!out) {
        ++passed_over_;
        return;
    }
    ++vectors_;
    keeper_.add(*out);
    const auto told = std::make_shared<const Event>(std::move(*out));
    if (topics_.vectors) topics_.vectors->publish(told);
    if (topics_.desk) topics_.desk->told(key, told);
}

FeatureCounts FeatureService::counts() const {
    return {.vectors = vectors_, .passed_over = passed_over_, .missed = listener_.missed(), .durable = keeper_.durable()};
}

}  // namespace aitrading::insight
