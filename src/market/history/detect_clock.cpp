#include "market/history/detect_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/time.hpp"
#include "market/history/clock_candidates.hpp"
#include "market/history/clock_likelihood.hpp"

namespace aitrading::market {
namespace {

constexpr double log_switch = -5.0;  // a clock changes its rule about once in three years of a file

constexpr std::int64_t step_max = 60;
constexpr double log_cut = -1.0;     // about a quarter of the sources cut their weeks

/// Score of each candidate in each week.
using Scores = std::vector<std::vector<double>>;  // [candidate][week]

Scores score_weeks(const ClockTraces& traces, const ClockLikelihood& likelihood, const std::vector<ClockCandidate>& all) {
    Scores out(all.size(), std::vector<double>(traces.weeks.size()));
    for (std::size_t w = 0; w < traces.weeks.size(); ++w) {
        std::map<std::int64_t, double> known;
        for (std::size_t c = 0; c < all.size(); ++c) {
            const auto [entry, is_new] = known.try_emplace(all[c].ahead[w], 0.0);
            if (is_new) entry->second = likelihood.log_of(traces.weeks[w], all[c].ahead[w]);
            out[c][w] = entry->second;
        }
    }
    return out;
}

struct Path {
    std::vector<std::size_t> candidate;  ///< [weeks]
    double score = 0;
};

/// The most likely candidate of each week; a change costs. @complexity O(candidates * weeks)
Path best_path(const Scores& scores, const std::vector<ClockCandidate>& all) {
    const std::size_t weeks = scores[0].size();
    std::vector<double> now(all.size());
    std::vector<std::vector<std::uint32_t>> from(weeks, std::vector<std::uint32_t>(all.size()));
    for (std::size_t c = 0; c < all.size(); ++c) now[c] = all[c].log_prior + scores[c][0];
    for (std::size_t w = 1; w < weeks; ++w) {
        const auto best = static_cast<std::size_t>(std::ranges::max_element(now) - now.begin());
        const double changed = now[best] + log_switch;
        for (std::size_t c = 0; c < all.size(); ++c) {
            const bool changes = changed + all[c].log_prior > now[c];
            from[w][c] = static_cast<std::uint32_t>(changes ? best : c);
            now[c] = (changes ? changed + all[c].log_prior : now[c]) + scores[c][w];
        }
    }
    Path out;
    std::vector<std::size_t>& path = out.candidate;
    path.resize(weeks);
    path.back() = static_cast<std::size_t>(std::ranges::max_element(now) - now.begin());
    out.score = now[path.back()];
    for (std::size_t w = weeks - 1; w > 0; --w) path[w - 1] = from[w][path[w]];
    return out;
}

/// The candidate that gives the path's instants in most weeks; the likelier before anything was seen, where several do.
std::size_t main_clock(const std::vector<std::size_t>& path, const std::vector<ClockCandidate>& all) {
    std::size_t best = path[0];
    std::pair<std::int64_t, double> most{-1, 0};
    for (std::size_t c = 0; c < all.size(); ++c) {
        if (all[c].slip) continue;
        std::int64_t weeks = 0;
        for (std::size_t w = 0; w < path.size(); ++w) weeks += all[c].ahead[w] == all[path[w]].ahead[w];
        if (const std::pair<std::int64_t, double> here{weeks, all[c].log_prior}; here > most) most = here, best = c;
    }
    return best;
}

/// Names the weeks in which the main clock gives the same instants by it.
void name_by_main(std::vector<std::size_t>& path, const std::vector<ClockCandidate>& all) {
    const std::size_t main = main_clock(path, all);
    for (std::size_t w = 0; w < path.size(); ++w)
        if (all[main].ahead[w] == all[path[w]].ahead[w]) path[w] = main;
}

/// The minute of the week at which most weeks begin, -1 where no single one does.
std::int64_t usual_open(const ClockTraces& traces) {
    std::map<std::int64_t, std::int64_t> count;
    std::int64_t opens = 0;
    for (const WeekSeen& week : traces.weeks)
        if (week.open >= 0) ++count[week.open], ++opens;
    const auto most = std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; });
    return most != count.end() && most->second >= 3 && 5 * most->second >= 3 * opens ? most->first : -1;
}

bool same_instants(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b, const std::vector<ClockCandidate>& all) {
    for (std::size_t w = 0; w < a.size(); ++w)
        if (all[a[w]].ahead[w] != all[b[w]].ahead[w]) return false;
    return true;
}

struct Run {
    std::size_t from, to;  // weeks [from, to)
};

std::vector<Run> runs_of(const std::vector<std::size_t>& path) {
    std::vector<Run> out;
    for (std::size_t w = 0; w < path.size(); ++w) {
        if (w == 0 || path[w] != path[w - 1]) out.push_back({w, w});
        out.back().to = w + 1;
    }
    return out;
}

