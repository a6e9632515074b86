#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aitrading::insight {

/// Sums and sums of products of the rows of a window about a fixed offset, from which every pair's correlation over the
/// rows that have both series follows. A missing value (NaN) counts as 0 in the sums; what the other series summed up on
/// such rows is kept apart, so that a window without missing values pays nothing for them.
class MomentSums {
  public:
    explicit MomentSums(std::size_t series);

    /// Empties the sums and takes offsets: any value near the series' mean keeps the digits.
    void reset(std::span<const double> offset);
    /// A new offset for a series of which no row has a value yet. @pre present(i) == 0
    void set_offset(std::size_t i, double value) { offset_[i] = value; }
    /// @complexity O(series^2), no allocation
    void add(std::span<const double> row);
    void remove(std::span<const double> row);
    /// remove(gone) and add(come) in one pass.
    void slide(std::span<const double> gone, std::span<const double> come);

    std::size_t rows() const { return rows_; }
    bool complete() const { return missing_cells_ == 0; }
    std::size_t present(std::size_t i) const { return rows_ - static_cast<std::size_t>(missing_[i]); }
    double sum(std::size_t i) const { return sum_[i]; }
    double square(std::size_t i) const { return product_[packed(i) + i]; }
    const double* products(std::size_t i) const { return &product_[packed(i)]; }  ///< [i + 1]
    double mean(std::size_t i) const;  ///< of the values present; the offset where there is none
    double deviation(std::size_t i, double value) const { return value - offset_[i]; }

    /// Sums over the rows that have both i and j.
    struct Pair {
        double rows, sum_i, sum_j, square_i, square_j, product;
    };
    Pair pair(std::size_t i, std::size_t j) const;

  private:
    static std::size_t packed(std::size_t i) { return i * (i + 1) / 2; }
    /// Deviations of a row into `out`, 0 where missing; true where a value is missing.
    bool deviations(std::span<const double> row, std::vector<double>& out) const;
    void count_missing(std::span<const double> row, const std::vector<double>& deviation, double sign);

    std::size_t series_, rows_ = 0, missing_cells_ = 0;
    std::vector<double> offset_, sum_;
    std::vector<double> product_;     ///< packed lower triangle with the diagonal
    std::vector<double> missing_;     ///< [series] rows without the series
    std::vector<double> both_;        ///< [series^2] rows without either
    std::vector<double> lost_sum_;    ///< [i, j] sum of j on rows without i
    std::vector<double> lost_square_; ///< [i, j] sum of squares of j on rows without i
    std::vector<double> come_, gone_;
};

}  // namespace aitrading::insight
