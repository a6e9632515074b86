#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/bulkhead.hpp"
#include "base/load_shedding.hpp"
#include "kit/http/workers.hpp"

namespace aitrading::kit {

struct GateOptions {
    struct Compartment {
        int running_max, waiting_max;
    };
    Compartment fast{8, 256}, normal{6, 128}, heavy{2, 16};
};

/// The door of one server to the workers: a bulkhead for each class of requests, so that heavy ones never hold all threads,
/// and load shedding in front. What waits longer than its deadline leaves without having run. Safe to use from several
/// threads; lives, as shared, until its last work has run.
class Gate : public std::enable_shared_from_this<Gate> {
  public:
    /// @param in_time false: the deadline passed while it waited
    using Work = std::function<void(bool in_time)>;
    static std::shared_ptr<Gate> make(Workers& workers, const GateOptions& options);

    /// Takes the work, or turns it away: then says when to come again.
    std::optional<std::chrono::seconds> enter(RequestClass kind, Deadline deadline, Work work);
    /// Of all classes.
    int running();
    int waiting();

  private:
    struct Waiting {
        SteadyTime since;
        Deadline deadline;
        Work work;
    };
    struct Compartment {
        Bulkhead door{1, 0};
        std::deque<Waiting> queue;
        nanoseconds typical_work{0};
    };
    Gate(Workers& workers, const GateOptions& options);
    bool start(RequestClass kind, Work work, bool in_time);
    void leave(RequestClass kind, nanoseconds took);
    Compartment& of(RequestClass kind) { return compartments_[static_cast<std::size_t>(kind)]; }

    Workers& workers_;
    std::mutex mutex_;
    std::array<Compartment, 3> compartments_;
};

}  // namespace aitrading::kit
