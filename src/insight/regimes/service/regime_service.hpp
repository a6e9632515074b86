#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "insight/regimes/service/regime_teller.hpp"
#include "kit/events/keeper.hpp"
#include "kit/lifecycle/listener.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/live_topic/live_topic.hpp"

namespace aitrading::insight {

/// What was told of one bar.
struct ToldRegime {
    UnixNanos bar, known;  ///< opening time; the close
    RegimeState state;
    double change_probability = 0;  ///< NaN: not told
    bool changed = false;           ///< another state than at the bar before, both known
};

/// One way of telling the regime of one series, and how far it has come.
class ServedRegimes {
  public:
    /// @param model whose fitted states they are; empty: nobody's
    ServedRegimes(SeriesKey series, std::unique_ptr<RegimeTeller> teller, std::string model = {}, int model_version = 0)
        : series_(std::move(series)), teller_(std::move(teller)), model_(std::move(model)), model_version_(model_version) {}

    /// Takes the next closed bar. None: it is not newer than the last.
    const ToldRegime* update(const Bar& bar, double spread);
    /// The last bar told, also of those that warmed it up.
    const std::optional<ToldRegime>& told() const { return told_; }
    const SeriesKey& series() const { return series_; }
    const RegimeTeller& teller() const { return *teller_; }
    const std::string& model() const { return model_; }
    int model_version() const { return model_version_; }

  private:
    SeriesKey series_;
    std::unique_ptr<RegimeTeller> teller_;
    std::string model_;
    int model_version_;
    std::optional<ToldRegime> told_;
};

struct RegimeTopics {
    std::shared_ptr<kit::LiveTopic> bars;     ///< in: BarClosed
    std::shared_ptr<kit::LiveTopic> regimes;  ///< out: RegimeClassified, at once
    ports::EventBus* journal = nullptr;       ///< out: the same on `regimes.states`, durable; nobody waits for it
};

struct RegimeCounts {
    std::uint64_t told = 0, passed_over = 0;
    std::uint64_t missed = 0;  ///< bars that gave way before they were read: what is told later is marked as degraded
    std::uint64_t durable = 0;
};

/// Bars in, regimes out, one event for each bar and way of telling. The trace of a bar goes on in its regimes, whose ids follow from
/// the bar's and from what they say. Answers InsightService's requests for regimes, also with what the bars that warmed it up said.
class RegimeService final : public kit::Service {
  public:
    using Now = std::function<UnixNanos()>;
    /// Series with tellers that have taken in the bars before the first that comes. Called once, at the start.
    using Load = std::function<Result<std::vector<ServedRegimes>>()>;
    struct Options {
        std::string source = "/hybrid-ai-engine";
        std::string tenant = "default";  ///< whose feed it is: others' requests are refused
        std::string unset;       ///< why it has nothing to tell, where Load gives no series
    };
    /// @pre topics.bars is there; the journal outlives it
    RegimeService(Load load, RegimeTopics topics, Options options, Now now);
    ~RegimeService() override;

    void add_requests(kit::RequestHandlers& handlers) override;
    Result<void> start() override;
    Result<void> ready() override;
    std::int64_t lag() override { return listener_.lag(); }
    std::string last_error() override { return listener_.last_error(); }
    void stop(Deadline deadline) override;
    RegimeCounts counts() const;

  private:
    class Board;
    Result<void> take_all(const kit::LiveReader::Batch& batch);
    void take(const Event& event);
    void tell(const ServedRegimes& served, const ToldRegime& told, const Event& event);

    Load load_;
    RegimeTopics topics_;
    Options options_;
    Now now_;
    std::vector<ServedRegimes> series_;
    kit::Keeper keeper_;
    std::shared_ptr<Board> board_;  ///< shared with requests that run
    std::atomic<bool> empty_ = false;
    std::atomic<std::uint64_t> told_ = 0, passed_over_ = 0;
    kit::Listener listener_;
};

}  // namespace aitrading::insight
