#include "insight/features/candlesticks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "insight/features/registry.hpp"

namespace aitrading::insight {
namespace {

/// What TA-Lib says of the made candles: tools/golden/features/candlesticks.py.
struct Golden {
    std::vector<Candle> candles;
    std::vector<std::map<std::string, int>> verdicts;
};

Golden read_golden() {
    Golden golden;
    std::ifstream file(AIT_ROOM_DIR "/tests/golden/candlesticks.csv");
    std::string row, word;
    std::getline(file, row);
    while (std::getline(file, row)) {
        std::istringstream cells(row);
        Candle c;
        char comma;
        cells >> c.open >> comma >> c.high >> comma >> c.low >> comma >> c.close >> comma;
        c.time = static_cast<std::int64_t>(golden.candles.size()) * nanos_per_hour;
        golden.candles.push_back(c);
        golden.verdicts.emplace_back();
        while (cells >> word) {
            const std::size_t colon = word.find(':');
            golden.verdicts.back()[word.substr(0, colon)] = std::stoi(word.substr(colon + 1));
        }
    }
    return golden;
}

std::vector<CandleRule> all_rules() {
    std::vector<CandleRule> rules(short_candle_rules().begin(), short_candle_rules().end());
    rules.insert(rules.end(), long_candle_rules().begin(), long_candle_rules().end());
    return rules;
}

TEST(Candlesticks, say_what_talib_says_of_every_candle) {
    const Golden golden = read_golden();
    ASSERT_GT(golden.candles.size(), 2000u);
    for (const CandleRule& rule : all_rules()) {
        const std::string name(rule.name);
        CandlePattern pattern(rule, rule.penetration, true);
        std::set<int> seen;
        int wrong = 0;
        std::string first;
        for (std::size_t i = 0; i < golden.candles.size(); ++i) {
            const auto found = golden.verdicts[i].find(name);
            const int expected = found == golden.verdicts[i].end() ? 0 : found->second;
            const double verdict = pattern.update(golden.candles[i]);
            if ((is_unknown(verdict) ? 0 : verdict) == expected) {
                seen.insert(expected);
                continue;
            }
            if (wrong++ == 0) first = "row " + std::to_string(i + 2) + ": " + std::to_string(verdict) + " and not " + std::to_string(expected);
        }
        EXPECT_EQ(wrong, 0) << name << ", first at " << first;
        EXPECT_GE(seen.size(), 2u) << name << " never occurs in the golden file";
    }
}

TEST(Candlesticks, look_back_as_far_as_talib) {
    std::ifstream file(AIT_ROOM_DIR "/tests/golden/candle_lookbacks.csv");
    std::string row;
    std::getline(file, row);
    std::map<std::string, int> expected, ours;
    while (std::getline(file, row)) {
        const std::size_t comma = row.find(',');
        expected[row.substr(0, comma)] = std::stoi(row.substr(comma + 1));
    }
    for (const CandleRule& rule : all_rules()) ours[std::string(rule.name)] = rule.warm_up;
    EXPECT_EQ(ours.size(), 61u);
    EXPECT_EQ(ours, expected);
}

TEST(Candlesticks, say_only_up_none_or_down_unless_graded) {
    const Golden golden = read_golden();
    std::set<double> plain, graded;
    for (const char* name : {"cdl_engulfing", "cdl_hikkake", "cdl_harami", "cdl_engulfing(1)", "cdl_hikkake(1)"}) {
        const auto request = parse_indicator(name).value();
        const auto column = compute_indicators({&request, 1}, golden.candles)[0];
        auto& into = std::string(name).back() == ')' ? graded : plain;
        for (const double v : column)
            if (!is_unknown(v)) into.insert(v);
    }
    EXPECT_THAT(plain, testing::ElementsAre(-100, 0, 100));
    EXPECT_THAT(graded, testing::ElementsAre(-200, -100, -80, 0, 80, 100, 200));
}

TEST(Candlesticks, take_a_penetration_where_talib_does) {
    EXPECT_THAT(parse_indicator("cdl_morningstar").value().arguments, testing::ElementsAre(0.3));
    EXPECT_THAT(parse_indicator("cdl_darkcloudcover").value().arguments, testing::ElementsAre(0.5));
    EXPECT_FALSE(parse_indicator("cdl_doji(1)"));
}

}  // namespace
}  // namespace aitrading::insight
