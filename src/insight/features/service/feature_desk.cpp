#include "insight/features/service/feature_desk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aitrading/v1/inference.pb.h"
#include "aitrading/v1/insight.pb.h"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::insight {

void FeatureDesk::add_requests(kit::RequestHandlers& handlers) {
    const auto self = shared_from_this();
    handlers.on<v1::GetFeaturesRequest, v1::GetFeaturesReply>("aitrading.v1.FeatureService/GetFeatures",
                                                              [self](const v1::GetFeaturesRequest& request, const kit::Call& call) { return self->features(request, call); });
    handlers.on<v1::GetManifestRequest, v1::GetManifestReply>("aitrading.v1.FeatureService/GetManifest",
                                                              [self](const v1::GetManifestRequest& request, const kit::Call& call) { return self->manifest(request, call); });
    handlers.on<v1::ComputeIndicatorsRequest, v1::ComputeIndicatorsReply>(
        "aitrading.v1.FeatureService/ComputeIndicators", [](const v1::ComputeIndicatorsRequest& request, const kit::Call& call) { return compute_brought(request, call.deadline); });
    handlers.on<v1::ListIndicatorsRequest, v1::ListIndicatorsReply>(
        "aitrading.v1.FeatureService/ListIndicators", [](const v1::ListIndicatorsRequest&, const kit::Call&) -> Result<v1::ListIndicatorsReply> { return list_indicators(); });
}

void FeatureDesk::open(std::vector<Series> series) {
    const std::lock_guard lock(mutex_);
    entries_.clear();
    for (Series& one : series) entries_.push_back({std::move(one), {}});
    closed_.clear();
}

void FeatureDesk::close(std::string why) {
    const std::lock_guard lock(mutex_);
    closed_ = std::move(why);
    for (Entry& entry : entries_) entry.vector.reset();
}

void FeatureDesk::told(const SeriesKey& key, std::shared_ptr<const Event> vector) {
    const std::lock_guard lock(mutex_);
    if (!closed_.empty()) return;
    for (Entry& entry : entries_)
        if (entry.series.key == key) std::swap(entry.vector, vector);  // the old one is freed after the lock
}

Result<void> FeatureDesk::check_tenant(const kit::Call& call) const {
    if (call.tenant == tenant_) return {};
    return fail(ErrorCode::gate_refused, fmt::format("the vectors here are those of the tenant {}; tenants with series of their own come with accounts", tenant_));
}

Result<std::shared_ptr<const Event>> FeatureDesk::last(const std::string& symbol, std::optional<Timeframe> timeframe) const {
    const std::lock_guard lock(mutex_);
    if (!closed_.empty()) return fail(ErrorCode::failed, "no vector is made here now: " + closed_, true);
    const Entry* found = nullptr;
    std::string made;
    for (const Entry& entry : entries_) {
        made += fmt::format("{}{}", made.empty() ? "" : ", ", to_string(entry.series.key));
        if (entry.series.key.symbol != symbol || (timeframe && entry.series.key.timeframe != *timeframe)) continue;
        if (found != nullptr) return fail(ErrorCode::bad_input, fmt::format("timeframe: {} has vectors of several; name one", symbol));
        found = &entry;
    }
    if (found == nullptr) return fail(ErrorCode::not_found, fmt::format("no vectors of {}{} are made here; there are those of {}", symbol, timeframe ? fmt::format(" {}", name(*timeframe)) : "", made));
    if (!found->vector) return fail(ErrorCode::failed, fmt::format("no bar of {} has come since the service began", to_string(found->series.key)), true);
    return found->vector;
}

Result<v1::GetFeaturesReply> FeatureDesk::features(const v1::GetFeaturesRequest& request, const kit::Call& call) const {
    TRY_VOID(check_tenant(call));
    TRY(const auto timeframe, kit::bars_timeframe(request.timeframe()));
    TRY(const auto event, last(request.symbol(), timeframe));
    TRY(const auto vector, kit::unpack_as<v1::FeatureVectorComputed>(*event));
    v1::GetFeaturesReply reply;
    reply.set_symbol(vector.symbol());
    reply.set_timeframe(vector.timeframe());
    reply.set_bar_open_ns(vector.bar_open_ns());
    reply.set_known_ns(vector.known_ns());
    reply.set_manifest_hash(vector.manifest_hash());
    *reply.mutable_values() = vector.values();
    return reply;
}

Result<v1::GetManifestReply> FeatureDesk::manifest(const v1::GetManifestRequest& request, const kit::Call& call) const {
    TRY_VOID(check_tenant(call));
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(entries_, request.manifest_hash(), [](const Entry& entry) { return entry.series.manifest; });
    if (found == entries_.end()) return fail(ErrorCode::not_found, "no vector made here is of the manifest " + request.manifest_hash().substr(0, 64));
    v1::GetManifestReply reply;
    reply.set_manifest_hash(found->series.manifest);
    for (const std::string& column : found->series.columns) reply.add_columns(column);
    return reply;
}

}  // namespace aitrading::insight
