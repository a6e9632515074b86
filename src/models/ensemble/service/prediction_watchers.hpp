#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kit/live_topic/live_topic.hpp"
#include "kit/requests/handlers.hpp"
#include "models/ensemble/service/prediction_board.hpp"

namespace aitrading::models {

/// Hands every new answer to those who watch, on a thread of its own that sleeps where nobody does: the predictor neither waits for a
/// reader nor knows of one. While no newer bar comes a watcher is told the last answer again, degraded, when it is one bar old, two,
/// four and so on. A reader for whom 64 KiB wait is told nothing until it has caught up, then the newest answer with how many it missed.
/// Safe to use from several threads.
class PredictionWatchers {
  public:
    /// @param predictions MLPredictionGenerated
    PredictionWatchers(std::shared_ptr<PredictionBoard> board, std::shared_ptr<kit::LiveTopic> predictions);
    ~PredictionWatchers();  ///< ends every stream

    /// @pre the model answers on the symbol (PredictionBoard::look)
    void add(std::string model, std::string symbol, std::shared_ptr<kit::ReplyStream> stream);
    std::size_t watching() const;

  private:
    struct Watcher {
        std::string model, symbol;
        std::shared_ptr<kit::ReplyStream> stream;
        std::shared_ptr<std::atomic<bool>> gone;
        std::uint64_t missed = 0;     ///< since the last reply
        std::int64_t silent_bars = 1; ///< told again at this age
        std::shared_ptr<const Event> owed = {};  ///< the newest of those that it missed by being slow
    };
    void run(const std::stop_token& stop);
    void turn(kit::LiveReader& reader);
    static void tell(Watcher& watcher, const std::shared_ptr<const Event>& event);
    void tell_silence(Watcher& watcher) const;

    std::shared_ptr<PredictionBoard> board_;
    std::shared_ptr<kit::LiveTopic> predictions_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Watcher> arrived_;             ///< not taken over by the thread yet
    std::unique_ptr<kit::LiveReader> reader_;  ///< while anyone watches
    std::vector<Watcher> watchers_;            ///< the thread's own
    std::atomic<std::size_t> watching_ = 0;
    std::jthread thread_;
};

}  // namespace aitrading::models
