#pragma once

#include <optional>
#include <utility>

#include "base/deadline.hpp"

namespace aitrading {

/// Graceful degradation: the last good value stands in for a source that fails, with its age, and not for ever. What an
/// older value is worth (a widened interval) is for its owner to say. Not for several threads.
template <class T>
class LastGood {
  public:
    struct Aged {
        T value;
        nanoseconds age;
    };
    /// @param age_max from then on no answer is better than an old one
    explicit LastGood(nanoseconds age_max) : age_max_(age_max) {}
    void keep(T value, SteadyTime now) { kept_.emplace(std::move(value), now); }
    /// None where there never was one, or it is too old.
    std::optional<Aged> at(SteadyTime now) const {
        if (!kept_ || now - kept_->second > age_max_) return std::nullopt;
        return Aged{kept_->first, std::max(nanoseconds(0), nanoseconds(now - kept_->second))};
    }

  private:
    nanoseconds age_max_;
    std::optional<std::pair<T, SteadyTime>> kept_;
};

}  // namespace aitrading
