#include "kit/http/gate.hpp"

#include <algorithm>
#include <utility>

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

std::shared_ptr<Gate> Gate::make(Workers& workers, const GateOptions& options) { return std::shared_ptr<Gate>(new Gate(workers, options)); }

Gate::Gate(Workers& workers, const GateOptions& options) : workers_(workers) {
    of(RequestClass::fast).door = Bulkhead(options.fast.running_max, options.fast.waiting_max);
    of(RequestClass::normal).door = Bulkhead(options.normal.running_max, options.normal.waiting_max);
    of(RequestClass::heavy).door = Bulkhead(options.heavy.running_max, options.heavy.waiting_max);
}

std::optional<std::chrono::seconds> Gate::enter(RequestClass kind, Deadline deadline, Work work) {
    const SteadyTime at = now();
    const std::lock_guard lock(mutex_);
    if (closed_) return std::chrono::seconds(1);
    Compartment& compartment = of(kind);
    const nanoseconds oldest = compartment.queue.empty() ? nanoseconds(0) : nanoseconds(at - compartment.queue.front().since);
    if (shed(kind, {oldest, compartment.typical_work}, deadline.left(at))) return std::chrono::seconds(1);
    switch (compartment.door.enter()) {
        case Bulkhead::Entry::refused: return std::chrono::seconds(1);
        case Bulkhead::Entry::waits: compartment.queue.push_back({at, deadline, std::move(work)}); return std::nullopt;
        case Bulkhead::Entry::runs: break;
    }
    if (start(kind, std::move(work), true)) return std::nullopt;
    (void)compartment.door.leave();  // nobody waits where there was a free place
    return std::chrono::seconds(1);
}

/// @pre locked, and a place in the bulkhead is held
bool Gate::start(RequestClass kind, Work work, bool in_time) {
    return workers_.submit([self = shared_from_this(), kind, in_time, work = std::move(work)]() mutable {
        const SteadyTime begun = now();
        const bool runs = in_time && !self->closed();
        work(runs);
        work = {};  // before it leaves: what it holds may belong to what the gate keeps for it
        self->leave(kind, runs ? nanoseconds(now() - begun) : nanoseconds(-1));
    });
}

/// @param took negative: nothing was done
void Gate::leave(RequestClass kind, nanoseconds took) {
    std::shared_ptr<const void> kept;  // let go after the lock
    const std::lock_guard lock(mutex_);
    Compartment& compartment = of(kind);
    if (took >= nanoseconds(0)) compartment.typical_work += (took - compartment.typical_work) / 8;
    start_next(kind);
    kept = ended();
}

/// The place of one that is done goes to the first that waits. @pre locked
void Gate::start_next(RequestClass kind) {
    Compartment& compartment = of(kind);
    while (compartment.door.leave()) {
        Waiting next = std::move(compartment.queue.front());
        compartment.queue.pop_front();
        if (start(kind, std::move(next.work), !next.deadline.passed(now()))) return;
        // The workers have stopped: whoever waits is let go with the server that closes.
    }
}

void Gate::pass(const std::function<void()>& call) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        ++passing_;
    }
    call();
    std::shared_ptr<const void> kept;  // let go after the lock
    const std::lock_guard lock(mutex_);
    --passing_;
    kept = ended();
}

bool Gate::close(Deadline deadline) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    return all_ended_.wait_until(lock, deadline.at, [this] { return idle(); });
}

void Gate::keep(std::shared_ptr<const void> used) {
    const std::lock_guard lock(mutex_);
    CHECK(closed_);
    if (!idle()) kept_ = std::move(used);
}

bool Gate::closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
}

/// Who waits does so behind one that runs. @pre locked
bool Gate::idle() const {
    return passing_ == 0 && std::ranges::all_of(compartments_, [](const Compartment& c) { return c.door.running() == 0; });
}

/// To be asked whenever something has ended. @pre locked   @return what is not needed any more
std::shared_ptr<const void> Gate::ended() {
    if (!closed_ || !idle()) return nullptr;
    all_ended_.notify_all();
    return std::exchange(kept_, nullptr);
}

int Gate::running() {
    const std::lock_guard lock(mutex_);
    int out = 0;
    for (const Compartment& c : compartments_) out += c.door.running();
    return out;
}

int Gate::waiting() {
    const std::lock_guard lock(mutex_);
    int out = 0;
    for (const Compartment& c : compartments_) out += c.door.waiting();
    return out;
}

}  // namespace aitrading::kit
