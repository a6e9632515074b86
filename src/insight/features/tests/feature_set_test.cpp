#include "insight/features/feature_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <set>

#include "insight/features/calendar_features.hpp"
#include "made_bars.hpp"

namespace aitrading::insight {
namespace {

std::size_t column(const FeatureMatrix& m, std::string_view name) {
    const auto at = std::ranges::find(m.names, name);
    EXPECT_NE(at, m.names.end()) << name;
    return static_cast<std::size_t>(at - m.names.begin());
}

double value(const FeatureMatrix& m, std::size_t row, std::string_view name) { return m.row(row)[column(m, name)]; }

TEST(FeatureSet, no_value_changes_when_later_bars_are_cut_off) {
    for (const auto& [timeframe, rows] : std::map<Timeframe, std::size_t>{
             {Timeframe::m5, 6000}, {Timeframe::h1, 3000}, {Timeframe::h4, 900}, {Timeframe::d1, 700}, {Timeframe::w1, 300}}) {
        const BarColumns bars = made_bars(timeframe, rows, 7);
        const FeatureSet set(FeatureOptions::of(bars));
        const FeatureMatrix whole = set.compute(bars).value();
        SplitMix64 random(11);
        for (int trial = 0; trial < 6; ++trial) {
            const std::size_t cut = 1 + random.next_below(rows - 1);
            const FeatureMatrix part = set.compute(bars.slice(0, cut)).value();
            for (std::size_t i = 0; i < cut; ++i)
                for (std::size_t c = 0; c < whole.columns(); ++c)
                    ASSERT_EQ(std::memcmp(&part.row(i)[c], &whole.row(i)[c], sizeof(double)), 0)
                        << whole.names[c] << " of " << name(timeframe) << " at row " << i << ", cut at " << cut;
        }
    }
}

TEST(FeatureSet, gives_the_same_bytes_bar_by_bar_and_after_a_copy) {
    const BarColumns bars = made_bars(Timeframe::h1, 1500, 3);
    FeatureSet stream(FeatureOptions::of(bars));
    const FeatureMatrix batch = stream.compute(bars).value();
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i == 700) {
            FeatureSet copy = stream;
            stream = copy;
        }
        const std::span<const double> row = stream.update(bars.bar(i));
        ASSERT_EQ(std::memcmp(row.data(), batch.row(i).data(), row.size_bytes()), 0) << "row " << i;
    }
}

TEST(FeatureSet, streams_the_rows_of_the_matrix_from_any_bar_on) {
    const BarColumns bars = made_bars(Timeframe::h1, 1500, 4);
    const FeatureSet set(FeatureOptions::of(bars));
    const FeatureMatrix whole = set.compute(bars).value();
    for (const std::size_t first : {0UZ, 1UZ, 700UZ, 1499UZ}) {
        FeatureStream stream = FeatureStream::open(set, bars, bars.time[first]).value();
        std::size_t row = first;
        for (; stream.next(); ++row) {
            ASSERT_EQ(stream.time(), whole.time[row]);
            ASSERT_EQ(std::memcmp(stream.row().data(), whole.row(row).data(), stream.row().size_bytes()), 0) << row;
        }
        EXPECT_EQ(row, bars.size());
    }
    BarColumns unsorted = bars.slice(0, 10);
    std::swap(unsorted.time[3], unsorted.time[4]);
    EXPECT_EQ(FeatureStream::open(set, unsorted, {}).error().code, ErrorCode::bad_input);
}

TEST(FeatureSet, knows_every_value_after_its_warm_up_and_never_gives_infinity) {
    for (const Timeframe timeframe : {Timeframe::m15, Timeframe::h1, Timeframe::d1}) {
        const BarColumns bars = made_bars(timeframe, timeframe == Timeframe::m15 ? 9000 : 6000, 5);
        const FeatureMatrix matrix = compute_features(bars).value();
        for (std::size_t c = 0; c < matrix.columns(); ++c) {
            bool known = false;
            for (std::size_t i = 0; i < matrix.rows(); ++i) {
                const double v = matrix.row(i)[c];
                ASSERT_FALSE(std::isinf(v)) << matrix.names[c];
                ASSERT_FALSE(known && std::isnan(v)) << matrix.names[c] << " forgets at row " << i;
                known = !std::isnan(v);
            }
            EXPECT_TRUE(known) << matrix.names[c] << " of " << name(timeframe);
        }
    }
}

