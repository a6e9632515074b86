#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "insight/features/feature_set.hpp"
#include "insight/features/service/feature_desk.hpp"
#include "kit/events/keeper.hpp"
#include "kit/lifecycle/listener.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/live_topic/live_topic.hpp"

namespace aitrading::insight {

/// Features of one series, bar by bar.
struct ServedFeatures {
    SeriesKey series;
    FeatureSet set;                    ///< has taken in the bars before the first that comes; no other markets
    UnixNanos last_bar{INT64_MIN};     ///< the last of those; an older one, or the same, is passed over
};

struct FeatureTopics {
    std::shared_ptr<kit::LiveTopic> bars;     ///< in: BarClosed
    std::shared_ptr<kit::LiveTopic> vectors;  ///< out: FeatureVectorComputed, at once
    ports::EventBus* journal = nullptr;       ///< out: the same on `features.vectors`, durable; nobody waits for it
    std::shared_ptr<FeatureDesk> desk = {};   ///< out: the last vector of each series, for whoever asks; may be missing
};

struct FeatureCounts {
    std::uint64_t vectors = 0, passed_over = 0;
    std::uint64_t missed = 0;  ///< bars that gave way before they were read
    std::uint64_t durable = 0;
};

/// Bars in, the vectors that models see out. The trace of a bar goes on in its vector, whose id follows from the bar's
/// and from what it says. After a missed bar a series says nothing
/// more: its vectors would be those of another series.
class FeatureService final : public kit::Service {
  public:
    using Now = std::function<UnixNanos()>;
    struct Options {
        std::string source = "/feature-engineering";
    };
    /// @pre topics.bars is there; the journal outlives it
    FeatureService(std::vector<ServedFeatures> series, FeatureTopics topics, Options options, Now now);
    ~FeatureService() override { leave(); }

    Result<void> start() override;
    Result<void> ready() override { return listener_.health(); }
    std::int64_t lag() override { return listener_.lag(); }
    std::string last_error() override { return listener_.last_error(); }
    void stop(Deadline) override { leave(); }
    FeatureCounts counts() const;

  private:
    void leave();
    Result<void> take_all(const kit::LiveReader::Batch& batch);
    void take(const Event& event);

    std::vector<ServedFeatures> series_;
    FeatureTopics topics_;
    Options options_;
    Now now_;
    kit::Keeper keeper_;
    std::atomic<std::uint64_t> vectors_ = 0, passed_over_ = 0;
    kit::Listener listener_;
};

}  // namespace aitrading::insight
