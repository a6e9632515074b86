#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "insight/correlation/correlation_stream.hpp"
#include "kit/contracts/bar_news.hpp"
#include "kit/events/keeper.hpp"
#include "kit/lifecycle/listener.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/live_topic/live_topic.hpp"

namespace aitrading::insight {

/// The symbols of one timeframe that are told together.
struct ServedUniverse {
    std::string name;
    Timeframe timeframe = Timeframe::h1;
    CorrelationStream stream;     ///< names are symbols
    std::vector<UnixNanos> last;  ///< [symbols] the last close that the stream has seen; one that is not newer is passed over

    /// A stream that has seen nothing. @errors as CorrelationStream::of
    static Result<ServedUniverse> of(std::string name, Timeframe timeframe, std::vector<std::string> symbols, StudyOptions options = {});
    /// Takes in the closes before the first that comes. The last row waits where not all have closed in it.
    /// @param past closes of every symbol, in the order of the names
    void warm(std::span<const CrossSeries> past);
};

struct CorrelationTopics {
    std::shared_ptr<kit::LiveTopic> bars;      ///< in: BarClosed
    std::shared_ptr<kit::LiveTopic> matrices;  ///< out: CorrelationMatrixComputed, at once
    ports::EventBus* journal = nullptr;        ///< out: the same on `correlation.matrices`, durable; nobody waits for it
};

struct CorrelationCounts {
    std::uint64_t told = 0, passed_over = 0;
    std::uint64_t late = 0;    ///< closes that came after their row was told: left out
    std::uint64_t missed = 0;  ///< bars that gave way before they were read: what is told later is marked as degraded
    std::uint64_t durable = 0;
};

/// Bars in, correlations out: one event a universe and instant at which any of its symbols closed (at most one a bar), told when all
/// have closed, or when a later close, or our clock after `grace`, shows that nobody else will; who has not closed is named in it.
/// It has the trace of the last close in it, and an id that follows from that and from what it says. Answers InsightService's requests for correlations.
class CorrelationService final : public kit::Service {
  public:
    using Now = std::function<UnixNanos()>;
    using Load = std::function<Result<std::vector<ServedUniverse>>()>;
    struct Options {
        std::string source = "/hybrid-ai-engine";
        std::string tenant = "default";  ///< whose feed it is: others' requests are refused
        double told_p_max = 0.01;  ///< leads and breaks that are less sure are not told
        /// How long a row waits for those that have not closed once nothing comes; none: until a later close. A replay has none: its rows say how late it is.
        std::optional<std::chrono::milliseconds> grace;
    };
    /// @pre topics.bars is there; the journal outlives it
    CorrelationService(Load load, CorrelationTopics topics, Options options, Now now);
    ~CorrelationService() override;

    void add_requests(kit::RequestHandlers& handlers) override;
    Result<void> start() override;
    Result<void> ready() override { return listener_.health(); }
    std::int64_t lag() override { return listener_.lag(); }
    /// What ended it, or whose closes came late.
    std::string last_error() override;
    void stop(Deadline deadline) override;
    CorrelationCounts counts() const;

  private:
    class Board;
    /// A universe, and what its waiting row came from.
    struct Running {
        ServedUniverse universe;
        std::shared_ptr<const Event> cause;
        std::chrono::steady_clock::time_point since;
    };
    Result<void> take_all(const kit::LiveReader::Batch& batch);
    Result<void> idle();
    void take(const std::shared_ptr<const Event>& event);
    void take_close(Running& running, std::size_t series, const kit::BarNews& news, const std::shared_ptr<const Event>& event);
    void tell(const ServedUniverse& universe, const Event& cause);
    void note_late(const ServedUniverse& universe, const kit::BarNews& news);

    Load load_;
    CorrelationTopics topics_;
    Options options_;
    Now now_;
    std::vector<Running> universes_;
    kit::Keeper keeper_;
    std::shared_ptr<Board> board_;  ///< shared with requests that run
    std::atomic<std::uint64_t> told_ = 0, passed_over_ = 0, late_ = 0;
    mutable std::mutex late_mutex_;
    std::string late_text_;
    kit::Listener listener_;
};

}  // namespace aitrading::insight
