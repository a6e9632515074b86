#include "insight/correlation/frame_correlations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The first multiple of `length` (plus offset) at or after an instant: the end of the bar that it closes in.
std::int64_t bar_end(std::int64_t at, std::int64_t length, std::int64_t offset) {
    const std::int64_t rest = (at - offset) % length;
    if (rest == 0) return at;
    return at - rest + (rest > 0 ? length : 0);
}

}  // namespace

Result<FrameCorrelations> FrameCorrelations::of(std::size_t series, const FrameOptions& options) {
    const std::int64_t base = duration_nanos(options.base);
    if (options.frames.empty() || base == 0) return fail(ErrorCode::usage, "frame correlations need a base of bars and at least one frame");
    FrameCorrelations out(options.offset_nanos);
    for (const FrameWindow& window : options.frames) {
        const std::int64_t length = duration_nanos(window.frame);
        if (length < base || length % base != 0 || length > nanos_per_day)
            return fail(ErrorCode::usage, fmt::format("{} bars cannot be built from {}: a frame is a multiple of the base, at most D1",
                                                      name(window.frame), name(options.base)));
        if (std::ranges::any_of(out.frames_, [&](const Frame& f) { return f.frame == window.frame; }))
            return fail(ErrorCode::usage, fmt::format("frame {} is given twice", name(window.frame)));
        TRY(RollingCorrelation rolling, RollingCorrelation::of(series, window.rolling));
        out.frames_.push_back({window.frame, length, std::move(rolling), 0, false,
                               {std::numeric_limits<std::int64_t>::min()}, std::vector<double>(series, nan)});
    }
    return out;
}

void FrameCorrelations::close(Frame& frame) {
    frame.rolling.update(frame.sum);
    frame.closed = {frame.end};
    frame.open = false;
    std::ranges::fill(frame.sum, nan);
}

void FrameCorrelations::update(UnixNanos known, std::span<const double> row) {
    for (Frame& frame : frames_) {
        DCHECK(row.size() == frame.sum.size());
        const std::int64_t end = bar_end(known.value, frame.length, offset_);
        if (frame.open && end != frame.end) close(frame);
        frame.end = end;
        frame.open = true;
        for (std::size_t i = 0; i < row.size(); ++i)
            if (std::isfinite(row[i])) frame.sum[i] = std::isnan(frame.sum[i]) ? row[i] : frame.sum[i] + row[i];
        if (known.value == end) close(frame);
    }
}

FrameCorrelations::Disagreement FrameCorrelations::disagreement(std::size_t i, std::size_t j) const {
    const std::size_t k = pair_index(i, j);
    double least = 2, greatest = -2;
    for (const Frame& frame : frames_) {
        const double value = frame.rolling.pairs()[k];
        if (std::isnan(value)) return {nan, nan};
        least = std::min(least, value);
        greatest = std::max(greatest, value);
    }
    return {greatest - least, frames_.front().rolling.pairs()[k] - frames_.back().rolling.pairs()[k]};
}

}  // namespace aitrading::insight
