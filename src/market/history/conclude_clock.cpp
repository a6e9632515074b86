#include "market/history/conclude_clock.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace aitrading::market {
namespace {

/// A clock that the file states is doubted only from this probability on.
constexpr double contradiction_probability = 0.999;

/// Whether both clocks make the same instants of every week of the file.
bool same_instants(const Clock& a, const Clock& b, const ClockTraces& traces) {
    return std::ranges::all_of(traces.weeks, [&](const WeekSeen& week) {
        const std::int64_t wednesday = (week_begin(week.week) + minutes_per_week / 2) * nanos_per_minute;
        return WallToUtc(a).convert(wednesday) == WallToUtc(b).convert(wednesday);
    });
}

std::string told(const ClockFinding& finding) {
    return fmt::format("{} (probability {:.3f}: {})", finding.clock, finding.probability, fmt::join(finding.reasons, "; "));
}

Error question(const ClockEvidence& evidence, const ClockFinding& finding, const std::filesystem::path& path) {
    return {ErrorCode::bad_input,
            fmt::format("{}, column time: the clock is not known: {}, and the data do not tell it: {}. Say it, for example "
                        "--timezone UTC, --timezone Europe/Athens or --timezone America/New_York",
                        path.string(), evidence.layout->clock_reason, fmt::join(finding.reasons, "; ")),
            false};
}

/// In how many weeks the clocks that fit the data best give the same instants as the one that is taken; empty where they fit none.
std::string agreement(const Clock& taken, const ClockFinding& finding, const ClockTraces& traces) {
    if (finding.pieces.empty()) return {};
    std::int64_t agree = 0;
    for (const WeekSeen& week : traces.weeks) {
        const auto piece = std::ranges::find_if(finding.pieces, [&](const ClockPiece& p) { return week.week <= p.last_week; });
        const auto clock = Clock::parse(piece == finding.pieces.end() ? finding.pieces.back().clock : piece->clock);
        const std::int64_t wednesday = (week_begin(week.week) + minutes_per_week / 2) * nanos_per_minute;
        agree += clock && WallToUtc(*clock).convert(wednesday) == WallToUtc(taken).convert(wednesday);
    }
    return fmt::format("the clocks that fit the data best agree with {} in {} of {} weeks", taken.name(), agree, traces.weeks.size());
}

/// Takes what the data show, where they show something.
Result<void> decide(const ClockEvidence& evidence, const ClockFinding& finding, const ClockTraces& traces,
                    const std::filesystem::path& path, ClockConclusion& out, std::vector<std::string>& reasons) {
    const OpenLayout& layout = *evidence.layout;
    TRY(out.clock, Clock::parse(layout.default_clock));
    const double enough = layout.clock_is_assumed ? clock_probability_min : contradiction_probability;
    const bool fixed = !layout.clock_is_assumed || (evidence.times_are_epochs && layout.default_clock == "UTC");
    if (!finding.clock.empty() && finding.probability >= enough) {
        TRY(const Clock found, Clock::parse(finding.clock));
        const bool same = same_instants(found, out.clock, traces);
        if (!same)
            out.warning = fmt::format("the data show the clock {}; {} would be {}", told(finding), layout.clock_reason, out.clock.name());
        if (!same) out.clock = found;
        out.source = ClockSource::data;
        return {};
    }
    out.source = fixed ? ClockSource::stated : layout.clock_is_unknown ? ClockSource::assumed : ClockSource::documented;
    if (fixed) return {};
    if (layout.clock_is_unknown && evidence.may_ask) return std::unexpected(question(evidence, finding, path));
    if (std::string agrees = agreement(out.clock, finding, traces); !agrees.empty()) reasons.insert(reasons.begin(), std::move(agrees));
    out.warning = fmt::format("the times are taken as {}: {}; the data alone do not prove it ({}); if they are not, import with --timezone",
                              out.clock.name(), layout.clock_reason, fmt::join(reasons, "; "));
    return {};
}

}  // namespace

std::string_view name(ClockSource source) {
    switch (source) {
        case ClockSource::stated: return "stated by the file";
        case ClockSource::asked: return "asked for";
        case ClockSource::dates: return "dates without a time";
        case ClockSource::data: return "shown by the data";
        case ClockSource::documented: return "documented by the publisher";
        case ClockSource::assumed: break;
    }
    return "assumed";
}

Result<ClockConclusion> conclude_clock(const ClockEvidence& evidence, const std::filesystem::path& path) {
    ClockConclusion out;
    const ClockTraces traces = trace_clock(evidence.wall_nanos, evidence.range, evidence.volume, evidence.step_nanos);
    TRY(ClockFinding finding, detect_clock(traces, market_kind(evidence.symbol), evidence.layout->default_clock));
    if (!evidence.asked.empty() && !evidence.times_state_offset) {
        TRY(out.clock, Clock::parse(evidence.asked));
        out.source = ClockSource::asked;
    } else if (evidence.times_state_offset) {
        out.source = ClockSource::stated;
    } else if (evidence.times_are_dates && (evidence.layout->default_clock == "UTC" || evidence.layout->clock_is_unknown)) {
        out.source = ClockSource::dates;
        finding.reasons = {"dates without a time of day are the trading day, stored as 00:00 UTC"};
    } else {
        std::vector<std::string> reasons = finding.reasons;
        TRY_VOID(decide(evidence, finding, traces, path, out, reasons));
        finding.reasons = std::move(reasons);
    }
    const bool decided = out.source == ClockSource::stated || out.source == ClockSource::asked;
    const double enough = out.source == ClockSource::asked ? clock_probability_min : contradiction_probability;
    if (decided && finding.probability >= enough && !finding.clock.empty()) {
        TRY(const Clock found, Clock::parse(finding.clock));
        if (!same_instants(found, out.clock, traces))
            out.warning = fmt::format("the times are taken as {} ({}), but the data look like {}", out.clock.name(), name(out.source),
                                      told(finding));
    }
    out.probability = decided ? 1 : finding.probability;
    out.pieces = std::move(finding.pieces);
    out.reasons = std::move(finding.reasons);
    return out;
}

}  // namespace aitrading::market
