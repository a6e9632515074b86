#include "insight/correlation/correlation_guest.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "insight/correlation/frame_correlations.hpp"

namespace aitrading::insight {
namespace {

using Markets = std::shared_ptr<const std::vector<CrossSeries>>;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// A market's log level as the bars come.
struct Level {
    std::size_t seen = 0;  ///< levels told so far
    double log = unknown;  ///< of the last one

    /// Log return since the bar before; unknown where nothing new was known.
    double advance(const CrossSeries& market, UnixNanos known) {
        const std::size_t before = seen;
        while (seen < market.size() && market.known[seen] <= known) ++seen;
        if (seen == before) return unknown;
        const double last = log;
        log = std::log(market.level[seen - 1]);
        return log - last;
    }
};

class CorrelationGuest final : public FeatureGuest {
  public:
    CorrelationGuest(FrameOptions options, FrameCorrelations frames, Markets markets)
        : options_(std::move(options)), frames_(std::move(frames)), markets_(std::move(markets)), levels_(markets_->size()),
          row_(markets_->size() + 1) {}
    std::unique_ptr<FeatureGuest> clone() const override { return std::make_unique<CorrelationGuest>(*this); }

    void describe(Catalogue& c) const override {
        c.group("correlation");
        for (const CrossSeries& market : *markets_) {
            for (const FrameWindow& w : options_.frames)
                c.add(fmt::format("{}_corr_{}", market.name, lower(name(w.frame))),
                      fmt::format("correlation with {} over {} closed {} bars", market.meaning, w.rolling.window, name(w.frame)));
            if (options_.frames.size() < 2) continue;
            c.add(market.name + "_corr_spread", "how far the timeframes' correlations with it are apart");
            c.add(market.name + "_corr_fast_minus_slow", "correlation with it in the shortest timeframe less that in the longest");
        }
    }
    std::vector<std::pair<std::string, std::string>> parameters() const override {
        std::string text = "frames version 1";
        for (const FrameWindow& w : options_.frames) text += fmt::format(", {} {}", name(w.frame), w.rolling.window);
        for (const CrossSeries& market : *markets_) text += fmt::format(", {} ({})", market.name, market.meaning);
        return {{"correlation", text}};
    }
    double* update(const Moment& m, double* out) override {
        row_[0] = m.change;
        for (std::size_t j = 0; j < levels_.size(); ++j) row_[j + 1] = levels_[j].advance((*markets_)[j], m.known);
        frames_.update(m.known, row_);
        for (std::size_t j = 0; j < levels_.size(); ++j) {
            for (std::size_t f = 0; f < frames_.frames(); ++f) *out++ = frames_.pairs(f)[pair_index(0, j + 1)];
            if (frames_.frames() < 2) continue;
            const auto apart = frames_.disagreement(0, j + 1);
            *out++ = apart.spread;
            *out++ = apart.fast_minus_slow;
        }
        return out;
    }

  private:
    FrameOptions options_;
    FrameCorrelations frames_;
    Markets markets_;
    std::vector<Level> levels_;  ///< [markets]
    std::vector<double> row_;    ///< [1 + markets] returns over the bar, the series' own first
};

}  // namespace

Result<std::unique_ptr<FeatureGuest>> correlation_guest(Timeframe base, Markets markets) {
    if (!markets || markets->empty())
        return fail(ErrorCode::usage, "correlation columns need another market: import one of the same timeframe and name it with --with");
    FrameOptions options;
    options.base = base;
    const std::int64_t length = duration_nanos(base);
    std::erase_if(options.frames, [&](const FrameWindow& w) { return duration_nanos(w.frame) < length; });
    if (length == 0 || options.frames.empty())
        return fail(ErrorCode::usage, fmt::format("correlation columns need bars of at most a day, not {}", name(base)));
    if (options.frames.front().frame != base && duration_nanos(options.frames.front().frame) % length != 0)
        return fail(ErrorCode::usage, fmt::format("correlation columns cannot be built from {}", name(base)));
    // Another session misses some bars: four fifths of a window tell enough.
    for (FrameWindow& w : options.frames) w.rolling.rows_min = w.rolling.window * 4 / 5;
    TRY(FrameCorrelations frames, FrameCorrelations::of(markets->size() + 1, options));
    return std::make_unique<CorrelationGuest>(std::move(options), std::move(frames), std::move(markets));
}

}  // namespace aitrading::insight
