#pragma once

#include <functional>
#include <span>
#include <vector>

namespace aitrading::insight {

struct SimplexOptions {
    double step = 0.3;           ///< of the first simplex, along each axis
    double tolerance = 1e-10;    ///< of the values over the simplex, relative to 1 + |value|
    int evaluations_max = 4000;
    int restarts_max = 6;        ///< a new simplex about the best point until one improves nothing
};

struct Minimum {
    std::vector<double> at;
    double value = 0;
    int evaluations = 0;
    bool converged = false;      ///< the last restart improved nothing
};

/// Minimum of a function of few variables without its derivatives (Nelder and Mead 1965), restarted until it stays. A value
/// that is not a number counts as infinite. The same input gives the same bits. @pre start not empty
Minimum nelder_mead(const std::function<double(std::span<const double>)>& value, std::span<const double> start,
                    const SimplexOptions& options = {});

}  // namespace aitrading::insight
