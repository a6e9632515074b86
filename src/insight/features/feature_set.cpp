#include "insight/features/feature_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "insight/features/calendar_features.hpp"
#include "insight/features/cross_features.hpp"
#include "insight/features/frame_features.hpp"
#include "insight/features/market_features.hpp"
#include "insight/features/oscillator_features.hpp"
#include "insight/features/return_features.hpp"
#include "insight/features/trend_features.hpp"
#include "insight/features/volatility_features.hpp"
#include "insight/features/volume_features.hpp"
#include "insight/features/wide_features.hpp"

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

FeatureOptions FeatureOptions::wide_of(const BarColumns& bars, std::span<const CrossSeries> cross) {
    FeatureOptions options = of(bars);
    options.wide = true;
    options.has_spread = bars.has_ask() || bars.has_spread();
    for (const CrossSeries& series : cross) options.cross.push_back({series.name, series.meaning});
    return options;
}

namespace {

/// The groups that only the wide set has.
struct WideGroups {
    explicit WideGroups(const FeatureOptions& o)
        : channels(duration_nanos(o.timeframe) < nanos_per_day), liquidity(o.has_volume), spread(o.has_spread) {
        for (const auto& [name, meaning] : o.cross) cross.emplace_back(name, meaning);
    }
    void describe(Catalogue& c) const {
        channels.describe(c);
        momentum.describe(c);
        statistics.describe(c);
        liquidity.describe(c);
        spread.describe(c);
        candlesticks.describe(c);
        for (const CrossFeatures& other : cross) other.describe(c);
    }
    double* update(const Moment& m, double* out) {
        out = channels.update(m, out);
        out = momentum.update(m, out);
        out = statistics.update(m, out);
        out = liquidity.update(m, out);
        out = spread.update(m, out);
        out = candlesticks.update(m, out);
        for (CrossFeatures& other : cross) out = other.update(m, out);
        return out;
    }
    ChannelFeatures channels;
    MomentumFeatures momentum;
    StatisticFeatures statistics;
    LiquidityFeatures liquidity;
    SpreadFeatures spread;
    CandlestickFeatures candlesticks;
    std::vector<CrossFeatures> cross;
};

}  // namespace

struct FeatureSet::State {
    explicit State(const FeatureOptions& o)
        : options(o), volatility(o.timeframe), volume(o.has_volume), calendar(o.timeframe), guests(o.guests) {
        for (const Timeframe frame : FrameFeatures::above(o.timeframe)) frames.emplace_back(frame);
        if (o.wide) wide.emplace(o);
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
        if (wide) {
            manifest.name = "wide";
            wide->describe(catalogue);
            for (const AbsentColumn& column : options.absent) manifest.absent.push_back(column);
        }
        for (const GuestBox& guest : guests) {
            guest->describe(catalogue);
            std::ranges::move(guest->parameters(), std::back_inserter(manifest.parameters));
        }
        manifest.hash = manifest.fingerprint();
    }

