#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/augmentation/surrogates.hpp"
#include "models/evaluation/bootstrap.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

/// The rows of each hour, to begin a block at.
std::vector<std::vector<std::uint32_t>> rows_by_slot(const Conditions& conditions) {
    std::vector<std::vector<std::uint32_t>> out(24);
    for (std::size_t i = 0; i < conditions.rows(); ++i) out[static_cast<std::size_t>(conditions.slot[i])].push_back(static_cast<std::uint32_t>(i));
    return out;
}

class BlockBootstrap final : public BarSource {
  public:
    BlockBootstrap(BarChannels rows, std::vector<std::vector<std::uint32_t>> by_slot, double block)
        : rows_(std::move(rows)), by_slot_(std::move(by_slot)), block_(block) {}

    BarChannels draw(const Conditions& conditions, std::uint64_t seed) const override {
        CHECK(rows_.rows() > 0);
        SplitMix64 random(derive_seed(seed, 21));
        BarChannels out{rows_.names, {}};
        std::size_t at = 0;
        for (std::size_t t = 0; t < conditions.rows(); ++t) {
            at = (at + 1) % rows_.rows();
            if (t == 0 || random.next_uniform() < 1 / block_) {
                const auto& starts = by_slot_[static_cast<std::size_t>(conditions.slot[t])];
                at = starts.empty() ? random.next_below(rows_.rows()) : starts[random.next_below(starts.size())];
            }
            const auto row = std::span(rows_.values).subspan(at * rows_.columns(), rows_.columns());
            out.values.insert(out.values.end(), row.begin(), row.end());
        }
        return out;
    }

  private:
    BarChannels rows_;
    std::vector<std::vector<std::uint32_t>> by_slot_;
    double block_;
};

class BlockBootstrapKind final : public SourceKind {
  public:
    std::string_view name() const override { return "block_bootstrap"; }
    Result<std::unique_ptr<BarSource>> fit(const SourceInput& input) const override {
        std::vector<double> sizes = input.channels.column(0);
        for (double& v : sizes) v = std::abs(v);
        const bool hourly = std::ranges::max(input.conditions.slot) > 6;
        const double least = hourly ? 24 : 5, length = sizes.size() >= 8 ? optimal_block_length(sizes).stationary : 1;
        return std::make_unique<BlockBootstrap>(input.channels, rows_by_slot(input.conditions), std::max(least, length));
    }
};

class Jitter final : public BarSource {
  public:
    explicit Jitter(BarChannels rows) : rows_(std::move(rows)) {
        for (std::size_t k = 0; k < rows_.columns(); ++k) noise_.push_back(0.1 * standard_deviation(rows_.column(k)));
    }
    BarChannels draw(const Conditions& conditions, std::uint64_t seed) const override {
        CHECK(rows_.rows() > 0);
        SplitMix64 random(derive_seed(seed, 22));
        BarChannels out{rows_.names, {}};
        for (std::size_t t = 0; t < conditions.rows(); ++t)
            for (std::size_t k = 0; k < rows_.columns(); ++k) {
                const double v = rows_.values[t % rows_.rows() * rows_.columns() + k] + noise_[k] * random.next_normal();
                out.values.push_back(k == 1 || k == 2 ? std::max(0.0, v) : v);
            }
        return out;
    }

  private:
    BarChannels rows_;
    std::vector<double> noise_;
};

class JitterKind final : public SourceKind {
  public:
    std::string_view name() const override { return "jitter"; }
    Result<std::unique_ptr<BarSource>> fit(const SourceInput& input) const override { return std::make_unique<Jitter>(input.channels); }
};

}  // namespace

std::unique_ptr<SourceKind> block_bootstrap_source() { return std::make_unique<BlockBootstrapKind>(); }
std::unique_ptr<SourceKind> jitter_source() { return std::make_unique<JitterKind>(); }

}  // namespace aitrading::models
