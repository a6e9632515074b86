#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::models {

/// Values of learnt columns over the first rows of a matrix.
struct LearntBlock {
    std::vector<double> values;  ///< [rows x names], NaN where not known
    std::string note;            ///< how the fit went, in one sentence
    std::string model;           ///< what was learnt, for `apply`
    std::size_t columns = 0;     ///< names; the pipeline sets it
};

/// Feature columns that must be learnt before they can be computed, such as regime posteriors. The pipeline asks for them
/// anew for each window that members are fitted on, so that stack and calibration learn from rows that neither the members
/// nor these columns have learnt from.
class LearntColumns {
  public:
    virtual ~LearntColumns() = default;
    virtual const std::vector<std::string>& names() const = 0;
    /// How many of them, from the first on, are the filtered posteriors of regimes.
    virtual std::size_t posteriors() const { return 0; }
    /// Definition and hyper-parameters, for the keys of kept fits.
    virtual std::string describe() const = 0;
    /// Learns from rows [0, known) and nothing else; row t then comes from rows up to t (filtered, never smoothed).
    /// @param rows how many rows are wanted, >= known   @param threads the result does not depend on it
    virtual Result<LearntBlock> compute(std::size_t known, std::size_t rows, std::uint64_t seed, int threads,
                                        std::stop_token stop) const = 0;
    /// The same columns from what was learnt before, over the first `rows` rows of this object's own series: for a stored
    /// model and later bars. [rows x names] @errors bad_input (damaged, or of other columns)
    virtual Result<std::vector<double>> apply(std::string_view model, std::size_t rows) const = 0;
};

}  // namespace aitrading::models
