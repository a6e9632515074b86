#include "insight/regimes/rule_features.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace aitrading::insight {
namespace {

/// ln of a size, with a floor that keeps a market without any out of the infinities.
double log_size(double x) { return std::log(std::max(x, 1e-300)); }

/// Rank of a size among those of the trailing window; unknown while the size is.
double share_of(RollingRank& window, double size) {
    if (is_unknown(size)) return unknown;
    window.update(log_size(size));
    return window.rank();
}

/// Where |r| / sigma lies beyond what the greatest of n normal draws reaches in 99 of 100 cases (Lee and Mykland 2008,
/// with sigma from bipower variation, so c = 1).
double jump_threshold(int n) {
    const double root = std::sqrt(2 * std::log(static_cast<double>(n)));
    const double centre = root - (std::log(std::numbers::pi) + std::log(std::log(static_cast<double>(n)))) / (2 * root);
    const double beta = -std::log(-std::log(0.99));
    return centre + beta / root;
}

}  // namespace

Result<RuleFeatureStream> RuleFeatureStream::of(const RuleOptions& options) {
    if (options.window < 20 || options.window > 1000 || options.references < 2 || options.references > 100)
        return fail(ErrorCode::usage, fmt::format("regime rules take a window of 20 to 1000 bars and 2 to 100 of them as reference; "
                                                  "got {} and {}", options.window, options.references));
    TRY(Bocpd bocpd, Bocpd::of({.expected_duration = static_cast<double>(options.window)}));
    return RuleFeatureStream(options, std::move(bocpd));
}

RuleFeatureStream::RuleFeatureStream(const RuleOptions& o, Bocpd bocpd)
    : options_(o),
      reference_(o.window * o.references),
      sigma_(o.window),
      efficiency_(o.window),
      adx_(14),
      atr_(14),
      line_(o.window),
      level_(o.window),
      volume_(reference_),
      spread_(reference_),
      returns_(o.window),
      bands_(20, 2),
      channel_(o.window),
      amihud_(o.window),
      bipower_(o.window),
      sigma_rank_(static_cast<std::size_t>(reference_)),
      band_rank_(static_cast<std::size_t>(reference_)),
      amihud_rank_(static_cast<std::size_t>(reference_)),
      efficiency_rank_(static_cast<std::size_t>(reference_)),
      adx_rank_(static_cast<std::size_t>(reference_)),
      band_low_(std::max(1, o.window / 2)),
      bocpd_(std::move(bocpd)),
      jump_threshold_(jump_threshold(o.window)) {}

const RuleFeatures& RuleFeatureStream::update(const Candle& bar, std::optional<double> spread) {
    trend(bar);
    activity(bar, spread);
    change(bar);
    still_bars_ = bar.high == bar.low && bar.close == last_close_ ? still_bars_ + 1 : 0;
    out_.still = still_bars_ >= options_.window;
    last_close_ = bar.close;
    out_.warm = ++seen_ > reference_ + options_.window;
    return out_;
}

void RuleFeatureStream::trend(const Candle& bar) {
    const double n = options_.window, level = log_price_.update(bar.close);
    out_.efficiency = efficiency_.update(bar.close);
    out_.efficiency_share = share_of(efficiency_rank_, out_.efficiency);
    out_.adx = adx_.update(bar);
    out_.adx_share = share_of(adx_rank_, out_.adx);
    const double variance = level_.update(level);
    if (line_.update(level) && variance > 0) {
        // r² = slope² var(time) / var(level); t² = (n - 2) r² / (1 - r²).
        const double slope = line_.slope(), explained = std::min(slope * slope * (n * n - 1) / 12 / variance, 1.0);
        out_.trend_t = std::copysign(std::sqrt((n - 2) * explained / std::max(1 - explained, 1e-12)), slope);
    } else {
        out_.trend_t = variance == 0 ? 0 : unknown;
    }
    const double atr = atr_.update(bar);
    out_.breakout_atr = 0;
    if (atr > 0 && bar.close > last_upper_) out_.breakout_atr = (bar.close - last_upper_) / atr;
    if (atr > 0 && bar.close < last_lower_) out_.breakout_atr = (bar.close - last_lower_) / atr;
    const auto channel = channel_.update(bar);
    last_upper_ = channel[0];
    last_lower_ = channel[2];
}

void RuleFeatureStream::activity(const Candle& bar, std::optional<double> spread) {
    const auto z_of = [](Variance& window, double x) {
        const double variance = window.update(x);
        return variance > 0 ? window.distance(x) / std::sqrt(variance) : (variance == 0 ? 0.0 : unknown);
    };
    if (const double sigma = sigma_.update(bar); !is_unknown(sigma)) out_.volatility_share = share_of(sigma_rank_, sigma);
    const auto bands = bands_.update(bar.close);
    if (!is_unknown(bands[0])) {
        band_rank_.update(log_size((bands[0] - bands[2]) / bands[1]));
        out_.band_share_low = band_low_.update(band_rank_.rank());
    }
    if (options_.has_spread && spread && std::isfinite(*spread)) out_.spread_z = z_of(spread_, log_size(*spread));
    if (!options_.has_volume) return;
    out_.volume_z = z_of(volume_, std::log1p(std::max(bar.volume, 0.0)));
    if (const double amihud = amihud_.update(bar); !is_unknown(amihud)) {
        constexpr double shift = 8;  // puts what markets show inside the bins of RollingRank
        amihud_rank_.update(log_size(amihud) + shift);
        out_.illiquidity_share = amihud_rank_.rank();
    }
}

void RuleFeatureStream::change(const Candle& bar) {
    const double change = is_unknown(last_close_) ? unknown : log_ratio(bar.close, last_close_);
    out_.move = last_bipower_ > 0 ? std::abs(change) / std::sqrt(last_bipower_ / options_.window) : unknown;
    out_.jump = out_.move > jump_threshold_;
    last_bipower_ = bipower_.update(bar.close);
    if (is_unknown(change)) return;
    if (last_variance_ > 0) {
        bocpd_.update(change / std::sqrt(last_variance_));
        out_.new_run = bocpd_.short_run_probability();
    }
    last_variance_ = returns_.update(change);
}

}  // namespace aitrading::insight
