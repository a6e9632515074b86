#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace aitrading::kit {

/// The one thread of a service that takes events and makes others of them. Its work returns when it is asked to stop, when there is
/// nothing more to do, or with what went wrong.
class Pump {
  public:
    using Work = std::function<Result<void>(const std::stop_token&)>;
    Pump() = default;
    ~Pump() = default;  ///< asks the work to stop and waits for it
    Pump(const Pump&) = delete;
    Pump& operator=(const Pump&) = delete;

    /// @pre it does not run
    void start(Work work);
    /// Asks the work to stop and waits for it.
    void stop();
    /// ok: it runs, or has come to its end in peace. @errors failed, with retry_helps where it has not started; what ended the work
    Result<void> health() const;
    /// Whether the work has come to its end.
    bool ended() const;
    std::string last_error() const;

  private:
    mutable std::mutex mutex_;
    enum class State { idle, running, ended } state_ = State::idle;
    std::optional<Error> error_;
    std::jthread thread_;
};

}  // namespace aitrading::kit
