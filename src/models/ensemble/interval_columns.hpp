#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Most feature columns that help an interval.
inline constexpr std::size_t interval_columns_max = 12;
/// Their standardised values at one row; those beyond `count` are unused.
struct IntervalInputs {
    std::array<double, interval_columns_max> value{};
    std::size_t count = 0;
};

/// The feature columns that say most about how far a target strays (directional: ln |target|) or where it
/// lies (level), by absolute correlation over a training window, standardised by that window.
class IntervalColumns {
  public:
    IntervalColumns() = default;
    /// Columns with a gap in a tenth of the rows or without variance are passed over. @complexity O(entries *
    /// columns)
    static IntervalColumns choose(const FeatureMatrix& features, const LabelSet& labels,
                                  std::span<const std::uint32_t> entries);
    /// Values clipped to four deviations; a gap counts as the mean.
    IntervalInputs at(std::span<const double> row) const;
    const std::vector<std::uint32_t>& columns() const { return column_; }

    /// True where parts agree and every column exists among `columns`.
    bool fits(std::size_t columns) const;

    void write(ByteWriter& out) const;
    static IntervalColumns read(ByteReader& in);

  private:
    std::vector<std::uint32_t> column_;
    std::vector<double> mean_, deviation_;
};

}  // namespace aitrading::models
