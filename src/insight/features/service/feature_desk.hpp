#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/event.hpp"
#include "domain/market.hpp"
#include "kit/requests/handlers.hpp"

namespace aitrading::v1 {
class ComputeIndicatorsReply;
class ComputeIndicatorsRequest;
class GetFeaturesReply;
class GetFeaturesRequest;
class GetManifestReply;
class GetManifestRequest;
class ListIndicatorsReply;
}  // namespace aitrading::v1

namespace aitrading::insight {

/// Answers the contracts' FeatureService: the last vectors as the live service left them here, indicators from the bars that a caller
/// brings. Indicators are there whether the live service runs or not. Vectors are those of one tenant. Safe to use from several threads.
class FeatureDesk : public std::enable_shared_from_this<FeatureDesk> {
  public:
    struct Series {
        SeriesKey key;
        std::string manifest;  ///< hash
        std::vector<std::string> columns;
    };
    static std::shared_ptr<FeatureDesk> make(std::string tenant = "default") { return std::shared_ptr<FeatureDesk>(new FeatureDesk(std::move(tenant))); }

    /// The handlers keep the desk.
    void add_requests(kit::RequestHandlers& handlers);
    /// The live service begins.
    void open(std::vector<Series> series);
    /// It has ended or never began, and why. Vectors that were told are not told any more.
    void close(std::string why);
    /// @param vector FeatureVectorComputed of a series that was opened
    void told(const SeriesKey& key, std::shared_ptr<const Event> vector);

  private:
    struct Entry {
        Series series;
        std::shared_ptr<const Event> vector;
    };
    explicit FeatureDesk(std::string tenant) : tenant_(std::move(tenant)) {}
    Result<void> check_tenant(const kit::Call& call) const;
    Result<std::shared_ptr<const Event>> last(const std::string& symbol, std::optional<Timeframe> timeframe) const;
    Result<v1::GetFeaturesReply> features(const v1::GetFeaturesRequest& request, const kit::Call& call) const;
    Result<v1::GetManifestReply> manifest(const v1::GetManifestRequest& request, const kit::Call& call) const;

    std::string tenant_;
    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
    std::string closed_ = "it has not started yet";
};

/// Indicators over brought bars, as `aitrading indicators compute` says them. @errors usage, bad_input, failed (the deadline)
Result<v1::ComputeIndicatorsReply> compute_brought(const v1::ComputeIndicatorsRequest& request, const Deadline& deadline);
/// The registry.
v1::ListIndicatorsReply list_indicators();

}  // namespace aitrading::insight
