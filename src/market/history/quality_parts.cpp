#include "market/history/quality_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "market/calendar/clock.hpp"
#include "market/history/clock_evidence.hpp"
#include "report/format.hpp"

namespace aitrading::market {
namespace {

using report::QualityReport;

/// Every n-th value, n doubled whenever there are too many: enough for quartiles, without chance.
class Quantiles {
  public:
    void add(double value) {
        if (seen_++ % stride_ != 0) return;
        values_.push_back(value);
        if (values_.size() < most) return;
        std::vector<double> half;
        for (std::size_t i = 0; i < values_.size(); i += 2) half.push_back(values_[i]);
        values_ = std::move(half);
        stride_ *= 2;
    }
    double at(double share) {
        if (values_.empty()) return NAN;
        const auto place = values_.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values_.size() - 1));
        std::ranges::nth_element(values_, place);
        return *place;
    }
    std::int64_t seen() const { return seen_; }

  private:
    static constexpr std::size_t most = 4'096;
    std::vector<double> values_;
    std::int64_t seen_ = 0, stride_ = 1;
};

std::size_t hour_of(UnixNanos t) { return static_cast<std::size_t>(((t.value % nanos_per_day) + nanos_per_day) % nanos_per_day / nanos_per_hour); }

std::vector<report::QualityHour> quartiles(std::array<Quantiles, 24>& hours) {
    std::vector<report::QualityHour> out;
    for (std::size_t h = 0; h < hours.size(); ++h)
        if (hours[h].seen() > 0) out.push_back({static_cast<int>(h), hours[h].at(0.25), hours[h].at(0.5), hours[h].at(0.75), hours[h].seen()});
    return out;
}

/// Pieces of equal time over the series, at most this many: two for each pixel of a wide picture would not be seen.
class Pieces {
  public:
    Pieces(const SeriesInfo& info) : begin_(info.first.value), length_((info.last.value - info.first.value) / count + 1) {}  // NOLINT
    void price(UnixNanos t, Price low, Price high) {
        Piece& p = at(t);
        p.low = p.any ? std::min(p.low, low) : low, p.high = p.any ? std::max(p.high, high) : high;
        p.any = true;
    }
    void spread(UnixNanos t, double value) {
        Piece& p = at(t);
        p.lowest = std::min(p.lowest, value);
        p.spread.add(value);
    }
    std::vector<report::QualityBucket> take() {
        std::vector<report::QualityBucket> out;
        out.reserve(pieces_.size());
        for (auto& [index, p] : pieces_)
            out.push_back({{begin_ + index * length_}, p.low.to_double(), p.high.to_double(), p.spread.seen() > 0 ? p.lowest : NAN, p.spread.at(0.5)});
        return out;
    }

  private:
    static constexpr std::int64_t count = 900;
    struct Piece {
        Price low, high;
        bool any = false;
        double lowest = INFINITY;
        Quantiles spread;
    };
    Piece& at(UnixNanos t) { return pieces_[(t.value - begin_) / length_]; }
    std::int64_t begin_, length_;
    std::map<std::int64_t, Piece> pieces_;
};

/// Rows that each day of the series would have were the market's hours kept.
std::vector<report::QualityDay> expected_days(const SeriesInfo& info, MarketKind kind) {
    const std::int64_t step = duration_nanos(info.key.timeframe);
    const TradingWeek market(kind);
    std::vector<report::QualityDay> out;
    const auto floor_day = [](UnixNanos t) { return t.value - ((t.value % nanos_per_day) + nanos_per_day) % nanos_per_day; };
    for (std::int64_t day = floor_day(info.first); day <= info.last.value; day += nanos_per_day) {
        report::QualityDay entry{{day}};
        const std::int64_t grain = step == 0 ? nanos_per_hour : std::max(step, 30 * nanos_per_minute);
        std::int64_t open = 0;
        for (std::int64_t t = day; t < day + nanos_per_day; t += grain)
            open += t >= info.first.value && t <= info.last.value && market.open_at({t});
        if (step == 0)
            entry.expected = open > 0;
        else if (step >= nanos_per_day)
            entry.expected = weekday({day + 4 * nanos_per_hour}) < 5 && market.open_at({day + 17 * nanos_per_hour});
        else
            entry.expected = open * (grain / step);
        if (step <= nanos_per_day) out.push_back(entry);
    }
    return out;
}

