#include "proving/analytics/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/scores.hpp"
#include "proving/analytics/history_tables.hpp"

namespace aitrading::proving {
namespace {

using ports::HistoryRow;

/// A walk in hours; some closes are equal, so that next_bar leaves bars out.
BarColumns made_bars(std::size_t count) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    bars.digits = 5;
    SplitMix64 random(4);
    double level = 1.1;
    for (std::size_t i = 0; i < count; ++i) {
        const double open = level;
        if (random.next() % 9 != 0) level *= std::exp(0.001 * random.next_normal());
        const auto price = [](double value) { return Price{static_cast<std::int64_t>(std::llround(value * 1e5)) * 10'000}; };
        bars.append({{static_cast<std::int64_t>(i) * nanos_per_hour}, price(open), price(std::max(open, level) * 1.0003), price(std::min(open, level) * 0.9997), price(level), {1'000'000}});
    }
    return bars;
}

CalibrationLine::Said said_of(const BarColumns& bars, std::size_t i) {
    SplitMix64 random(i * 77 + 1);
    return {bars.time[i], 0.2 + 0.6 * random.next_uniform(), i % 17 == 3};
}

/// Rows of a line that hears each prediction at its bar's close, as it does live.
std::vector<HistoryRow> live_rows(const BarColumns& bars, const std::string& label, std::size_t outcomes, std::size_t count) {
    OutcomeStream stream = OutcomeStream::of(label, bars.digits).value();
    CalibrationLine line("EURUSD", {"H1", "m", 3, label}, outcomes, {INT64_MIN});
    std::vector<HistoryRow> out;
    for (std::size_t i = 0; i < count; ++i) {
        stream.update(bars.bar(i), {bars.time[i].value + nanos_per_hour});
        line.say(said_of(bars, i));
        for (HistoryRow& row : line.settle(stream)) out.push_back(std::move(row));
        stream.forget({line.waits_for().value - 1});
    }
    return out;
}

std::int64_t integer(const HistoryRow& row, std::size_t at) { return std::get<std::int64_t>(row.values[at]); }
double real(const HistoryRow& row, std::size_t at) { return std::get<double>(row.values[at]); }

/// The same from the whole series at once: the labels of make_labels and sums by hand.
void expect_as_from_whole(const std::string& label) {
    const BarColumns bars = made_bars(1'500);
    const LabelSet labels = models::make_labels(label, bars).value();
    const auto rows = live_rows(bars, label, 50, bars.size());
    ASSERT_GT(rows.size(), 10U);
    std::size_t at = 0;
    for (const HistoryRow& row : rows) {
        double predicted = 0, ones = 0, brier = 0, loss = 0;
        std::int64_t count = 0;
        UnixNanos known{INT64_MIN};
        for (; count < 50; ++at) {
            ASSERT_LT(at, labels.size());
            const CalibrationLine::Said said = said_of(bars, labels.row[at]);
            if (said.degraded) continue;
            const double y = labels.y[at];
            predicted += said.p_up;
            ones += y;
            brier += (said.p_up - y) * (said.p_up - y);
            loss -= y > 0.5 ? std::log(said.p_up) : std::log(1 - said.p_up);
            known = std::max(known, UnixNanos{bars.time[labels.end[at]].value + nanos_per_hour});
            ++count;
        }
        EXPECT_EQ(integer(row, 6), 50);
        EXPECT_NEAR(real(row, 9), predicted / 50, 1e-12);
        EXPECT_NEAR(real(row, 10), ones / 50, 1e-12);
        EXPECT_NEAR(real(row, 11), brier / 50, 1e-12);
        EXPECT_NEAR(real(row, 12), loss / 50, 1e-12);
        EXPECT_EQ(row.known_at, known) << "known when the last outcome is";
        EXPECT_EQ(row.values.size(), calibration_history().columns.size());
    }
}

TEST(Calibration, rows_are_as_from_the_whole_series) {
    expect_as_from_whole("next_bar");
    expect_as_from_whole("triple_barrier(1,1,12)");
    expect_as_from_whole("volatility(6)");
}

TEST(Calibration, cutting_the_series_changes_no_row_before_the_cut) {
    const BarColumns bars = made_bars(900);
    SplitMix64 random(8);
    for (const char* label : {"next_bar", "triple_barrier(1,1,12)"}) {
        const auto whole = live_rows(bars, label, 40, bars.size());
        for (int round = 0; round < 10; ++round) {
            const std::size_t cut = 50 + random.next() % 850;
            const auto part = live_rows(bars, label, 40, cut);
            ASSERT_LE(part.size(), whole.size());
            for (std::size_t i = 0; i < part.size(); ++i) {
                EXPECT_LE(part[i].known_at.value, bars.time[cut - 1].value + nanos_per_hour);
                EXPECT_EQ(real(part[i], 11), real(whole[i], 11));
                EXPECT_EQ(part[i].known_at, whole[i].known_at);
            }
        }
    }
}

TEST(Calibration, what_has_no_outcome_is_counted_apart) {
    const BarColumns bars = made_bars(400);
    const auto rows = live_rows(bars, "next_bar", 100, bars.size());
    ASSERT_GE(rows.size(), 2U);
    const LabelSet labels = models::make_labels("next_bar", bars).value();
    ASSERT_GT(labels.left_out, 20);
    std::int64_t counted = 0;
    for (const HistoryRow& row : rows) counted += integer(row, 6) + integer(row, 7) + integer(row, 8);
    EXPECT_EQ(counted, std::get<UnixNanos>(rows.back().values[5]).value / nanos_per_hour + 1) << "every bar up to the last is in one of the counts";
    EXPECT_GT(integer(rows[0], 7), 0);
    EXPECT_GT(integer(rows[0], 8), 0);
    double bins = 0;
    for (const double n : std::get<std::vector<double>>(rows[0].values[17])) bins += n;
    EXPECT_EQ(bins, 100);
}

TEST(Calibration, a_prediction_counts_once_and_bars_that_never_came_do_not_hold_it_up) {
    const BarColumns bars = made_bars(300);
    OutcomeStream stream = OutcomeStream::of("next_bar", 5).value();
    CalibrationLine line("EURUSD", {"H1", "m", 1, "next_bar"}, 1, {INT64_MIN});
    std::size_t told = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        for (int times = 0; times < 2; ++times) line.say({bars.time[i], 0.5, false});
        if (i % 50 == 7) continue;  // this bar is never heard of
        stream.update(bars.bar(i), bars.time[i]);
        stream.update(bars.bar(i), bars.time[i]);
        told += line.settle(stream).size();
    }
    EXPECT_GT(told, 200U);
    EXPECT_LE(told, 294U);
    EXPECT_GE(line.waits_for(), bars.time[298]);
}

}  // namespace
}  // namespace aitrading::proving
