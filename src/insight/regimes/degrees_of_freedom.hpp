#pragma once

#include <cstddef>

namespace aitrading::insight {

/// Bounds of estimated degrees of freedom: below, a t law has no variance; above, it is normal to the eye.
inline constexpr double degrees_least = 2.1, degrees_most = 200;

/// Logarithmic derivative of the gamma function to 1e-12. @pre x > 0
double digamma(double x);

/// One step of EM for the degrees of freedom of t laws (Peel and McLachlan 2000, eq. 26), by bisection in the bounds.
/// @param mean_log_less_weight mean over rows of ln u - u, u = (degrees + d) / (degrees + distance), rows weighted by their
/// posterior   @param degrees those under which u was computed   @param dimensions d
double next_degrees(double mean_log_less_weight, double degrees, std::size_t dimensions);

}  // namespace aitrading::insight
