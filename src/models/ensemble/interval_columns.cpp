#include "models/ensemble/interval_columns.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::models {
namespace {

struct Moments {
    double n = 0, x = 0, xx = 0, y = 0, yy = 0, xy = 0;
    void add(double a, double b) {
        n += 1;
        x += a, xx += a * a, y += b, yy += b * b, xy += a * b;
    }
    double mean() const { return x / n; }
    double variance() const { return std::max(0.0, xx / n - mean() * mean()); }
    double correlation() const {
        const double vy = yy / n - (y / n) * (y / n), cov = xy / n - mean() * (y / n);
        return variance() > 1e-18 && vy > 1e-18 ? cov / std::sqrt(variance() * vy) : 0.0;
    }
};

}  // namespace

IntervalColumns IntervalColumns::choose(const FeatureMatrix& features, const LabelSet& labels,
                                        std::span<const std::uint32_t> entries) {
    std::vector<Moments> moments(features.columns());
    double rows = 0;
    for (const std::uint32_t e : entries) {
        const double target = labels.target[e];
        if (!std::isfinite(target)) continue;
        const double y = labels.directional ? std::log(std::abs(target) + 1e-3) : target;
        rows += 1;
        const auto row = features.row(labels.row[e]);
        for (std::size_t c = 0; c < row.size(); ++c)
            if (std::isfinite(row[c])) moments[c].add(row[c], y);
    }
    std::vector<std::uint32_t> order;
    for (std::uint32_t c = 0; c < moments.size(); ++c)
        if (moments[c].n >= 0.9 * rows && moments[c].n >= 50 && std::abs(moments[c].correlation()) > 0.02)
            order.push_back(c);
    std::ranges::stable_sort(order, std::greater(),
                             [&](std::uint32_t c) { return std::abs(moments[c].correlation()); });
    if (order.size() > interval_columns_max) order.resize(interval_columns_max);
    IntervalColumns out;
    for (const std::uint32_t c : order) {
        out.column_.push_back(c);
        out.mean_.push_back(moments[c].mean());
        out.deviation_.push_back(std::sqrt(moments[c].variance()));
    }
    return out;
}

IntervalInputs IntervalColumns::at(std::span<const double> row) const {
    IntervalInputs in;
    in.count = column_.size();
    for (std::size_t k = 0; k < column_.size(); ++k) {
        const double z = (row[column_[k]] - mean_[k]) / deviation_[k];
        in.value[k] = std::isfinite(z) ? std::clamp(z, -4.0, 4.0) : 0.0;
    }
    return in;
}

bool IntervalColumns::fits(std::size_t columns) const {
    return column_.size() <= interval_columns_max && mean_.size() == column_.size() &&
           deviation_.size() == column_.size() &&
           std::ranges::all_of(column_, [&](std::uint32_t c) { return c < columns; });
}

void IntervalColumns::write(ByteWriter& out) const {
    out.put_all(column_);
    out.put_all(mean_);
    out.put_all(deviation_);
}

IntervalColumns IntervalColumns::read(ByteReader& in) {
    IntervalColumns c;
    c.column_ = in.get_all<std::uint32_t>();
    c.mean_ = in.get_all<double>();
    c.deviation_ = in.get_all<double>();
    return c;
}

}  // namespace aitrading::models
