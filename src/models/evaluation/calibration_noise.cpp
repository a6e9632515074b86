#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/evaluation/scores.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

/// Bins of fixed predictions, into which drawn labels fall again and again.
class Binned {
  public:
    Binned(std::span<const double> p, int bins) : predicted_(static_cast<std::size_t>(bins), 0.0) {
        for (double v : p) {
            bin_.push_back(static_cast<std::uint16_t>(std::min(static_cast<int>(v * bins), bins - 1)));
            predicted_[bin_.back()] += v;
        }
        drawn_.resize(predicted_.size());
    }
    void clear() { std::fill(drawn_.begin(), drawn_.end(), 0.0); }
    void add(std::size_t i) { drawn_[bin_[i]] += 1; }
    double error() const {
        double sum = 0;
        for (std::size_t k = 0; k < drawn_.size(); ++k) sum += std::abs(drawn_[k] - predicted_[k]);
        return sum / static_cast<double>(bin_.size());
    }

  private:
    std::vector<std::uint16_t> bin_;
    std::vector<double> predicted_, drawn_;  ///< sums, so that counts cancel
};

}  // namespace

double calibration_noise_p95(std::span<const double> p, std::span<const std::uint32_t> row,
                             std::span<const std::uint32_t> end, int bins, int simulations,
                             std::uint64_t seed) {
    CHECK(!p.empty() && simulations >= 20 && row.size() == end.size() && bins <= 65535);
    CHECK(row.empty() || row.size() == p.size());
    Binned binned(p, bins);
    std::vector<double> cut(row.size()), path;
    std::uint32_t first = 0;
    if (!row.empty()) {
        first = row.front();
        path.resize(*std::max_element(end.begin(), end.end()) - first + 1);
        for (std::size_t i = 0; i < p.size(); ++i)
            cut[i] = normal_quantile(p[i]) * std::sqrt(static_cast<double>(end[i] - row[i]));
    }
    std::vector<double> errors;
    for (int s = 0; s < simulations; ++s) {
        SplitMix64 random(derive_seed(seed, static_cast<std::uint64_t>(s)));
        binned.clear();
        for (std::size_t t = 1; t < path.size(); ++t) path[t] = path[t - 1] + random.next_normal();
        for (std::size_t i = 0; i < p.size(); ++i) {
            const bool one = row.empty() ? random.next_uniform() < p[i]
                                         : path[end[i] - first] - path[row[i] - first] < cut[i];
            if (one) binned.add(i);
        }
        errors.push_back(binned.error());
    }
    return quantile(std::move(errors), 0.95);
}

}  // namespace aitrading::models