/// Odds of all clocks that would give other instants in some run, against the path found.
double odds_against(const std::vector<std::size_t>& path, const Scores& scores, const std::vector<ClockCandidate>& all) {
    double odds = 0;
    for (const Run& run : runs_of(path)) {
        const std::size_t chosen = path[run.from];
        for (std::size_t c = 0; c < all.size(); ++c) {
            bool differs = false;
            double worse = all[chosen].log_prior - all[c].log_prior;
            for (std::size_t w = run.from; w < run.to; ++w) {
                differs = differs || all[c].ahead[w] != all[chosen].ahead[w];
                worse += scores[chosen][w] - scores[c][w];
            }
            if (run.from > 0 && path[run.from - 1] == c) worse += log_switch + all[c].log_prior;
            if (run.to < path.size() && path[run.to] == c) worse += log_switch + all[c].log_prior;
            if (differs) odds += std::exp(-worse);
        }
    }
    return odds;
}

/// How many traces lie at the usual hours under the path.
struct Fit {
    std::int64_t opens = 0, opens_usual = 0, closes = 0, closes_usual = 0, pauses = 0, pauses_usual = 0, bursts = 0,
                 bursts_usual = 0, decisions = 0, decisions_usual = 0, both = 0, both_usual = 0, nights = 0, summer_differs = 0;
    std::map<std::int64_t, std::int64_t> burst_shift;  ///< minutes away from 08:30
};

Fit fit_of(const ClockTraces& traces, const ClockLikelihood& likelihood, const std::vector<std::size_t>& path,
           const std::vector<ClockCandidate>& all) {
    Fit fit;
    for (std::size_t w = 0; w < path.size(); ++w) {
        const WeekSeen& week = traces.weeks[w];
        const std::int64_t ahead = all[path[w]].ahead[w];
        const bool open = week.open >= 0 && likelihood.open(week.open, ahead) >= ClockLikelihood::usual;
        const bool close = week.close >= 0 && likelihood.close(week.close, ahead) >= ClockLikelihood::usual;
        fit.opens += week.open >= 0, fit.opens_usual += open;
        fit.closes += week.close >= 0, fit.closes_usual += close;
        fit.both += week.open >= 0 && week.close >= 0, fit.both_usual += open && close;
        fit.nights += week.nights;
        for (const Pause& pause : week.pauses) ++fit.pauses, fit.pauses_usual += likelihood.is_daily_break(pause, ahead);
        if (week.decision >= 0) ++fit.decisions, fit.decisions_usual += likelihood.is_rate_decision(week.decision, ahead);
        if (week.burst < 0) continue;
        ++fit.bursts, fit.bursts_usual += likelihood.is_payrolls(week.burst, ahead);
        ++fit.burst_shift[(week.burst - ahead - payrolls_minute) / 30];
    }
    return fit;
}

/// Why this market's weeks cannot tell a clock; empty where they can.
std::string obstacle(const ClockTraces& traces, const Fit& fit) {
    if (2 * traces.weekends_traded > traces.weekends && traces.weekends > 0)
        return fmt::format("it trades through weekends ({} of {}), so opening times tell nothing", traces.weekends_traded,
                           traces.weekends);
    if (fit.opens + fit.closes == 0) return "the file shows no weekend, so neither the opening nor the close of a week is seen";
    if (2 * fit.nights > 3 * static_cast<std::int64_t>(traces.weeks.size()))
        return fmt::format("it pauses for hours {} times in {} weeks: the market's own hours are not known", fit.nights,
                           traces.weeks.size());
    if (5 * (fit.opens_usual + fit.closes_usual) < 3 * (fit.opens + fit.closes))
        return fmt::format("only {} of {} weekly openings and closes lie at usual market hours under the best clock",
                           fit.opens_usual + fit.closes_usual, fit.opens + fit.closes);
    for (const auto& [shift, count] : fit.burst_shift)
        if (shift != 0 && traces.step_minutes <= 30 && count >= 3 && count > 2 * fit.bursts_usual)
            return fmt::format("the weeks and the widest bars of first Fridays contradict each other ({} of {} half an hour "
                               "times {} away from 08:30 New York)", count, fit.bursts, shift);
    return {};
}

/// Weeks of the year in which only one of New York and Europe is on summer time, seen in both their edges.
std::int64_t telling_weeks(const ClockTraces& traces) {
    std::vector<std::int64_t> weeks;
    for (const WeekSeen& week : traces.weeks)
        if (week.open >= 0 || week.close >= 0) weeks.push_back(week.week);
    const auto all = clock_candidates(weeks, "");
    if (!all) return 0;
    const auto athens = std::ranges::find(*all, "Europe/Athens", &ClockCandidate::name);
    return std::ranges::count_if(athens->ahead, [](std::int64_t ahead) { return ahead != 420; });
}

std::string whole_clock(const std::vector<ClockPiece>& pieces) {
    std::string out;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        out += pieces[i].clock;
        if (i + 1 < pieces.size()) out += fmt::format(" until {}, ", week_date(pieces[i + 1].first_week));
    }
    return out;
}

