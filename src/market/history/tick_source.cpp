#include "market/history/tick_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "market/history/tick_minutes.hpp"

namespace aitrading::market {

Result<bool> TickSource::next() {
    ParsedRow row;
    while (true) {
        TRY(const bool more, rows_.next(row));
        if (!more) {
            if (any_ && !has_sizes_) rows_.defects().note("no_volume", 0, "the sizes are always zero: they say nothing");
            return false;
        }
        if (!clock_known_) TRY_VOID(conclude(row));
        const UnixNanos time =
            stated_ ? UnixNanos{row.stamp.wall_nanos - row.stamp.offset_minutes * nanos_per_minute}
                                 : clock_.convert(row.stamp.wall_nanos);
        const Tick tick{time, row.bid[3], row.ask[3], row.volume, row.ask_volume};
        if (!accept(tick)) continue;
        report_.digits = std::max(report_.digits, row.decimals);
        current_ = tick;
        any_ = true;
        if (const auto spike = spikes_.see(tick, rows_.line_number(), report_.digits))
            rows_.defects().note("spike", spike->row, rows_.defects().knows("spike") ? "" : describe(*spike, report_.digits), spike->ticks);
        has_sizes_ = has_sizes_ || tick.bid_size.raw != 0 || tick.ask_size.raw != 0;
        return true;
    }
}

Result<void> TickSource::conclude(const ParsedRow& row) {
    if (known_ != nullptr) {
        stated_ = row.stamp.has_offset && known_->source == ClockSource::stated;
        take(*known_);
        return {};
    }
    TickMinutes minutes;
    const bool zero = row.stamp.offset_minutes == 0;
    const bool stated = row.stamp.has_offset && (options_.timezone.empty() || !zero);
    if (!stated && options_.timezone.empty() && rows_.layout().clock_is_assumed) {
        TRY(minutes, scan_tick_minutes(report_.path, options_));
    }
    ClockEvidence evidence;
    evidence.asked = options_.timezone;
    evidence.layout = &rows_.layout();
    evidence.times_state_offset = stated_ = stated;
    evidence.times_are_epochs = row.stamp.is_epoch;
    evidence.wall_nanos = minutes.wall_nanos;
    evidence.range = minutes.range;
    evidence.step_nanos = nanos_per_minute;
    evidence.symbol = report_.key.symbol;
    TRY(const ClockConclusion conclusion, conclude_clock(evidence, report_.path));
    take(conclusion);
    return {};
}

void TickSource::take(const ClockConclusion& conclusion) {
    if (!conclusion.warning.empty()) report_.warnings.push_back(conclusion.warning);
    report_.timezone = conclusion.clock.name();
    clock_ = WallToUtc(conclusion.clock);
    report_.clock = conclusion;
    clock_known_ = true;
}

bool TickSource::accept(const Tick& tick) {
    DefectTally& defects = rows_.defects();
    const auto refuse = [&](std::string_view kind, std::string_view what) {
        defects.refuse(kind, rows_.line_number(),
                       defects.is_full(kind) ? "" : fmt::format("column time: {} {}", to_iso8601(tick.time), what), rows_.line());
        return false;
    };
    const std::int64_t now = options_.now.value;
    if (tick.time.value > (now > INT64_MAX - nanos_per_day ? INT64_MAX : now + nanos_per_day))
        return refuse("future", "lies in the future");
    if (any_ && tick.time < current_.time)
        return refuse("out_of_order", "does not follow the row before; ticks must run from oldest to newest");
    if (any_ && tick == current_) return refuse("duplicate", "is there twice in every column; the first row stays");
    if (tick.ask < tick.bid)
        defects.note("crossed", rows_.line_number(), "the ask is below the bid; stored as it is");
    if (!any_) report_.first = tick.time;
    report_.last = tick.time;
    return true;
}

}  // namespace aitrading::market