void count_faults(const SeriesCheck& check, std::vector<report::QualityDay>& days) {
    for (const Finding& f : check.findings) {
        if (days.empty() || f.to != f.from) continue;
        const std::int64_t index = (f.from.value - days.front().day.value) / nanos_per_day;
        if (f.from >= days.front().day && index < std::ssize(days)) ++days[static_cast<std::size_t>(index)].faults;
    }
}

/// Instants in time order as wall times of New York.
class NewYorkTime {
  public:
    std::int64_t wall(UnixNanos t) {
        if (t.value >= known_until_) {  // offsets change on Sundays only: one look a day is enough
            offset_ = offset_at(clock_, t);
            known_until_ = t.value - t.value % nanos_per_day + nanos_per_day;
        }
        return t.value + offset_;
    }

  private:
    Clock clock_ = *Clock::parse("America/New_York");
    std::int64_t known_until_ = INT64_MIN, offset_ = 0;
};

/// Weekly openings and closes in New York, and how far the file's own clock was ahead.
void measure_weeks(const std::vector<std::int64_t>& wall, std::int64_t step, const SeriesCheck& check, QualityReport& out) {
    const Clock new_york = *Clock::parse("America/New_York");
    const std::string file_clock = telling_clock(check);
    const auto clock = Clock::parse(file_clock.empty() ? "UTC" : file_clock);
    for (const WeekSeen& week : trace_clock(wall, {}, {}, step).weeks) {
        report::QualityWeek entry;
        entry.time = {(week_begin(week.week) - minutes_per_day / 2) * nanos_per_minute};
        if (week.open >= 0) entry.open = static_cast<double>(week.open - week_open_minute);
        if (week.close >= 0) entry.close = static_cast<double>(week.close - week_close_minute);
        const UnixNanos wednesday{entry.time.value + 4 * nanos_per_day};
        if (clock && !file_clock.empty())
            entry.ahead = static_cast<double>(offset_at(*clock, wednesday) - offset_at(new_york, wednesday)) / static_cast<double>(nanos_per_hour);
        out.weeks.push_back(entry);
    }
}

}  // namespace

std::string telling_clock(const SeriesCheck& check) {
    std::string out;
    for (const ImportOrigin& origin : check.origins)
        if (out.empty() || (origin.timezone.find(" until ") != std::string::npos && out.find(" until ") == std::string::npos)) out = origin.timezone;
    return out;
}

std::vector<Finding> clock_spans(const SeriesCheck& check) {
    const std::string text = telling_clock(check);
    struct Span {
        std::string zone;
        UnixNanos from, to;
    };
    std::vector<Span> spans;
    UnixNanos from = check.info.first;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t comma = rest.find(", "), until = rest.substr(0, comma).find(" until ");
        UnixNanos to = check.info.last;
        if (until != std::string_view::npos)
            if (const auto date = parse_iso8601(rest.substr(until + 7, 10))) to = *date;
        if (to > from) spans.push_back({std::string(rest.substr(0, std::min(until, comma))), from, to});
        from = std::max(from, to);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 2);
    }
    std::map<std::string, std::int64_t> lengths;
    for (const Span& span : spans) lengths[span.zone] += span.to.value - span.from.value;
    const auto main = std::ranges::max_element(lengths, {}, [](const auto& entry) { return entry.second; });
    std::vector<Finding> out;
    for (const Span& span : spans)
        if (span.zone != main->first) out.push_back({"clock_shift", span.from, span.to, {}, {}});
    return out;
}