std::vector<ClockPiece> pieces_of(const ClockTraces& traces, const std::vector<std::size_t>& path,
                                  const std::vector<ClockCandidate>& all) {
    std::vector<ClockPiece> out;
    const std::size_t main = main_clock(path, all);
    for (const Run& run : runs_of(path)) {
        const std::size_t c = path[run.from], middle = (run.from + run.to) / 2;
        out.push_back({all[c].name, traces.weeks[run.from].week, traces.weeks[run.to - 1].week,
                       static_cast<std::int64_t>(run.to - run.from), all[c].ahead[middle] - all[main].ahead[middle]});
    }
    return out;
}

std::vector<std::string> reasons_of(const ClockTraces& traces, const Fit& fit, MarketKind kind, std::int64_t cut) {
    std::vector<std::string> out;
    if (cut >= 0)
        out.push_back(fmt::format("{} of {} weeks begin at one hour of the file's own clock ({} {:02}:{:02}), whenever the market opens",
                                  fit.opens_usual, fit.opens, cut < 36 * 60 ? "Sunday" : "Monday", (cut / 60 + 12) % 24, cut % 60));
    else
        out.push_back(fmt::format("{} of {} weeks open at the hour at which {} open in New York (Sunday {})", fit.opens_usual, fit.opens,
                              name(kind), kind == MarketKind::daily_break ? "18:00" : kind == MarketKind::currency ? "17:00" : "17:00 or 18:00"));
    out.push_back(fmt::format("{} of {} weeks close when New York does (Friday 17:00)", fit.closes_usual, fit.closes));
    if (kind != MarketKind::currency && fit.pauses > 0)
        out.push_back(fmt::format("{} of {} pauses are the daily break (17:00 to 18:00 New York)", fit.pauses_usual, fit.pauses));
    if (fit.bursts > 0 && traces.step_minutes <= 60)
        out.push_back(fmt::format("on {} of {} first Fridays of a month the widest bar is that of 08:30 New York (payrolls)",
                                  fit.bursts_usual, fit.bursts));
    if (fit.decisions > 0 && traces.step_minutes <= 60)
        out.push_back(fmt::format("on {} of {} days of a Federal Reserve decision prices move most at 14:00 New York",
                                  fit.decisions_usual, fit.decisions));
    if (const std::int64_t weeks = telling_weeks(traces); weeks > 0)
        out.push_back(fmt::format("{} weeks in which only one of America and Europe is on summer time tell their rules apart", weeks));
    return out;
}

}  // namespace

std::string week_date(std::int64_t week) {
    return to_iso8601({(week_begin(week) - minutes_per_day / 2) * nanos_per_minute}).substr(0, 10);
}

Result<ClockFinding> detect_clock(const ClockTraces& traces, MarketKind kind, std::string_view expected) {
    ClockFinding out;
    if (traces.weeks.empty() || traces.step_minutes >= minutes_per_day) {
        out.reasons.push_back("rows of whole days show no clock");
        return out;
    }
    if (traces.step_minutes > step_max) {
        out.reasons.push_back("bars of more than an hour do not show when weeks open and close");
        return out;
    }
    std::vector<std::int64_t> weeks;
    weeks.reserve(traces.weeks.size());
    for (const WeekSeen& week : traces.weeks) weeks.push_back(week.week);
    TRY(const std::vector<ClockCandidate> all, clock_candidates(weeks, expected));
    // Either weeks begin when the market opens, or the source cuts them at an hour of its own.
    ClockLikelihood likelihood(kind, traces.step_minutes);
    Scores scores = score_weeks(traces, likelihood, all);
    Path best = best_path(scores, all);
    double odds = 0;
    if (const std::int64_t cut = usual_open(traces); cut >= 0) {
        const ClockLikelihood cutting(kind, traces.step_minutes, cut);
        Scores cut_scores = score_weeks(traces, cutting, all);
        Path other = best_path(cut_scores, all);
        other.score += log_cut;
        const bool better = other.score > best.score, differs = !same_instants(other.candidate, best.candidate, all);
        if (differs) odds = std::exp(-std::abs(other.score - best.score));
        if (better) likelihood = cutting, scores = std::move(cut_scores), best = std::move(other);
    }
    std::vector<std::size_t>& path = best.candidate;
    odds += odds_against(path, scores, all);
    name_by_main(path, all);
    const Fit fit = fit_of(traces, likelihood, path, all);
    if (std::string why = obstacle(traces, fit); !why.empty()) {
        out.reasons.push_back(std::move(why));
        return out;
    }
    out.probability = 1 / (1 + odds);
    out.reasons = reasons_of(traces, fit, kind, likelihood.fixed_open());
    out.pieces = pieces_of(traces, path, all);
    if (out.probability >= clock_probability_min) {
        out.clock = whole_clock(out.pieces);
        return out;
    }
    out.reasons.insert(out.reasons.begin(), fmt::format("{} fits best, but only with a probability of {:.0f} %", whole_clock(out.pieces),
                                                        100 * out.probability));
    return out;
}

}  // namespace aitrading::market
