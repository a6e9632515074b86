#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "insight/features/oscillators.hpp"

// Ehlers' measurement of the dominant cycle (Rocket Science for Traders, 2001), with TA-Lib's start: nothing is measured
// before the 13th bar, nothing shown before the 33rd.

namespace aitrading::insight {

/// The last seven values, newest first.
class SevenTaps {
  public:
    void push(double x) {
        for (std::size_t i = taps_.size() - 1; i > 0; --i) taps_[i] = taps_[i - 1];
        taps_[0] = x;
    }
    double operator[](std::size_t age) const { return taps_[age]; }
    /// Ehlers' Hilbert transformer: a quarter of a cycle late, the level taken out.
    double quadrature(double gain) const {
        return (0.0962 * (taps_[0] - taps_[6]) + 0.5769 * (taps_[2] - taps_[4])) * gain;
    }

  private:
    std::array<double, 7> taps_{};
};

/// In-phase and quadrature parts of the price's cycle, and its length in bars.
class Cycle {
  public:
    /// False until the measurement runs.
    bool update(double price) {
        prices_.push(origin_.shift(price));
        if (seen_ < first_measured) return ++seen_, false;
        measure();
        return true;
    }
    double in_phase = 0, quadrature = 0, period = 0;
    /// Phase in degrees as the arc tangent of both; 0 where there is no in-phase part.
    double phase() const { return in_phase == 0 ? 0 : degrees(std::atan(quadrature / in_phase)); }
    static double degrees(double radians) { return radians * (180 / std::numbers::pi); }

  private:
    static constexpr int first_measured = 12;
    static constexpr std::array<double, 6> level_seen{0.0962, 0.0962, 0.6731, 0.6731, 0.0962, 0.0962};
    void measure() {
        const double gain = 0.075 * period + 0.54;
        smooth_.push((4 * prices_[0] + 3 * prices_[1] + 2 * prices_[2] + prices_[3]) * 0.1);
        // The transformer starts on nothing: until its taps are full the price level is a step that it sees.
        const double step = measured_ < level_seen.size() ? origin_.unshift(0) * level_seen[measured_++] * gain : 0;
        trendless_.push(smooth_.quadrature(gain) + step);
        late_.push(trendless_.quadrature(gain));
        in_phase = trendless_[3];
        quadrature = late_[0];
        in_phases_.push(in_phase);
        const double i = 0.2 * (in_phase - late_.quadrature(gain)) + 0.8 * i_;
        const double q = 0.2 * (quadrature + in_phases_.quadrature(gain)) + 0.8 * q_;
        real_ = 0.2 * (i * i_ + q * q_) + 0.8 * real_;
        imaginary_ = 0.2 * (i * q_ - q * i_) + 0.8 * imaginary_;
        i_ = i;
        q_ = q;
        const double last = period;
        double length = last;
        if (imaginary_ != 0 && real_ != 0) length = 360 / degrees(std::atan(imaginary_ / real_));
        length = std::max(std::min(length, 1.5 * last), 0.67 * last);
        period = 0.2 * std::clamp(length, 6.0, 50.0) + 0.8 * last;
    }
    Origin origin_;
    SevenTaps prices_, smooth_, trendless_, late_, in_phases_;
    double i_ = 0, q_ = 0, real_ = 0, imaginary_ = 0;
    int seen_ = 0;
    std::size_t measured_ = 0;
};

/// MESA adaptive average: the faster the phase turns, the slower it follows; fama follows it at half that weight.
class Mama {
  public:
    Mama(double fast, double slow) : fast_(fast), slow_(slow) {}
    /// mama, fama
    std::array<double, 2> update(double price) {
        if (cycle_.update(price)) {
            const double phase = cycle_.phase(), turn = std::max(phase_ - phase, 1.0);
            phase_ = phase;
            const double weight = turn > 1 ? std::max(fast_ / turn, slow_) : fast_;
            mama_ = weight * price + (1 - weight) * mama_;
            fama_ = weight / 2 * mama_ + (1 - weight / 2) * fama_;
        }
        if (left_ > 0) return --left_, std::array{unknown, unknown};
        return {mama_, fama_};
    }

  private:
    Cycle cycle_;
    double fast_, slow_, phase_ = 0, mama_ = 0, fama_ = 0;
    int left_ = 32;
};

/// Length of the dominant cycle in bars, smoothed.
class CyclePeriod {
  public:
    double update(double price) {
        if (cycle_.update(price)) smooth_ = 0.33 * cycle_.period + 0.67 * smooth_;
        if (left_ > 0) return --left_, unknown;
        return smooth_;
    }

  private:
    Cycle cycle_;
    double smooth_ = 0;
    int left_ = 32;
};

/// Both parts of the cycle.
class Phasor {
  public:
    /// in_phase, quadrature
    std::array<double, 2> update(double price) {
        cycle_.update(price);
        if (left_ > 0) return --left_, std::array{unknown, unknown};
        return {cycle_.in_phase, cycle_.quadrature};
    }

  private:
    Cycle cycle_;
    int left_ = 32;
};

}  // namespace aitrading::insight
