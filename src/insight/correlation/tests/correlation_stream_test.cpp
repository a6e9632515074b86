#include "insight/correlation/correlation_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {
namespace {

constexpr std::int64_t hour = nanos_per_hour;

/// Hourly closes of seven pairs with a common move: a leg of the dollar index has another session, one series closes some minutes late,
/// one leads, and the relation of two turns round at `change_at`.
std::vector<CrossSeries> made(std::size_t rows, std::uint64_t seed, std::size_t change_at) {
    std::vector<CrossSeries> out;
    for (const char* name : {"EURUSD", "GBPUSD", "USDJPY", "USDCAD", "USDSEK", "USDCHF", "XAUUSD"}) out.push_back({name, "", {}, {}});
    SplitMix64 random(seed);
    std::vector<double> level(out.size());
    double last = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        const double common = random.next_normal();
        for (std::size_t j = 0; j < out.size(); ++j) {
            const double share = j == 1 && i >= change_at ? -0.8 : j == 6 ? 0.0 : 0.6;
            level[j] += 1e-3 * (share * common + (j == 6 ? 0.7 * last : 0.0) + 0.6 * random.next_normal());
            if (j == 4 && i % 24 < 7) continue;
            if (random.next_below(50) == 0) continue;
            out[j].known.push_back({static_cast<std::int64_t>(i + 1) * hour - (j == 3 ? 120 * nanos_per_second : 0)});
            out[j].level.push_back(std::exp(level[j]));
        }
        last = common;
    }
    return out;
}

std::vector<CrossSeries> until(std::vector<CrossSeries> series, UnixNanos end) {
    for (CrossSeries& s : series)
        while (!s.known.empty() && s.known.back() > end) s.known.pop_back(), s.level.pop_back();
    return series;
}

struct Close {
    UnixNanos known;
    std::size_t series;
    double level;
};

/// All closes in the order in which they become known.
std::vector<Close> in_time(const std::vector<CrossSeries>& series) {
    std::vector<Close> out;
    for (std::size_t j = 0; j < series.size(); ++j)
        for (std::size_t i = 0; i < series[j].size(); ++i) out.push_back({series[j].known[i], j, series[j].level[i]});
    std::ranges::stable_sort(out, {}, &Close::known);
    return out;
}

std::vector<std::string> names_of(const std::vector<CrossSeries>& series) {
    std::vector<std::string> out;
    out.reserve(series.size());
    for (const CrossSeries& s : series) out.push_back(s.name);
    return out;
}

