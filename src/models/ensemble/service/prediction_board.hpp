#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/last_good.hpp"
#include "domain/event.hpp"
#include "domain/market_clock.hpp"
#include "models/ensemble/service/answer_trail.hpp"
#include "models/ensemble/service/prediction_messages.hpp"

namespace aitrading::models {

/// The last answer of each served model, between the service that makes them and whoever asks: asking never reaches the predictor.
/// Safe to use from several threads.
class PredictionBoard {
  public:
    using EventPointer = std::shared_ptr<const Event>;
    /// What stands on the board of one model.
    struct Seen {
        std::size_t model = 0;
        PredictionSource source;
        std::shared_ptr<const AnswerTrail> trail = {};  ///< by which its answers are explained; may be missing
        EventPointer event = {};             ///< the last answer, MLPredictionGenerated; none: nothing was told yet, or nothing for a week
        UnixNanos known{};              ///< of that answer
        std::optional<UnixNanos> now = {};  ///< by the market's clock
        std::int64_t behind = 0;        ///< events that the service has not come to yet
        /// Since the answer's bar closed, without the hours in which its market is closed: nothing newer is to be had in them. Where the
        /// symbol does not tell its market all time counts. By it answers age.
        nanoseconds open_age{0};
        /// Since the answer's bar closed. @pre event is there
        nanoseconds age() const { return nanoseconds(now ? std::max<std::int64_t>(0, now->value - known.value) : 0); }
        nanoseconds bar() const { return nanoseconds(duration_nanos(source.series.timeframe)); }
    };

    /// A model that answers, and by what its answers are explained.
    struct Answerer {
        PredictionSource source;
        std::shared_ptr<const AnswerTrail> trail = {};
    };
    /// The service begins. @param behind asked while the board's lock is held: must not ask the board
    void open(std::vector<Answerer> models, MarketClock clock, std::function<std::int64_t()> behind);
    /// It has ended or never began, and why. Answers that were told are not told any more.
    void close(std::string why);

    /// A bar of any series was known.
    void saw(UnixNanos known);
    /// @pre as many models as were opened
    void told(std::size_t model, EventPointer event, UnixNanos known);

    /// @param timeframe none: the model's own   @errors not_found (no such model or series answers here: says which do), failed (the service does not run)
    Result<Seen> look(std::string_view model, std::string_view symbol, std::optional<Timeframe> timeframe) const;
    /// The same once an answer is known later than `known`, or at the deadline.
    Result<Seen> await(std::string_view model, std::string_view symbol, std::optional<Timeframe> timeframe, UnixNanos known, SteadyTime until) const;
    /// The models that answer, in the order in which they were opened.
    std::vector<PredictionSource> models() const;

  private:
    static constexpr std::chrono::hours kept{24 * 7};  ///< beyond any holiday an old answer stands in for nothing
    struct Entry {
        PredictionSource source;
        std::shared_ptr<const AnswerTrail> trail;
        LastGood<EventPointer> last{kept};
        UnixNanos known{INT64_MIN};
    };
    Result<Seen> find(std::string_view model, std::string_view symbol, std::optional<Timeframe> timeframe) const;

    mutable std::mutex mutex_;
    mutable std::condition_variable arrived_;
    mutable int waiting_ = 0;
    std::vector<Entry> entries_;
    std::optional<MarketClock> clock_;
    std::function<std::int64_t()> behind_;
    std::string closed_ = "it has not started yet";
};

/// Why there is no answer newer than this one, in a sentence.
std::string why_none(const PredictionBoard::Seen& seen);

}  // namespace aitrading::models