std::string clock_sentence(const SeriesCheck& check) {
    const std::string text = telling_clock(check);
    if (text.empty()) return "Nothing is known of the files of this series";
    const std::vector<Finding> spans = clock_spans(check);
    if (spans.empty()) return fmt::format("The file was written in {}", text);
    return fmt::format("The file's clock was another one from {} to {}", report::date(spans[0].from), report::date(spans[0].to));
}

Result<void> measure_bars(const ports::SeriesStore& store, const SeriesCheck& check, QualityReport& out) {
    constexpr std::size_t batch_rows = 65'536;
    const SeriesInfo& info = check.info;
    const std::int64_t step = duration_nanos(info.key.timeframe);
    const double pip = pip_of(info.key.symbol, info.digits).to_double();
    const bool sides = info.has_ask, spreads = info.has_spread, hours = step < nanos_per_day, weeks = step <= nanos_per_hour;
    out.days = expected_days(info, check.kind);
    std::array<Quantiles, 24> spread, volume;
    Pieces pieces(info);
    NewYorkTime new_york;
    std::vector<std::int64_t> wall;
    bool any_volume = false;
    TRY_VOID(store.stream_bars(info.key, {}, batch_rows, [&](const BarColumns& bars) {
        for (std::size_t i = 0; i < bars.size(); ++i) {
            const UnixNanos t = bars.time[i];
            pieces.price(t, bars.low[i], bars.high[i]);
            if (sides || spreads) {
                const double value = (sides ? bars.ask_close[i] - bars.close[i] : bars.spread[i]).to_double() / pip;
                spread[hour_of(t)].add(value);
                pieces.spread(t, value);
            }
            any_volume = any_volume || bars.volume[i].raw != 0;
            volume[hour_of(t)].add(bars.volume[i].to_double());
            if (!out.days.empty()) ++out.days[static_cast<std::size_t>((t.value - out.days.front().day.value) / nanos_per_day)].rows;
            if (weeks) wall.push_back(new_york.wall(t));
        }
        return true;
    }));
    count_faults(check, out.days);
    out.buckets = pieces.take();
    out.spread_unit = "pips";
    if (sides || spreads) out.spread = quartiles(spread);
    else out.no_spread = "The series has one side only.";
    if (any_volume && hours) out.volume = quartiles(volume);
    else out.no_volume = any_volume ? "Bars of a day have no hour." : "It is always zero.";
    if (!hours) out.spread.clear(), out.no_spread = "Bars of a day have no hour.";
    if (weeks) measure_weeks(wall, step, check, out);
    return {};
}

Result<void> measure_ticks(const ports::SeriesStore& store, const SeriesCheck& check, QualityReport& out) {
    constexpr std::size_t batch_rows = 65'536;
    const double pip = pip_of(check.info.key.symbol, check.info.digits).to_double();
    out.days = expected_days(check.info, market_kind(check.info.key.symbol));
    std::array<Quantiles, 24> spread, volume;
    std::map<std::int64_t, double> per_hour;
    Pieces pieces(check.info);
    TRY_VOID(store.stream_ticks(check.info.key, {}, batch_rows, [&](const TickColumns& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const UnixNanos t = batch.time[i];
            const double value = (batch.ask[i] - batch.bid[i]).to_double() / pip;
            pieces.price(t, batch.bid[i], batch.bid[i]);
            pieces.spread(t, value);
            spread[hour_of(t)].add(value);
            ++per_hour[t.value / nanos_per_hour];
            if (!out.days.empty()) out.days[static_cast<std::size_t>((t.value - out.days.front().day.value) / nanos_per_day)].rows = 1;
        }
        return true;
    }));
    for (const auto& [hour, count] : per_hour) volume[hour_of({hour * nanos_per_hour})].add(count);
    count_faults(check, out.days);
    out.buckets = pieces.take();
    out.spread_unit = "pips";
    out.spread = quartiles(spread);
    out.volume = quartiles(volume);
    return {};
}

}  // namespace aitrading::market
