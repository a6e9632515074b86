#include "insight/correlation/moment_sums.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::insight {

MomentSums::MomentSums(std::size_t series)
    : series_(series), offset_(series), sum_(series), product_(series * (series + 1) / 2), missing_(series),
      both_(series * series), lost_sum_(series * series), lost_square_(series * series), come_(series), gone_(series) {}

void MomentSums::reset(std::span<const double> offset) {
    rows_ = missing_cells_ = 0;
    std::ranges::copy(offset, offset_.begin());
    for (std::vector<double>* all : {&sum_, &product_, &missing_, &both_, &lost_sum_, &lost_square_})
        std::ranges::fill(*all, 0.0);
}

bool MomentSums::deviations(std::span<const double> row, std::vector<double>& out) const {
    double check = 0;
    for (std::size_t i = 0; i < series_; ++i) {
        out[i] = row[i] - offset_[i];
        check += out[i];
    }
    if (!std::isnan(check)) return false;
    for (double& value : out)
        if (std::isnan(value)) value = 0;
    return true;
}

void MomentSums::count_missing(std::span<const double> row, const std::vector<double>& deviation, double sign) {
    for (std::size_t i = 0; i < series_; ++i) {
        if (!std::isnan(row[i])) continue;
        missing_cells_ = sign > 0 ? missing_cells_ + 1 : missing_cells_ - 1;
        missing_[i] += sign;
        for (std::size_t j = 0; j < series_; ++j) {
            lost_sum_[i * series_ + j] += sign * deviation[j];
            lost_square_[i * series_ + j] += sign * (deviation[j] * deviation[j]);
            if (std::isnan(row[j])) both_[i * series_ + j] += sign;
        }
    }
}

void MomentSums::add(std::span<const double> row) {
    if (deviations(row, come_)) count_missing(row, come_, 1);
    ++rows_;
    for (std::size_t i = 0; i < series_; ++i) {
        const double x = come_[i];
        sum_[i] += x;
        double* product = &product_[packed(i)];
        for (std::size_t j = 0; j <= i; ++j) product[j] += x * come_[j];
    }
}

void MomentSums::remove(std::span<const double> row) {
    if (deviations(row, gone_)) count_missing(row, gone_, -1);
    --rows_;
    for (std::size_t i = 0; i < series_; ++i) {
        const double x = gone_[i];
        sum_[i] -= x;
        double* product = &product_[packed(i)];
        for (std::size_t j = 0; j <= i; ++j) product[j] -= x * gone_[j];
    }
}

void MomentSums::slide(std::span<const double> gone, std::span<const double> come) {
    if (deviations(gone, gone_)) count_missing(gone, gone_, -1);
    if (deviations(come, come_)) count_missing(come, come_, 1);
    const double* a = come_.data();
    const double* b = gone_.data();
    for (std::size_t i = 0; i < series_; ++i) {
        const double x = a[i], y = b[i];
        sum_[i] += x - y;
        double* product = &product_[packed(i)];
        for (std::size_t j = 0; j <= i; ++j) product[j] += x * a[j] - y * b[j];
    }
}

double MomentSums::mean(std::size_t i) const {
    const double count = static_cast<double>(rows_) - missing_[i];
    return count > 0 ? offset_[i] + sum_[i] / count : offset_[i];
}

MomentSums::Pair MomentSums::pair(std::size_t i, std::size_t j) const {
    const double product = i >= j ? product_[packed(i) + j] : product_[packed(j) + i];
    const std::size_t ij = i * series_ + j, ji = j * series_ + i;
    return {static_cast<double>(rows_) - missing_[i] - missing_[j] + both_[ij], sum_[i] - lost_sum_[ji], sum_[j] - lost_sum_[ij],
            square(i) - lost_square_[ji], square(j) - lost_square_[ij], product};
}

}  // namespace aitrading::insight
