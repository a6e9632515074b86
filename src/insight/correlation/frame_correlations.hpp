#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "insight/correlation/rolling_correlation.hpp"

namespace aitrading::insight {

struct FrameWindow {
    Timeframe frame = Timeframe::h1;
    RollingOptions rolling;  ///< in bars of the frame
};

struct FrameOptions {
    Timeframe base = Timeframe::m15;  ///< of the rows given
    std::vector<FrameWindow> frames{{Timeframe::m15, {.window = 192}}, {Timeframe::h1, {.window = 120}},
                                    {Timeframe::h4, {.window = 90}}, {Timeframe::d1, {.window = 60}}};
    /// Bars begin at multiples of their length since 1970 UTC plus this: 22 h makes days that end with New York's in winter.
    std::int64_t offset_nanos = 0;
};

/// The same pairs in several timeframes at once, built from one series of base rows (see aligned_returns). A frame's bar is
/// the sum of the base returns known within it; one that a series has no return in is missing there. Only closed bars count:
/// a bar closes with the row known at its end, or else with the first row known after it.
class FrameCorrelations {
  public:
    /// @errors usage (no frame, a frame shorter than the base, not a multiple of it or longer than a day, doubles, or what
    ///         RollingCorrelation refuses)
    static Result<FrameCorrelations> of(std::size_t series, const FrameOptions& options);

    /// Takes the next base row. @pre known increasing, row.size() == series   @complexity O(series^2) a bar that closes
    void update(UnixNanos known, std::span<const double> row);

    std::size_t frames() const { return frames_.size(); }
    Timeframe frame(std::size_t f) const { return frames_[f].frame; }
    /// Pairs of one frame as of its last closed bar, packed, NaN where not available.
    std::span<const double> pairs(std::size_t f) const { return frames_[f].rolling.pairs(); }
    Missing why(std::size_t f, std::size_t i, std::size_t j) const { return frames_[f].rolling.why(i, j); }
    /// End of the frame's last closed bar; the smallest instant before the first.
    UnixNanos closed(std::size_t f) const { return frames_[f].closed; }

    /// How far the frames are apart. NaN until each frame's is available, so that the feature means the same on every row.
    struct Disagreement {
        double spread;           ///< greatest minus least
        double fast_minus_slow;  ///< first frame minus last
    };
    Disagreement disagreement(std::size_t i, std::size_t j) const;

  private:
    struct Frame {
        Timeframe frame;
        std::int64_t length;
        RollingCorrelation rolling;
        std::int64_t end = 0;            ///< of the open bar
        bool open = false;
        UnixNanos closed;
        std::vector<double> sum;         ///< of the open bar, NaN where a series has no return yet
    };
    explicit FrameCorrelations(std::int64_t offset) : offset_(offset) {}
    static void close(Frame& frame);
    std::int64_t offset_;
    std::vector<Frame> frames_;
};

}  // namespace aitrading::insight
