#pragma once

#include "base/check.hpp"

namespace aitrading {

/// One compartment: at most so many at work and so many in front of the door, whatever the others do. Not for several threads.
class Bulkhead {
  public:
    enum class Entry { runs, waits, refused };

    /// @pre running_max >= 1, waiting_max >= 0
    Bulkhead(int running_max, int waiting_max) : running_max_(running_max), waiting_max_(waiting_max) {
        CHECK(running_max >= 1 && waiting_max >= 0);
    }
    /// Whoever `runs` or `waits` must `leave` or `give_up`.
    Entry enter() {
        if (running_ < running_max_) return ++running_, Entry::runs;
        if (waiting_ < waiting_max_) return ++waiting_, Entry::waits;
        return Entry::refused;
    }
    /// One that ran is done. True: the first that waits runs now. @pre running() > 0
    bool leave() {
        CHECK(running_ > 0);
        if (waiting_ == 0) return --running_, false;
        --waiting_;
        return true;
    }
    /// One that waited goes away. @pre waiting() > 0
    void give_up() {
        CHECK(waiting_ > 0);
        --waiting_;
    }
    int running() const { return running_; }
    int waiting() const { return waiting_; }

  private:
    int running_max_, waiting_max_, running_ = 0, waiting_ = 0;
};

}  // namespace aitrading
