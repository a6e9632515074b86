#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
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
    /// Runs a call that does not block at once, on this thread, and counts it as work; not where the gate is closed.
    void pass(const std::function<void()>& call);
    /// From here on nobody is let in, and work that waits is told that it is too late. Returns when what ran has ended.
    /// False: some of it runs on at the deadline.
    bool close(Deadline deadline);
    /// Holds what work that runs on may use until the last of it has ended; where none does, it is let go at once. @pre closed
    void keep(std::shared_ptr<const void> used);
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
    void start_next(RequestClass kind);
    bool idle() const;
    std::shared_ptr<const void> ended();
    bool closed();
    Compartment& of(RequestClass kind) { return compartments_[static_cast<std::size_t>(kind)]; }

    Workers& workers_;
    std::mutex mutex_;
    std::array<Compartment, 3> compartments_;
    int passing_ = 0;
    bool closed_ = false;
    std::condition_variable all_ended_;
    std::shared_ptr<const void> kept_;
};

}  // namespace aitrading::kit