StudyOptions hourly(std::size_t window, PathMethod method = PathMethod::rolling) {
    StudyOptions options{.method = method, .window = window};
    options.align.step_nanos = hour;
    return options;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void expect_same_pairs(const CorrelationStream& stream, const CorrelationStudy& study, std::size_t row) {
    ASSERT_EQ(stream.known(), study.rows.known[row]);
    const std::size_t pairs = pair_count(stream.columns());
    for (std::size_t p = 0; p < pairs; ++p) ASSERT_TRUE(same(stream.pairs()[p], study.path[row * pairs + p])) << "row " << row << ", pair " << p;
}

TEST(CorrelationStream, tells_the_path_of_the_study_bit_for_bit) {
    const auto series = made(700, 3, 400);
    for (const PathMethod method : {PathMethod::rolling, PathMethod::ewma}) {
        const CorrelationStudy study = study_of(series, hourly(60, method)).value();
        auto stream = CorrelationStream::of(names_of(series), hourly(60, method)).value();
        std::size_t row = 0;
        for (const Close& close : in_time(series))
            if (stream.take(close.series, close.known, close.level) == CorrelationStream::Taken::row) expect_same_pairs(stream, study, row++);
        if (stream.pass()) expect_same_pairs(stream, study, row++);
        EXPECT_EQ(row, study.rows.rows());
        EXPECT_EQ(stream.rows(), row);
        EXPECT_EQ(stream.late(), 0u);
    }
}

TEST(CorrelationStream, looks_as_the_study_of_the_last_two_windows_does) {
    const std::size_t window = 60;
    const auto series = made(700, 5, 500);
    auto stream = CorrelationStream::of(names_of(series), hourly(window)).value();
    std::vector<UnixNanos> known;
    std::size_t looked = 0, leads = 0, breaks = 0;
    for (const Close& close : in_time(series)) {
        if (stream.take(close.series, close.known, close.level) != CorrelationStream::Taken::row) continue;
        known.push_back(stream.known());
        if (known.size() < 2 * window || known.size() % 37 != 0) continue;
        ++looked;
        StudyOptions options = hourly(window);
        options.align.range = {known[known.size() - 2 * window], {known.back().value + 1}};
        const auto past = until(series, known.back());
        const CorrelationStudy study = study_of(past, options).value();
        ASSERT_EQ(study.rows.rows(), 2 * window);
        expect_same_pairs(stream, study, study.rows.rows() - 1);
        const CorrelationLook look = stream.look(0.01);
        for (const PairStudy& pair : study.pairs) {
            const auto lead = std::ranges::find_if(look.leads, [&](const FoundLead& l) { return std::minmax(l.leader, l.follower) == std::minmax(pair.first, pair.second); });
            ASSERT_EQ(lead != look.leads.end(), pair.lag_p <= 0.01);
            if (lead != look.leads.end()) {
                ASSERT_EQ(lead->p, pair.lag_p);
            }
            const auto found = std::ranges::find_if(look.breaks, [&](const FoundBreak& b) { return b.first == pair.first && b.second == pair.second; });
            ASSERT_EQ(found != look.breaks.end(), pair.windows && pair.windows->p_robust <= 0.01);
            if (found != look.breaks.end()) {
                ASSERT_EQ(std::pair(found->before, found->after), std::pair(pair.windows->before, pair.windows->after));
            }
        }
        leads += look.leads.size();
        breaks += look.breaks.size();
        const DollarLinks dollar = dollar_links(past, past, options.align).value();
        ASSERT_EQ(look.dollar.links.size(), dollar.links.size());
        for (std::size_t j = 0; j < dollar.links.size(); ++j) {
            ASSERT_TRUE(same(look.dollar.links[j].with.value, dollar.links[j].with.value)) << j;
            ASSERT_TRUE(same(look.dollar.links[j].without.value, dollar.links[j].without.value)) << j;
            ASSERT_EQ(look.dollar.links[j].own_legs, dollar.links[j].own_legs);
        }
        EXPECT_EQ(look.dollar.index, dollar.index);
    }
    EXPECT_GT(looked, 10u);
    EXPECT_GT(leads, 0u) << "gold follows by one row";
    EXPECT_GT(breaks, 0u) << "a relation turned round";
}

TEST(CorrelationStream, what_was_told_does_not_depend_on_what_comes_later) {
    const auto closes = in_time(made(300, 7, 150));
    SplitMix64 random(1);
    for (int run = 0; run < 5; ++run) {
        const std::size_t cut = 200 + random.next_below(closes.size() - 200);
        auto whole = CorrelationStream::of(names_of(made(1, 7, 1)), hourly(30)).value(), part = whole;
        std::vector<double> told;
        for (std::size_t i = 0; i < cut; ++i)
            if (part.take(closes[i].series, closes[i].known, closes[i].level) == CorrelationStream::Taken::row) told.insert(told.end(), part.pairs().begin(), part.pairs().end());
        std::size_t at = 0;
        for (const Close& close : closes) {
            if (whole.take(close.series, close.known, close.level) != CorrelationStream::Taken::row) continue;
            for (const double value : whole.pairs()) {
                if (at == told.size()) break;
                ASSERT_TRUE(same(value, told[at++]));
            }
        }
        EXPECT_EQ(at, told.size());
    }
}

TEST(CorrelationStream, leaves_out_who_comes_late_and_names_who_is_missing) {
    auto stream = CorrelationStream::of({"A", "B", "C"}, hourly(10)).value();
    using enum CorrelationStream::Taken;
    EXPECT_FALSE(stream.waits());
    EXPECT_FALSE(stream.pass());
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(stream.take(j, {hour}, 1.0 + 0.1 * static_cast<double>(j)), waits) << "the first closes make no return";
    EXPECT_EQ(stream.take(0, {2 * hour}, 1.1), waits);
    EXPECT_EQ(stream.waits(), (UnixNanos{2 * hour}));
    EXPECT_EQ(stream.take(1, {2 * hour - nanos_per_minute}, 1.2), waits) << "a clock that is a minute off meets at the end of the cell";
    EXPECT_EQ(stream.take(2, {hour - 1}, 1.2), late) << "its hour is over";
    EXPECT_EQ(stream.take(0, {3 * hour}, 1.2), row) << "the time of the one before has passed";
    EXPECT_EQ(stream.known(), (UnixNanos{2 * hour}));
    EXPECT_EQ(stream.missing(), std::vector<std::size_t>{2});
    EXPECT_EQ(stream.take(2, {2 * hour}, 1.3), late);
    EXPECT_EQ(stream.take(1, {3 * hour}, 0), bad);
    EXPECT_EQ(stream.take(1, {3 * hour}, 1.1), waits);
    EXPECT_TRUE(stream.pass());
    EXPECT_EQ(stream.take(2, {3 * hour}, 1.3), late);
    EXPECT_EQ(stream.rows(), 2u);
    EXPECT_EQ(stream.late(), 3u);
    EXPECT_EQ(stream.complete_rows(), 0u);
    EXPECT_EQ(stream.look(0.01).dollar.links.size(), 0u);
}

TEST(CorrelationStream, refuses_what_it_cannot_tell) {
    EXPECT_FALSE(CorrelationStream::of({"A"}, hourly(60)));
    EXPECT_FALSE(CorrelationStream::of({"A", "A"}, hourly(60)));
    EXPECT_FALSE(CorrelationStream::of({"A", "B"}, hourly(3)));
    EXPECT_FALSE(CorrelationStream::of({"A", "B"}, hourly(60, PathMethod::dcc)));
}

}  // namespace
}  // namespace aitrading::insight
