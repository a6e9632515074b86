#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kit/events/keeper.hpp"
#include "kit/lifecycle/listener.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/live_topic/live_topic.hpp"
#include "models/ensemble/service/other_markets.hpp"
#include "models/ensemble/service/prediction_board.hpp"
#include "models/ensemble/service/prediction_messages.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::models {

/// A model that answers at each bar of its series.
struct ServedModel {
    PredictionSource source;
    std::shared_ptr<const FittedEnsemble> model;  ///< that of the predictor
    Predictor predictor;                          ///< has taken in the bars before the first that comes
    UnixNanos last_bar{INT64_MIN};                ///< the last of those; an older one, or the same, is passed over
    bool reads_spread = false;                    ///< whether the model was trained with the spread at the close
    std::shared_ptr<OtherMarkets> markets = {};   ///< that its features look at; none: its own series alone
    std::shared_ptr<AnswerTrail> trail = {};      ///< by which its answers are explained; none: they are not
    std::uint64_t lost = 0, since_lost = 0;       ///< bars that gave way before they were read; bars answered since
};

struct PredictionTopics {
    std::shared_ptr<kit::LiveTopic> bars;         ///< in: BarClosed
    std::shared_ptr<kit::LiveTopic> predictions;  ///< out: MLPredictionGenerated, at once
    ports::EventBus* journal = nullptr;           ///< out: the same on `models.predictions`, durable; nobody waits for it
    std::shared_ptr<PredictionBoard> board = {};  ///< out: the last answer of each model, for whoever asks; may be missing
};

struct PredictionCounts {
    std::uint64_t bars = 0;         ///< of the served series
    std::uint64_t predictions = 0;
    std::uint64_t passed_over = 0;  ///< bars not newer than the last, and events that are no bar
    std::uint64_t missed = 0;       ///< bars that gave way before they were read: later answers are marked as degraded
    std::uint64_t durable = 0;
};

/// Bars in, calibrated predictions out: the decision core's answer as a service. The trace of a bar goes on in its predictions.
/// The answer of a model that looks at other markets waits for those known with its bar (OtherMarkets); what waits at a stop is not
/// answered: it is not known yet what the others say.
/// After lost bars answers are degraded to the end, and say so: they are those of a stream with a hole. Their intervals are first as wide
/// as those of an answer that is so many bars old, since that is the news they lack, and come back over the next 500 bars, in which
/// windows fill and the interval learns of the misses itself.
class PredictionService final : public kit::Service {
  public:
    using Now = std::function<UnixNanos()>;
    struct Options {
        std::string source = "/hybrid-ai-engine";
        std::optional<MarketClock> clock = {};  ///< by which answers age; none: `now`
    };
    /// @pre topics.bars is there; the journal outlives it
    PredictionService(std::vector<ServedModel> models, PredictionTopics topics, Options options, Now now);
    ~PredictionService() override { leave(); }

    Result<void> start() override;
    Result<void> ready() override { return listener_.health(); }
    std::int64_t lag() override { return listener_.lag(); }
    std::string last_error() override { return listener_.last_error(); }
    void stop(Deadline) override { leave(); }
    PredictionCounts counts() const;

  private:
    void leave();
    Result<void> take_all(const kit::LiveReader::Batch& batch);
    void take(const std::shared_ptr<const Event>& event);
    void take_own(std::size_t model, const std::shared_ptr<const Event>& event, const kit::BarNews& news);
    /// Answers what need not wait for other markets any more.
    void answer_held();
    void answer(std::size_t model, const Event& event, const Bar& bar, double spread);

    std::vector<ServedModel> models_;
    PredictionTopics topics_;
    Options options_;
    Now now_;
    kit::Keeper keeper_;
    std::atomic<std::uint64_t> bars_ = 0, predictions_ = 0, passed_over_ = 0;
    kit::Listener listener_;
};

}  // namespace aitrading::models
