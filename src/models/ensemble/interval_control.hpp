#pragma once

#include <cstdint>

#include "models/ensemble/conformal.hpp"

namespace aitrading::models {

/// How the width of an interval follows its misses.
enum class IntervalMethod : std::uint8_t {
    aci,  ///< quantile of the latest scores at an adaptive miss rate
    pid,  ///< conformal PID: the quantile itself is tracked
};

/// The half width, in units of the scale, that keeps the share of misses at alpha over one stream of scores.
class IntervalControl {
  public:
    IntervalControl(IntervalMethod method, double alpha, double gamma, std::size_t window);

    /// Finite and >= 0; conformal PID's infinite quantile is twice the greatest of the latest scores. @pre scores() >= 1
    double half() const;
    void add(double score) { scores_.add(score); }
    void reserve() { scores_.reserve(); }
    /// Whether the target lay outside of the interval that half() gave when it was asked.
    void observe(bool missed);
    void set_method(IntervalMethod method) { method_ = method; }
    std::size_t scores() const { return scores_.size(); }
    std::uint64_t observed() const { return observed_; }

    /// The part that models of versions 1 and 2 hold.
    void write(ByteWriter& out) const;
    bool read(ByteReader& in);
    /// The rest.
    void write_more(ByteWriter& out) const;
    bool read_more(ByteReader& in);

  private:
    IntervalMethod method_;
    double alpha_;
    AdaptiveAlpha rate_;
    RollingScores scores_;
    ConformalPid pid_;
    std::uint64_t observed_ = 0;
};

}  // namespace aitrading::models
