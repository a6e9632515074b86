#include "insight/features/feature_set.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "insight/features/calendar_features.hpp"
#include "insight/features/frame_features.hpp"
#include "insight/features/oscillator_features.hpp"
#include "insight/features/return_features.hpp"
#include "insight/features/trend_features.hpp"
#include "insight/features/volatility_features.hpp"
#include "insight/features/volume_features.hpp"

namespace aitrading::insight {

std::string FeatureManifest::fingerprint() const {
    Fingerprint print;
    const auto add = [&](std::string_view text) { print.add(text); };
    add(name);
    print.add(std::int64_t{version});
    add(aitrading::name(timeframe));
    for (const auto& [key, value] : parameters) add(key), add(value);
    for (const FeatureColumn& c : columns) add(c.name), add(c.group), add(c.meaning);
    for (const AbsentColumn& c : absent) add(c.name), add(c.reason);
    return print.hex();
}

FeatureOptions FeatureOptions::of(const BarColumns& bars) {
    const bool volume = std::ranges::any_of(bars.volume, [](Quantity v) { return v.raw > 0; });
    return {.timeframe = bars.key.timeframe, .has_volume = volume};
}

struct FeatureSet::State {
    explicit State(FeatureOptions o)
        : options(o), volatility(o.timeframe), volume(o.has_volume), calendar(o.timeframe) {
        for (const Timeframe frame : FrameFeatures::above(o.timeframe)) frames.emplace_back(frame);
        describe();
        row.assign(manifest.columns.size(), unknown);
    }

    void describe() {
        manifest.timeframe = options.timeframe;
        manifest.parameters = {{"volume", options.has_volume ? "yes" : "no"},
                               {"clock", "UTC"},
                               {"scale", "ATR(14) of the bar; root of EMA(40) of squared log returns"}};
        Catalogue catalogue(manifest);
        trend.describe(catalogue);
        oscillators.describe(catalogue);
        returns.describe(catalogue);
        volatility.describe(catalogue);
        volume.describe(catalogue);
        calendar.describe(catalogue);
        for (const FrameFeatures& frame : frames) frame.describe(catalogue);
        manifest.hash = manifest.fingerprint();
    }

    void update(const Bar& bar, double* out) {
        Moment m{.bar = Candle::of(bar),
                 .opened = bar.time,
                 .known = {bar.time.value + duration_nanos(options.timeframe)}};
        m.change = std::log(m.bar.close / last_close);
        last_close = m.bar.close;
        m.atr = atr.update(m.bar);
        m.volatility = is_unknown(m.change) ? unknown : std::sqrt(squares.update(m.change * m.change));
        double* const begin = out;
        out = trend.update(m, out);
        out = oscillators.update(m, out);
        out = returns.update(m, out);
        out = volatility.update(m, out);
        out = volume.update(m, out);
        out = calendar.update(m, out);
        for (FrameFeatures& frame : frames) out = frame.update(m, out);
        CHECK(out == begin + row.size());
    }

    FeatureOptions options;
    FeatureManifest manifest;
    std::vector<double> row;
    double last_close = unknown;
    Atr atr{14};
    Ema squares{40};
    TrendFeatures trend;
    OscillatorFeatures oscillators;
    ReturnFeatures returns;
    VolatilityFeatures volatility;
    VolumeFeatures volume;
    CalendarFeatures calendar;
    std::vector<FrameFeatures> frames;
};

FeatureSet::FeatureSet(FeatureOptions options) {
    CHECK(options.timeframe != Timeframe::ticks);
    state_ = std::make_unique<State>(options);
}
FeatureSet::FeatureSet(const FeatureSet& other) : state_(std::make_unique<State>(*other.state_)) {}
FeatureSet& FeatureSet::operator=(const FeatureSet& other) {
    *state_ = *other.state_;
    return *this;
}
FeatureSet::FeatureSet(FeatureSet&&) noexcept = default;
FeatureSet& FeatureSet::operator=(FeatureSet&&) noexcept = default;
FeatureSet::~FeatureSet() = default;

const FeatureManifest& FeatureSet::manifest() const { return state_->manifest; }

std::vector<std::string> FeatureSet::names() const {
    std::vector<std::string> names;
    for (const FeatureColumn& column : manifest().columns) names.push_back(column.name);
    return names;
}

std::span<const double> FeatureSet::update(const Bar& bar) {
    state_->update(bar, state_->row.data());
    return state_->row;
}

namespace {

Result<void> check_bars(const BarColumns& bars, Timeframe timeframe) {
    if (bars.key.timeframe != timeframe)
        return fail(ErrorCode::bad_input, fmt::format("features made for {} bars do not fit the series {}",
                                                      name(timeframe), to_string(bars.key)));
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar bar = bars.bar(i);
        if (i > 0 && bar.time <= bars.time[i - 1])
            return fail(ErrorCode::bad_input,
                        fmt::format("{}, row {}: time {} is not after the row before; sort the series and remove "
                                    "duplicates",
                                    to_string(bars.key), i, to_iso8601(bar.time)));
        if (bar.low.raw <= 0 || bar.high < bar.low)
            return fail(ErrorCode::bad_input,
                        fmt::format("{}, row {}: low {} and high {} are not prices with 0 < low <= high",
                                    to_string(bars.key), i, to_decimal(bar.low, bars.digits),
                                    to_decimal(bar.high, bars.digits)));
    }
    return {};
}

}  // namespace

Result<void> FeatureSet::check(const BarColumns& bars) const { return check_bars(bars, state_->options.timeframe); }

Result<FeatureMatrix> FeatureSet::compute(const BarColumns& bars) const {
    TRY_VOID(check(bars));
    State state(state_->options);
    FeatureMatrix matrix;
    matrix.names = names();
    matrix.manifest_hash = manifest().hash;
    matrix.time = bars.time;
    matrix.known.reserve(bars.size());
    matrix.values.resize(bars.size() * columns());
    const std::int64_t length = duration_nanos(state.options.timeframe);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        matrix.known.push_back({bars.time[i].value + length});
        state.update(bars.bar(i), matrix.values.data() + i * columns());
    }
    return matrix;
}

Result<FeatureStream> FeatureStream::open(FeatureSet set, const BarColumns& bars, UnixNanos from) {
    TRY_VOID(set.check(bars));
    FeatureStream stream(std::move(set), bars);
    while (stream.next_ < bars.size() && bars.time[stream.next_] < from) stream.next();
    return stream;
}

bool FeatureStream::next() {
    if (next_ == bars_->size()) return false;
    row_ = set_.update(bars_->bar(next_++));
    return true;
}

Result<FeatureMatrix> compute_features(const BarColumns& bars) {
    if (bars.key.timeframe == Timeframe::ticks)
        return fail(ErrorCode::usage,
                    fmt::format("{}: features need bars; make them first with data resample", to_string(bars.key)));
    return FeatureSet(FeatureOptions::of(bars)).compute(bars);
}

}  // namespace aitrading::insight
