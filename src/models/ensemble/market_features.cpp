#include "models/ensemble/market_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "models/ensemble/member_fit.hpp"

namespace aitrading::models {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array memory_names{"r", "abs_r", "volume", "spread", "r_x1", "r_dxy1", "r_lag1"};
constexpr double square_step = 2.0 / 11.0;  // span 10

bool finite(const MarketBar& b) {
    return std::isfinite(b.x) && std::isfinite(b.dxy) && std::isfinite(b.r_bp) &&
           std::isfinite(b.log_volume) && std::isfinite(b.log_spread);
}

}  // namespace

std::vector<std::string> MarketFeatures::names() {
    std::vector<std::string> out{"x", "dxy", "r", "volume", "spread"};
    for (const double span : spans)
        for (const char* memory : memory_names) out.push_back(fmt::format("ewma({},{})", memory, span));
    out.push_back("log_rms_r(10)");
    return out;
}

std::string MarketFeatures::manifest_hash() {
    Fingerprint print;
    print.add(std::string_view("market features 1"));
    for (const std::string& name : names()) print.add(name);
    return print.hex();
}

std::span<const double> MarketFeatures::update(const MarketBar& bar) {
    static_assert(columns == 5 + spans.size() * memories + 1 && memories == memory_names.size());
    if (!finite(bar)) {
        row_.fill(nan);
        return row_;
    }
    const bool first = bars_++ == 0;
    const std::array<double, memories> now{bar.r_bp,
                                           std::abs(bar.r_bp),
                                           bar.log_volume,
                                           bar.log_spread,
                                           bar.r_bp * last_.x,
                                           bar.r_bp * last_.dxy,
                                           bar.r_bp * std::tanh(last_.r_bp / 5)};
    std::size_t at = 0;
    for (const double value : {bar.x, bar.dxy, bar.r_bp, bar.log_volume, bar.log_spread}) row_[at++] = value;
    for (std::size_t s = 0; s < spans.size(); ++s) {
        const double step = first ? 1.0 : 2.0 / (spans[s] + 1);
        for (std::size_t m = 0; m < memories; ++m) {
            mean_[s][m] += step * (now[m] - mean_[s][m]);
            row_[at++] = mean_[s][m];
        }
    }
    square_ += (first ? 1.0 : square_step) * (bar.r_bp * bar.r_bp - square_);
    row_[at] = 0.5 * std::log(square_ + 1e-6);
    last_ = bar;
    return row_;
}

FeatureMatrix market_feature_matrix(std::span<const MarketBar> bars) {
    FeatureMatrix out;
    out.names = MarketFeatures::names();
    out.manifest_hash = MarketFeatures::manifest_hash();
    out.time.reserve(bars.size());
    out.known.reserve(bars.size());
    out.values.reserve(bars.size() * MarketFeatures::columns);
    MarketFeatures features;
    for (std::size_t t = 0; t < bars.size(); ++t) {
        const auto row = features.update(bars[t]);
        out.values.insert(out.values.end(), row.begin(), row.end());
        out.time.push_back({static_cast<std::int64_t>(t) * nanos_per_second});
        out.known.push_back({static_cast<std::int64_t>(t + 1) * nanos_per_second});
    }
    return out;
}

LabelSet market_labels(std::span<const MarketBar> bars) {
    LabelSet out;
    out.spec = "next_bar";
    out.directional = true;
    for (std::size_t t = 0; t < bars.size(); ++t) {
        const double next = t + 1 < bars.size() ? bars[t + 1].r_bp : nan;
        const bool known = std::isfinite(next) && next != 0;
        out.row.push_back(static_cast<std::uint32_t>(t));
        out.end.push_back(static_cast<std::uint32_t>(t + 1));
        out.y.push_back(known ? (next > 0 ? 1.0F : 0.0F) : std::numeric_limits<float>::quiet_NaN());
        out.target.push_back(next);
        out.weight.push_back(1.0);
    }
    out.weight = effective_weights(out, true);
    return out;
}

}  // namespace aitrading::models
