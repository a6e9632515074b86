#include "insight/features/registry.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

#include "made_bars.hpp"

namespace aitrading::insight {
namespace {

std::vector<Candle> made_candles(std::size_t rows, std::uint64_t seed) {
    const BarColumns bars = made_bars(Timeframe::m1, rows, seed);
    std::vector<Candle> candles;
    candles.reserve(rows);
    for (std::size_t i = 0; i < rows; ++i) candles.push_back(Candle::of(bars.bar(i)));
    return candles;
}

/// Each indicator at its standard parameters, and at others drawn from a seed.
std::vector<IndicatorRequest> requests(int drawn_each) {
    std::vector<IndicatorRequest> all;
    SplitMix64 random(17);
    for (const IndicatorEntry& entry : indicator_registry()) {
        all.push_back(parse_indicator(entry.name).value());
        for (int k = 0; k < drawn_each && !entry.parameters.empty(); ++k) {
            std::string text = entry.name + "(";
            double least = 0;
            for (const Parameter& p : entry.parameters) {
                const double top = std::min(p.greatest, p.whole ? 60.0 : 3.0);
                double value = std::max(least, p.least) + (top - p.least) * random.next_uniform();
                if (p.whole) value = std::floor(std::min(value, p.greatest));
                if (entry.ordered && p.name == "fast") least = value;
                text += fmt::format("{}{}", text.back() == '(' ? "" : ",", value);
                if (p.name != "fast") least = 0;
            }
            all.push_back(parse_indicator(text + ")").value());
        }
    }
    return all;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

TEST(Indicators, no_value_changes_when_later_bars_are_cut_off) {
    const auto candles = made_candles(1500, 4);
    SplitMix64 random(5);
    for (const IndicatorRequest& request : requests(3)) {
        const auto whole = compute_indicators({&request, 1}, candles);
        for (int trial = 0; trial < 5; ++trial) {
            const std::size_t cut = 1 + random.next_below(candles.size() - 1);
            const auto part = compute_indicators({&request, 1}, std::span(candles).first(cut));
            for (std::size_t k = 0; k < whole.size(); ++k)
                for (std::size_t i = 0; i < cut; ++i)
                    ASSERT_TRUE(same_bits(part[k][i], whole[k][i])) << request.columns[k] << " at " << i << " of " << cut;
        }
    }
}

TEST(Indicators, give_the_same_bits_bar_by_bar_and_after_a_copy) {
    const auto candles = made_candles(900, 6);
    for (const IndicatorRequest& request : requests(2)) {
        const auto batch = compute_indicators({&request, 1}, candles);
        auto stream = request.make();
        std::vector<double> out(stream->outputs());
        for (std::size_t i = 0; i < candles.size(); ++i) {
            if (i % 100 == 50) stream = stream->clone();
            stream->update(candles[i], out);
            for (std::size_t k = 0; k < out.size(); ++k)
                ASSERT_TRUE(same_bits(out[k], batch[k][i])) << request.columns[k] << " at " << i;
        }
    }
}

TEST(Indicators, know_every_value_from_the_stated_warm_up_on) {
    const auto candles = made_candles(3000, 8);
    for (const IndicatorRequest& request : requests(4)) {
        const auto columns = compute_indicators({&request, 1}, candles);
        // What begins anew with the day also needs a day that closed, what counts volume enough of it.
        const bool vpin = request.entry->name == "vpin", daily = vpin || request.entry->name == "pivots";
        const auto warm = static_cast<std::size_t>(vpin ? candles.size() : daily ? 1440 : request.warm_up());
        bool all_before = true;
        for (const auto& column : columns) {
            bool known = false;
            for (std::size_t i = 0; i < candles.size(); ++i) {
                ASSERT_FALSE(known && is_unknown(column[i])) << request.columns[0] << " forgets at " << i;
                known = !is_unknown(column[i]);
                ASSERT_TRUE(known || i < warm || (daily && i <= warm)) << request.columns[0] << " at " << i;
            }
            all_before = all_before && warm > 0 && !is_unknown(column[warm - 1]);
        }
        EXPECT_FALSE(warm > 0 && !daily && all_before) << request.columns[0] << " is known before bar " << warm;
    }
}

TEST(Indicators, forget_a_wild_price_once_it_has_left_their_window) {
    auto candles = made_candles(600, 9);
    auto wild = candles;
    wild[200] = {1e9, 1e9, 1e9, 1e9, 1e9};
    for (const char* name : {"sma(20)", "wma(20)", "midpoint(20)", "willr(20)", "variance(20)", "linreg_slope(20)",
                             "bollinger(20,2)", "aroon(20)", "vwma(20)", "cci(20)", "hma(20)", "mfi(20)", "ultosc"}) {
        const auto request = parse_indicator(name).value();
        const auto clean = compute_indicators({&request, 1}, candles), dirty = compute_indicators({&request, 1}, wild);
        for (std::size_t k = 0; k < clean.size(); ++k)
            for (std::size_t i = 260; i < candles.size(); ++i)
                ASSERT_NEAR(dirty[k][i], clean[k][i], 1e-9 * std::max(1.0, std::fabs(clean[k][i]))) << name << " at " << i;
    }
}

TEST(Indicators, do_not_know_a_volume_weighted_mean_without_volume) {
    auto candles = made_candles(60, 1);
    for (Candle& c : candles) c.volume = 0;
    const auto request = parse_indicator("vwma(5)").value();
    EXPECT_TRUE(is_unknown(compute_indicators({&request, 1}, candles)[0][50]));
}

TEST(Indicators, give_a_long_cci_without_looking_through_its_window) {
    const auto candles = made_candles(3000, 12);
    constexpr std::size_t n = 400;
    const auto request = parse_indicator("cci(400)").value();
    const auto column = compute_indicators({&request, 1}, candles)[0];
    for (std::size_t i = n - 1; i < candles.size(); ++i) {
        long double mean = 0, spread = 0;
        for (std::size_t k = i + 1 - n; k <= i; ++k) mean += candles[k].typical();
        mean /= n;
        for (std::size_t k = i + 1 - n; k <= i; ++k) spread += std::fabs(candles[k].typical() - mean);
        const auto expected = static_cast<double>((candles[i].typical() - mean) / (0.015L * (spread / n)));
        ASSERT_NEAR(column[i], expected, 1e-8 * std::max(60.0, std::fabs(expected))) << i;
    }
}

TEST(Indicators, average_the_true_range_of_each_convention) {
    const std::vector<Candle> candles = made_candles(300, 8);
    const auto whole = [&](const char* request) {
        const auto indicator = parse_indicator(request)->make();
        std::vector<double> out;
        for (const Candle& candle : candles) {
            double value[1];
            indicator->update(candle, value);
            out.push_back(value[0]);
        }
        return out;
    };
    const auto range = whole("true_range"), plain = whole("atr(14,0)"), exponential = whole("atr(14,1)"), wilder = whole("atr(14,2)"), standard = whole("atr");
    double ema = 0, rma = 0;
    for (std::size_t i = 1; i < candles.size(); ++i) {
        double mean = 0;
        for (std::size_t j = i < 14 ? 1 : i - 13; j <= i; ++j) mean += range[j] / 14;
        if (i < 14) continue;
        ema = i == 14 ? mean : ema + 2.0 / 15 * (range[i] - ema);
        rma = i == 14 ? mean : rma + 1.0 / 14 * (range[i] - rma);
        EXPECT_NEAR(plain[i], mean, 1e-9 * mean);
        EXPECT_NEAR(exponential[i], ema, 1e-9 * ema);
        EXPECT_NEAR(wilder[i], rma, 1e-9 * rma);
        EXPECT_EQ(standard[i], wilder[i]);
    }
}

TEST(IndicatorRequests, fill_in_standards_and_name_columns_as_asked) {
    EXPECT_THAT(parse_indicator("rsi").value().arguments, testing::ElementsAre(14));
    EXPECT_THAT(parse_indicator("rsi").value().columns, testing::ElementsAre("rsi"));
    EXPECT_THAT(parse_indicator("rsi(14)").value().columns, testing::ElementsAre("rsi(14)"));
    EXPECT_THAT(parse_indicator("macd").value().columns,
                testing::ElementsAre("macd.line", "macd.signal", "macd.histogram"));
    EXPECT_THAT(parse_indicator("macd(5, 10)").value().arguments, testing::ElementsAre(5, 10, 9));
    EXPECT_THAT(parse_indicator("macd(5,10,3)").value().columns.back(), "macd(5,10,3).histogram");
    EXPECT_THAT(parse_indicator("macd(5,10,3).signal").value().chosen, testing::ElementsAre(1u));
    EXPECT_THAT(parse_indicator("psar(0.02,0.2)").value().arguments, testing::ElementsAre(0.02, 0.2));
    EXPECT_THAT(parse_indicator(" obv ").value().columns, testing::ElementsAre("obv"));
}

TEST(IndicatorRequests, refuse_what_cannot_be_meant_and_say_what_can) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {"rsj(14)", "no indicator"},      {"rsi(0)", "outside"},       {"rsi(14", "brackets"},
        {"rsi 14)", "brackets"},          {"rsi(14,2)", "too many"},   {"rsi(x)", "not a number"},
        {"rsi(2.5)", "whole"},            {"rsi(14,)", "too many"},    {"rsi(14).k", "one output"},
        {"macd.k", "no output"},          {"macd(26,12)", "above"},    {"psar(nan,1)", "not a number"},
        {"sma(1e9)", "outside"},          {"macd(,)", "not a number"}, {"", "no indicator"},
        {"rsi()14", "not an output"},     {"macd.", "no output"},      {"sma(5)(6)", "not a number"},
    };
    for (const auto& [text, said] : cases) {
        const auto request = parse_indicator(text);
        ASSERT_FALSE(request) << text;
        EXPECT_EQ(request.error().code, ErrorCode::usage);
        EXPECT_THAT(request.error().text, testing::HasSubstr(said)) << text;
    }
}

TEST(IndicatorRegistry, holds_the_names_of_the_contract) {
    std::vector<std::string> names;
    for (const IndicatorEntry& entry : indicator_registry()) {
        names.push_back(entry.name);
        EXPECT_FALSE(entry.source.empty());
        EXPECT_FALSE(entry.inputs.empty());
    }
    EXPECT_THAT(names, testing::IsSupersetOf({"sma", "ema", "wma", "dema", "tema", "trima", "kama", "t3", "hma",
                                              "zlema", "vwma", "rma", "midpoint", "midprice", "rsi", "cmo", "roc",
                                              "momentum", "willr", "cci", "mfi", "obv", "ad", "adosc", "trix",
                                              "ultosc", "apo", "ppo", "natr", "atr", "true_range", "adx", "adxr",
                                              "dx", "plus_di", "minus_di", "psar", "stddev", "variance", "linreg",
                                              "linreg_slope", "tsf", "macd", "bollinger", "stochastic", "aroon", "beta",
                                              "correl", "bop", "choppiness", "chaikin_money_flow", "force_index", "vwap",
                                              "hurst", "efficiency_ratio", "yang_zhang", "garman_klass", "parkinson",
                                              "entropy", "keltner", "donchian", "stochrsi", "aroon_oscillator",
                                              "ichimoku", "vortex", "supertrend", "pivots", "fisher", "kst", "mama"}));
}

}  // namespace
}  // namespace aitrading::insight
