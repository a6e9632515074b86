#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <set>

#include "insight/features/cross_series.hpp"
#include "insight/features/feature_set.hpp"
#include "made_bars.hpp"

namespace aitrading::insight {
namespace {

/// Other markets whose bars do not stand where those of the series do.
std::vector<CrossSeries> made_cross(Timeframe timeframe, std::size_t rows) {
    std::vector<CrossSeries> cross{cross_series("gold", made_bars(timeframe, rows, 31)),
                                   cross_series("dxy", made_bars(timeframe, rows, 32))};
    for (UnixNanos& t : cross[1].known) t.value += 7 * nanos_per_minute;
    return cross;
}

BarColumns with_spread(BarColumns bars) {
    SplitMix64 random(8);
    for (std::size_t i = 0; i < bars.size(); ++i) bars.spread.push_back(Price{10'000 * std::int64_t(random.next_below(20))});
    return bars;
}

CrossSeries cut(const CrossSeries& series, std::size_t levels) {
    CrossSeries part = series;
    part.known.resize(levels);
    part.level.resize(levels);
    return part;
}

bool same_bits(std::span<const double> a, std::span<const double> b) {
    return std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST(WideSet, begins_with_the_default_columns_and_has_over_150_on_h1) {
    const BarColumns bars = with_spread(made_bars(Timeframe::h1, 400, 2));
    const auto cross = made_cross(Timeframe::h1, 400);
    const FeatureSet wide(FeatureOptions::wide_of(bars, cross));
    const FeatureMatrix narrow = compute_features(bars).value(), matrix = wide.compute(bars, cross).value();
    EXPECT_GE(matrix.columns(), 150u);
    EXPECT_EQ(wide.manifest().name, "wide");
    EXPECT_NE(matrix.manifest_hash, narrow.manifest_hash);
    EXPECT_EQ(std::set(matrix.names.begin(), matrix.names.end()).size(), matrix.columns());
    for (std::size_t i = 0; i < bars.size(); ++i) ASSERT_TRUE(same_bits(narrow.row(i), matrix.row(i).first(narrow.columns())));
}

TEST(WideSet, no_value_changes_when_bars_and_other_markets_are_cut_off) {
    for (const Timeframe timeframe : {Timeframe::m15, Timeframe::h1, Timeframe::d1}) {
        const std::size_t rows = 900;
        const BarColumns bars = with_spread(made_bars(timeframe, rows, 4));
        const auto cross = made_cross(timeframe, rows);
        const FeatureSet set(FeatureOptions::wide_of(bars, cross));
        const FeatureMatrix whole = set.compute(bars, cross).value();
        SplitMix64 random(6);
        for (int trial = 0; trial < 12; ++trial) {
            const std::size_t last = 1 + random.next_below(rows - 1);
            std::int64_t known = whole.known[last - 1].value;
            std::vector<CrossSeries> part;
            for (const CrossSeries& series : cross) {
                const std::size_t levels = random.next_below(series.size());
                known = std::min(known, series.known[levels].value - 1);
                part.push_back(cut(series, levels));
            }
            const FeatureMatrix fewer = set.compute(bars.slice(0, last), part).value();
            for (std::size_t i = 0; i < last && whole.known[i].value <= known; ++i)
                for (std::size_t c = 0; c < whole.columns(); ++c)
                    ASSERT_EQ(std::bit_cast<std::uint64_t>(fewer.row(i)[c]), std::bit_cast<std::uint64_t>(whole.row(i)[c]))
                        << whole.names[c] << " of " << name(timeframe) << " at row " << i;
        }
    }
}

TEST(WideSet, gives_the_same_bytes_bar_by_bar_and_after_a_copy) {
    const BarColumns bars = with_spread(made_bars(Timeframe::h1, 700, 3));
    const auto cross = made_cross(Timeframe::h1, 700);
    FeatureSet stream(FeatureOptions::wide_of(bars, cross));
    const FeatureMatrix batch = stream.compute(bars, cross).value();
    const std::vector<double> spreads = closing_spreads(bars);
    std::size_t told[2] = {0, 0};
    for (std::size_t i = 0; i < bars.size(); ++i) {
        for (std::size_t k = 0; k < 2; ++k)
            for (; told[k] < cross[k].size() && cross[k].known[told[k]] <= batch.known[i]; ++told[k])
                stream.observe(k, cross[k].known[told[k]], cross[k].level[told[k]]);
        if (i == 300) stream = FeatureSet(stream);
        ASSERT_TRUE(same_bits(stream.update(bars.bar(i), spreads[i]), batch.row(i))) << i;
    }
}

TEST(WideSet, knows_every_value_after_its_warm_up_and_never_gives_infinity) {
    for (const Timeframe timeframe : {Timeframe::m15, Timeframe::h1, Timeframe::d1}) {
        const BarColumns bars = with_spread(made_bars(timeframe, timeframe == Timeframe::m15 ? 9000 : 6000, 5));
        const auto cross = made_cross(timeframe, bars.size());
        const FeatureMatrix matrix = FeatureSet(FeatureOptions::wide_of(bars, cross)).compute(bars, cross).value();
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

TEST(WideSet, stays_finite_in_a_market_that_does_not_move) {
    BarColumns bars;
    bars.key = {"FLAT", Timeframe::h1};
    const Price one{1'000'000'000};
    for (int i = 0; i < 3000; ++i) bars.append({{i * nanos_per_hour}, one, one, one, one, Quantity{}});
    const std::vector<CrossSeries> cross{cross_series("gold", bars)};
    const FeatureMatrix matrix = FeatureSet(FeatureOptions::wide_of(bars, cross)).compute(bars, cross).value();
    for (std::size_t c = 0; c < matrix.columns(); ++c) EXPECT_TRUE(std::isfinite(matrix.row(2999)[c])) << matrix.names[c];
}

TEST(WideSet, leaves_out_what_a_series_cannot_have_and_says_why) {
    const BarColumns bars = made_bars(Timeframe::d1, 50, 1, false);
    FeatureOptions options = FeatureOptions::wide_of(bars, {});
    options.absent.push_back({"dxy", "USDCAD is not stored"});
    const FeatureSet set(options);
    std::set<std::string> absent;
    for (const AbsentColumn& c : set.manifest().absent) absent.insert(c.name);
    for (const char* name : {"spread", "vpin_20", "pivot_p_gap", "effective_spread", "dxy"}) EXPECT_TRUE(absent.contains(name)) << name;
    for (const std::string& name : set.names()) EXPECT_FALSE(absent.contains(name)) << name;
}

TEST(WideSet, refuses_markets_that_it_was_not_made_for) {
    const BarColumns bars = made_bars(Timeframe::h1, 60, 1);
    auto cross = made_cross(Timeframe::h1, 60);
    const FeatureSet set(FeatureOptions::wide_of(bars, cross));
    EXPECT_EQ(set.compute(bars).error().code, ErrorCode::bad_input);
    cross[0].level[5] = 0;
    EXPECT_THAT(set.compute(bars, cross).error().text, testing::HasSubstr("gold, level 5"));
}

}  // namespace
}  // namespace aitrading::insight
