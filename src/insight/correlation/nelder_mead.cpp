#include "insight/correlation/nelder_mead.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aitrading::insight {
namespace {

struct Corner {
    std::vector<double> at;
    double value;
};

class Simplex {
  public:
    Simplex(const std::function<double(std::span<const double>)>& value, const SimplexOptions& options) : value_(value), options_(options) {}

    Corner corner(std::vector<double> at) {
        ++evaluations;
        const double v = value_(at);
        return {std::move(at), std::isnan(v) ? std::numeric_limits<double>::infinity() : v};
    }

    /// Shrinks a simplex about `start` until its values agree.
    Corner descend(const Corner& start) {
        corners_ = {start};
        for (std::size_t k = 0; k < start.at.size(); ++k) {
            std::vector<double> at = start.at;
            at[k] += options_.step;
            corners_.push_back(corner(std::move(at)));
        }
        while (evaluations < options_.evaluations_max) {
            std::ranges::stable_sort(corners_, {}, &Corner::value);
            const double best = corners_.front().value, worst = corners_.back().value;
            if (worst - best <= options_.tolerance * (1 + std::abs(best)) && width() < 1e-4) break;
            move();
        }
        return *std::ranges::min_element(corners_, {}, &Corner::value);
    }

    int evaluations = 0;

  private:
    double width() const {
        double widest = 0;
        for (const Corner& c : corners_)
            for (std::size_t k = 0; k < c.at.size(); ++k) widest = std::max(widest, std::abs(c.at[k] - corners_.front().at[k]));
        return widest;
    }
    /// The worst corner mirrored at the middle of the others, at `factor` times its distance.
    Corner mirrored(double factor) {
        const std::size_t size = corners_.front().at.size();
        std::vector<double> at(size, 0.0);
        for (std::size_t c = 0; c + 1 < corners_.size(); ++c)
            for (std::size_t k = 0; k < size; ++k) at[k] += corners_[c].at[k] / static_cast<double>(size);
        for (std::size_t k = 0; k < size; ++k) at[k] += factor * (at[k] - corners_.back().at[k]);
        return corner(std::move(at));
    }
    void move() {
        const std::size_t size = corners_.front().at.size();
        const Corner reflected = mirrored(1);
        if (reflected.value < corners_.front().value) {
            const Corner expanded = mirrored(2);
            corners_.back() = expanded.value < reflected.value ? expanded : reflected;
            return;
        }
        if (reflected.value < corners_[size - 1].value) {
            corners_.back() = reflected;
            return;
        }
        const bool outside = reflected.value < corners_.back().value;
        const Corner contracted = mirrored(outside ? 0.5 : -0.5);
        if (contracted.value < std::min(reflected.value, corners_.back().value)) {
            corners_.back() = contracted;
            return;
        }
        for (std::size_t c = 1; c <= size; ++c) {
            std::vector<double> at = corners_[c].at;
            for (std::size_t k = 0; k < size; ++k) at[k] = 0.5 * (at[k] + corners_.front().at[k]);
            corners_[c] = corner(std::move(at));
        }
    }

    const std::function<double(std::span<const double>)>& value_;
    SimplexOptions options_;
    std::vector<Corner> corners_;
};

}  // namespace

Minimum nelder_mead(const std::function<double(std::span<const double>)>& value, std::span<const double> start,
                    const SimplexOptions& options) {
    Simplex simplex(value, options);
    Corner best = simplex.corner({start.begin(), start.end()});
    bool converged = false;
    for (int k = 0; k < options.restarts_max && !converged && simplex.evaluations < options.evaluations_max; ++k) {
        const Corner next = simplex.descend(best);
        converged = best.value - next.value <= 100 * options.tolerance * (1 + std::abs(next.value));
        if (next.value < best.value) best = next;
    }
    return {best.at, best.value, simplex.evaluations, converged};
}

}  // namespace aitrading::insight