TEST(FeatureSet, stays_finite_in_a_market_that_does_not_move) {
    BarColumns bars;
    bars.key = {"FLAT", Timeframe::h1};
    for (int i = 0; i < 3000; ++i)
        bars.append({{i * nanos_per_hour}, Price{1'000'000'000}, Price{1'000'000'000}, Price{1'000'000'000},
                     Price{1'000'000'000}, Quantity{}});
    const FeatureMatrix matrix = compute_features(bars).value();
    for (std::size_t c = 0; c < matrix.columns(); ++c) {
        EXPECT_TRUE(std::isfinite(matrix.row(2999)[c])) << matrix.names[c];
    }
    EXPECT_EQ(value(matrix, 2999, "ema_gap_20"), 0);
    EXPECT_EQ(value(matrix, 2999, "bar_range"), 0);
}

TEST(FeatureSet, shows_higher_bars_only_once_they_are_closed) {
    const BarColumns bars = made_bars(Timeframe::m5, 12'000, 9);
    const FeatureMatrix matrix = compute_features(bars).value();
    const std::map<std::string, std::int64_t> frames{
        {"h1_", nanos_per_hour}, {"h4_", 4 * nanos_per_hour}, {"d1_", nanos_per_day}};
    std::map<std::string, int> changes;
    for (std::size_t i = 1; i < matrix.rows(); ++i) {
        for (const auto& [prefix, length] : frames) {
            // A boundary was reached by this bar's close, or was passed while no bar came.
            const std::int64_t now = matrix.known[i].value / length, before = matrix.known[i - 1].value / length;
            for (std::size_t c = 0; c < matrix.columns(); ++c) {
                if (!matrix.names[c].starts_with(prefix)) continue;
                const bool same = std::memcmp(&matrix.row(i)[c], &matrix.row(i - 1)[c], sizeof(double)) == 0;
                if (same) continue;
                ++changes[prefix];
                ASSERT_NE(now, before) << matrix.names[c] << " changed inside its bar, row " << i;
            }
        }
    }
    EXPECT_GT(changes["h1_"], 4000);
    EXPECT_GT(changes["h4_"], 1000);
    EXPECT_GT(changes["d1_"], 100);
}

TEST(FeatureSet, builds_a_higher_bar_from_all_of_its_base_bars) {
    // 200 hours of H1: the d1 return in ATR units must equal the one computed from days by hand.
    BarColumns hours = made_bars(Timeframe::h1, 1200, 21);
    BarColumns days;
    days.key = {"EURUSD", Timeframe::d1};
    for (std::size_t i = 0; i < hours.size(); ++i) {
        const UnixNanos day{hours.time[i].value / nanos_per_day * nanos_per_day};
        if (days.time.empty() || days.time.back() != day) {
            Bar bar = hours.bar(i);
            bar.time = day;
            days.append(bar);
            continue;
        }
        days.high.back() = std::max(days.high.back(), hours.high[i]);
        days.low.back() = std::min(days.low.back(), hours.low[i]);
        days.close.back() = hours.close[i];
        days.volume.back() = days.volume.back() + hours.volume[i];
    }
    const FeatureMatrix fine = compute_features(hours).value(), coarse = compute_features(days).value();
    const std::size_t last_day = days.size() - 2;  // the last one may still be open
    for (std::size_t i = 0; i < hours.size(); ++i) {
        if (fine.known[i].value != coarse.known[last_day].value) continue;
        EXPECT_EQ(value(fine, i, "d1_rsi_14"), value(coarse, last_day, "rsi_14"));
        EXPECT_EQ(value(fine, i, "d1_adx_14"), value(coarse, last_day, "adx_14"));
        EXPECT_EQ(value(fine, i, "d1_ema_gap_20"), value(coarse, last_day, "ema_gap_20"));
        EXPECT_EQ(value(fine, i, "d1_range_position_20"), value(coarse, last_day, "range_position_20"));
        return;
    }
    FAIL() << "no hour ends the day";
}

TEST(FeatureSet, leaves_out_what_a_series_cannot_have_and_says_why) {
    const BarColumns bars = made_bars(Timeframe::d1, 50, 1, false);
    const FeatureSet set(FeatureOptions::of(bars));
    std::set<std::string> absent;
    for (const AbsentColumn& c : set.manifest().absent) {
        absent.insert(c.name);
        EXPECT_FALSE(c.reason.empty());
    }
    EXPECT_TRUE(absent.contains("mfi_14"));
    EXPECT_TRUE(absent.contains("hour"));
    EXPECT_THAT(set.names(), testing::Not(testing::Contains("mfi_14")));
}

TEST(FeatureSet, names_columns_once_and_fingerprints_them) {
    for (const Timeframe t : {Timeframe::m1, Timeframe::h1, Timeframe::d1, Timeframe::w1}) {
        const FeatureSet set({.timeframe = t, .has_volume = true});
        const auto names = set.names();
        EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
        EXPECT_EQ(set.manifest().hash, set.manifest().fingerprint());
        EXPECT_NE(set.manifest().hash, FeatureSet({.timeframe = t, .has_volume = false}).manifest().hash);
    }
}

TEST(FeatureSet, refuses_bars_that_it_cannot_trust) {
    BarColumns bars = made_bars(Timeframe::h1, 50, 1);
    const FeatureSet set(FeatureOptions::of(bars));
    BarColumns twice = bars;
    twice.time[20] = twice.time[19];
    EXPECT_THAT(set.compute(twice).error().text, testing::HasSubstr("row 20"));
    BarColumns zero = bars;
    zero.low[7] = Price{0};
    EXPECT_THAT(set.compute(zero).error().text, testing::HasSubstr("row 7"));
    bars.key.timeframe = Timeframe::h4;
    EXPECT_EQ(set.compute(bars).error().code, ErrorCode::bad_input);
    bars.key.timeframe = Timeframe::ticks;
    EXPECT_EQ(compute_features(bars).error().code, ErrorCode::usage);
    EXPECT_EQ(set.compute(BarColumns{.key = {"EMPTY", Timeframe::h1}}).value().rows(), 0u);
}

TEST(CalendarFeatures, knows_summer_time_in_new_york) {
    const auto offset = [](int y, int m, int d) { return new_york_offset_hours(days_from_civil(y, m, d)); };
    EXPECT_EQ(offset(2018, 3, 10), -5);
    EXPECT_EQ(offset(2018, 3, 11), -4);
    EXPECT_EQ(offset(2018, 11, 3), -4);
    EXPECT_EQ(offset(2018, 11, 4), -5);
    EXPECT_EQ(offset(2006, 4, 1), -5);
    EXPECT_EQ(offset(2006, 4, 2), -4);
    EXPECT_EQ(offset(2006, 10, 28), -4);
    EXPECT_EQ(offset(2006, 10, 29), -5);
}

TEST(CalendarFeatures, tells_the_time_at_which_the_next_bar_begins) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    const UnixNanos first = parse_iso8601("2018-07-02T19:00Z").value();  // a Monday
    for (int i = 0; i < 5; ++i)
        bars.append({{first.value + i * nanos_per_hour}, Price{1'000'000'000}, Price{1'000'000'000},
                     Price{1'000'000'000}, Price{1'000'000'000}, Quantity{}});
    const FeatureMatrix m = compute_features(bars).value();
    EXPECT_EQ(value(m, 0, "hour"), 20);
    EXPECT_EQ(value(m, 4, "hour"), 0);
    EXPECT_EQ(value(m, 4, "weekday"), 0);
    EXPECT_NEAR(value(m, 4, "hour_cos"), 1, 1e-12);
    EXPECT_EQ(value(m, 0, "rollover"), 0);
    EXPECT_EQ(value(m, 1, "rollover"), 1) << "17:00 in New York in July";
    EXPECT_EQ(value(m, 2, "rollover"), 1);
    EXPECT_EQ(value(m, 3, "rollover"), 0);
}

}  // namespace
}  // namespace aitrading::insight
