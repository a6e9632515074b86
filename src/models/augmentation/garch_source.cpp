#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/augmentation/surrogates.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

/// Runs the variance through the returns; calls visit(t, h_t).
template <class Visit>
void filter(std::span<const double> r, const GarchFit& g, Visit visit) {
    const double omega = g.variance * std::max(1e-6, 1 - g.alpha - g.beta);
    double h = g.variance;
    for (std::size_t t = 0; t < r.size(); ++t) {
        visit(t, h);
        const double e = r[t] - g.mean;
        h = omega + g.alpha * e * e + g.beta * h;
    }
}

double likelihood(std::span<const double> r, const GarchFit& g) {
    const double nu = g.degrees;
    const double constant = std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - 0.5 * std::log((nu - 2) * 3.14159265358979323846);
    double sum = 0;
    filter(r, g, [&](std::size_t t, double h) {
        const double e = r[t] - g.mean;
        sum += constant - 0.5 * std::log(h) - (nu + 1) / 2 * std::log1p(e * e / (h * (nu - 2)));
    });
    return sum;
}

class GarchSource final : public BarSource {
  public:
    GarchSource(const GarchFit& garch, const BarChannels& rows, const Conditions& conditions) : garch_(garch), rows_(rows), by_slot_(24) {
        filter(rows.column(0), garch, [&](std::size_t t, double h) {
            scale_.push_back(std::sqrt(h));
            by_slot_[static_cast<std::size_t>(conditions.slot[t])].push_back(static_cast<std::uint32_t>(t));
        });
    }
    BarChannels draw(const Conditions& conditions, std::uint64_t seed) const override {
        SplitMix64 random(derive_seed(seed, 23));
        BarChannels out{rows_.names, {}};
        const double omega = garch_.variance * std::max(1e-6, 1 - garch_.alpha - garch_.beta), ceiling = 400 * garch_.variance;
        double h = garch_.variance;
        for (std::size_t t = 0; t < conditions.rows(); ++t) {
            const auto& pool = by_slot_[static_cast<std::size_t>(conditions.slot[t])];
            const std::size_t at = pool.empty() ? random.next_below(rows_.rows()) : pool[random.next_below(pool.size())];
            const auto row = std::span(rows_.values).subspan(at * rows_.columns(), rows_.columns());
            const double ratio = std::sqrt(h) / scale_[at], e = (row[0] - garch_.mean) * ratio;
            out.values.push_back(garch_.mean + e);
            for (std::size_t k = 1; k < row.size(); ++k) out.values.push_back(k <= 2 ? row[k] * ratio : row[k]);
            h = std::min(ceiling, omega + garch_.alpha * e * e + garch_.beta * h);
        }
        return out;
    }

  private:
    GarchFit garch_;
    BarChannels rows_;
    std::vector<double> scale_;
    std::vector<std::vector<std::uint32_t>> by_slot_;
};

class GarchKind final : public SourceKind {
  public:
    std::string_view name() const override { return "garch_t"; }
    Result<std::unique_ptr<BarSource>> fit(const SourceInput& input) const override {
        const std::vector<double> r = input.channels.column(0);
        if (r.size() < 100) return fail(ErrorCode::bad_input, "garch_t: fewer than 100 returns; take a longer span");
        return std::make_unique<GarchSource>(fit_garch(r), input.channels, input.conditions);
    }
};

}  // namespace

GarchFit fit_garch(std::span<const double> r) {
    CHECK(r.size() >= 100);
    GarchFit best;
    best.mean = mean(r);
    const double deviation = standard_deviation(r);
    best.variance = std::max(deviation * deviation, 1e-18);
    best.alpha = 0.08;
    best.beta = 0.9;
    best.degrees = 6;
    best.log_likelihood = likelihood(r, best);
    std::array<double, 3> reach{0.06, 0.09, 3};  // of alpha, beta, degrees
    for (int round = 0; round < 8; ++round, reach = {reach[0] / 2, reach[1] / 2, reach[2] / 2}) {
        const GarchFit centre = best;
        for (int i = 0; i < 27; ++i) {
            const int first = i % 3 - 1, second = i / 3 % 3 - 1, third = i / 9 - 1;
            GarchFit g = centre;
            g.alpha = std::clamp(centre.alpha + reach[0] * first, 0.0, 0.5);
            g.beta = std::clamp(centre.beta + reach[1] * second, 0.0, 0.999);
            g.degrees = std::clamp(centre.degrees + reach[2] * third, 2.1, 60.0);
            if (g.alpha + g.beta > 0.9995) continue;
            g.log_likelihood = likelihood(r, g);
            if (g.log_likelihood > best.log_likelihood) best = g;
        }
    }
    return best;
}

std::unique_ptr<SourceKind> garch_source() { return std::make_unique<GarchKind>(); }

}  // namespace aitrading::models
