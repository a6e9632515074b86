#pragma once

#include <functional>
#include <memory>

namespace aitrading::kit {

/// A named pool for work that may block or take the processor. Bounded: at most `waiting_max` pieces wait.
class Workers {
  public:
    Workers(int threads, std::size_t waiting_max);
    ~Workers();  ///< as `stop`
    /// False: no room, or stopped. Work must not throw.
    bool submit(std::function<void()> work);
    /// Finishes what was submitted, then ends the threads.
    void stop();

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