    void update(const Bar& bar, double spread, double* out) {
        Moment m{.bar = Candle::of(bar),
                 .opened = bar.time,
                 .known = {bar.time.value + duration_nanos(options.timeframe)}};
        m.change = std::log(m.bar.close / last_close);
        last_close = m.bar.close;
        m.spread = spread;
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
        if (wide) out = wide->update(m, out);
        for (GuestBox& guest : guests) out = guest->update(m, out);
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
    std::optional<WideGroups> wide;
    std::vector<GuestBox> guests;
};

FeatureSet::FeatureSet(const FeatureOptions& options) {
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

std::span<const double> FeatureSet::update(const Bar& bar, double spread) {
    state_->update(bar, spread, state_->row.data());
    return state_->row;
}

void FeatureSet::observe(std::size_t cross, UnixNanos known, double level) {
    CHECK(state_->wide && cross < state_->wide->cross.size());
    state_->wide->cross[cross].observe(known, level);
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

Result<void> check_cross(const FeatureOptions& options, std::span<const CrossSeries> cross) {
    const auto same = [](const FeatureOptions::Cross& a, const CrossSeries& b) { return a.name == b.name; };
    if (!std::ranges::equal(options.cross, cross, same))
        return fail(ErrorCode::bad_input, fmt::format("features made with {} other markets do not fit the {} given",
                                                      options.cross.size(), cross.size()));
    for (const CrossSeries& series : cross)
        for (std::size_t i = 0; i < series.size(); ++i)
            if (!(series.level[i] > 0) || (i > 0 && series.known[i] <= series.known[i - 1]))
                return fail(ErrorCode::bad_input,
                            fmt::format("{}, level {}: times must increase and levels be positive", series.name, i));
    return {};
}

}  // namespace

std::vector<double> closing_spreads(const BarColumns& bars) {
    std::vector<double> spreads;
    if (!bars.has_ask() && !bars.has_spread()) return spreads;
    spreads.reserve(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i)
        spreads.push_back((bars.has_ask() ? bars.ask_close[i] - bars.close[i] : bars.spread[i]).to_double());
    return spreads;
}

const FeatureOptions& FeatureSet::options() const { return state_->options; }
std::span<const GuestBox> FeatureSet::guests() const { return state_->guests; }

Result<void> FeatureSet::check(const BarColumns& bars, std::span<const CrossSeries> cross) const {
    TRY_VOID(check_bars(bars, state_->options.timeframe));
    return check_cross(state_->options, cross);
}

Result<FeatureMatrix> FeatureSet::compute(const BarColumns& bars, std::span<const CrossSeries> cross) const {
    TRY_VOID(check(bars, cross));
    FeatureStream stream(FeatureSet(state_->options), bars, cross);
    FeatureMatrix matrix;
    matrix.names = names();
    matrix.manifest_hash = manifest().hash;
    matrix.time = bars.time;
    matrix.known.reserve(bars.size());
    matrix.values.resize(bars.size() * columns());
    const std::int64_t length = duration_nanos(state_->options.timeframe);
    for (double* row = matrix.values.data(); stream.next(); row += columns()) {
        matrix.known.push_back({stream.time().value + length});
        std::ranges::copy(stream.row(), row);
    }
    return matrix;
}

FeatureStream::FeatureStream(FeatureSet set, const BarColumns& bars, std::span<const CrossSeries> cross)
    : set_(std::move(set)), bars_(&bars), cross_(cross), seen_(cross.size()) {
    if (set_.options().has_spread) spreads_ = closing_spreads(bars);
}

Result<FeatureStream> FeatureStream::open(FeatureSet set, const BarColumns& bars, UnixNanos from,
                                          std::span<const CrossSeries> cross) {
    TRY_VOID(set.check(bars, cross));
    FeatureStream stream(std::move(set), bars, cross);
    while (stream.next_ < bars.size() && bars.time[stream.next_] < from) stream.next();
    return stream;
}

bool FeatureStream::next() {
    if (next_ == bars_->size()) return false;
    const UnixNanos known{bars_->time[next_].value + duration_nanos(set_.options().timeframe)};
    for (std::size_t k = 0; k < cross_.size(); ++k)
        for (const CrossSeries& other = cross_[k]; seen_[k] < other.size() && other.known[seen_[k]] <= known; ++seen_[k])
            set_.observe(k, other.known[seen_[k]], other.level[seen_[k]]);
    row_ = set_.update(bars_->bar(next_), spreads_.empty() ? unknown : spreads_[next_]);
    ++next_;
    return true;
}

Result<FeatureMatrix> compute_features(const BarColumns& bars) {
    if (bars.key.timeframe == Timeframe::ticks)
        return fail(ErrorCode::usage,
                    fmt::format("{}: features need bars; make them first with data resample", to_string(bars.key)));
    return FeatureSet(FeatureOptions::of(bars)).compute(bars);
}

}  // namespace aitrading::insight
