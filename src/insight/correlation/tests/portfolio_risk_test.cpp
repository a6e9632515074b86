#include "insight/correlation/portfolio_risk.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/tests/golden.hpp"
#include "insight/correlation/exposure.hpp"
#include "insight/correlation/stress.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

void expect_parts(const RiskMeasure& got, double total, const std::vector<double>& parts, double tolerance) {
    EXPECT_NEAR(got.total, total, 1e-7 * std::abs(total));
    EXPECT_NEAR(sum(got.component), got.total, 1e-9 * std::abs(total)) << "Euler: the parts sum up to the whole";
    for (std::size_t j = 0; j < parts.size(); ++j) EXPECT_NEAR(got.component[j], parts[j], tolerance * std::abs(total)) << j;
    EXPECT_LT(got.low, got.total);
    EXPECT_GT(got.high, got.total);
}

TEST(PortfolioRisk, is_that_of_numpy_with_slopes_by_finite_differences) {
    const auto g = golden("risk");
    const std::vector<double> x = flat(g["x"]), value = flat(g["value"]);
    for (const auto& level : g["levels"]) {
        const PortfolioRisk risk =
            portfolio_risk(value, {x.data(), x.size() / 5, 5, 5}, {.confidence = level["confidence"].get<double>()}).value();
        EXPECT_EQ(risk.rows, 500u);
        EXPECT_EQ(risk.tail_rows, level["k"].get<std::size_t>());
        expect_parts(risk.normal_var, level["normal_var"], flat(level["normal_var_parts"]), 1e-7);
        expect_parts(risk.normal_cvar, level["normal_cvar"], flat(level["normal_cvar_parts"]), 1e-7);
        expect_parts(risk.historical_var, level["var"], flat(level["var_parts"]), 1e-9);
        expect_parts(risk.historical_cvar, level["cvar"], flat(level["cvar_parts"]), 1e-9);
        EXPECT_GT(risk.diversification, 1);
    }
}

TEST(PortfolioRisk, is_that_of_the_specification) {
    // Vector sizing-misc: VaR90 the 2nd worst of 20, CVaR90 the mean of the two worst.
    std::vector<double> r{-0.0163, -0.0091, -0.0083, -0.0079, -0.0048, -0.0032, -0.0032, -0.0029, -0.0009, 0.0008,
                          0.0009,  0.0052,  0.0052,  0.0061,  0.0079,  0.0095,  0.0096,  0.0129,  0.0146,  0.0193};
    for (double& v : r) v = std::log1p(v);
    const std::vector<double> value{1.0};
    const PortfolioRisk risk = portfolio_risk(value, {r.data(), 20, 1, 1}, {.confidence = 0.9}).value();
    EXPECT_NEAR(risk.historical_cvar.total, 0.0127, 1e-10);
    EXPECT_NEAR(risk.historical_var.total, 0.0091, 1e-10);
}

TEST(PortfolioRisk, intervals_hold_the_truth_about_95_times_in_100) {
    const std::vector<double> value{1.0};
    const double z = 1.6448536269514722, cvar = std::exp(-z * z / 2) / std::sqrt(2 * M_PI) / 0.05;
    int var_held = 0, cvar_held = 0, normal_held = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SplitMix64 random(derive_seed(seed, 3));
        std::vector<double> r(1000);
        for (double& v : r) v = std::log1p(0.001 * random.next_normal());
        const PortfolioRisk risk = portfolio_risk(value, {r.data(), r.size(), 1, 1}, {}).value();
        var_held += risk.historical_var.low <= 0.001 * z && 0.001 * z <= risk.historical_var.high;
        cvar_held += risk.historical_cvar.low <= 0.001 * cvar && 0.001 * cvar <= risk.historical_cvar.high;
        normal_held += risk.normal_var.low <= 0.001 * z && 0.001 * z <= risk.normal_var.high;
    }
    EXPECT_NEAR(var_held, 380, 15);
    EXPECT_NEAR(cvar_held, 375, 18);
    EXPECT_NEAR(normal_held, 380, 15);
}

TEST(PortfolioRisk, says_what_is_wrong) {
    const std::vector<double> value{1.0}, still(30, 0.0), few(19, 0.1);
    EXPECT_EQ(portfolio_risk(value, {still.data(), 30, 1, 1}, {.confidence = 1}).error().code, ErrorCode::usage);
    EXPECT_THAT(portfolio_risk(value, {still.data(), 30, 1, 1}, {}).error().text, testing::HasSubstr("never moves"));
    EXPECT_THAT(portfolio_risk(value, {few.data(), 19, 1, 1}, {}).error().text, testing::HasSubstr("19 rows"));
}

TEST(Exposure, sums_the_legs_of_each_currency) {
    const std::vector<QuotedPrice> prices{{"EURUSD", 1.2}, {"USDJPY", 100}, {"XAUUSD", 1300}};
    const std::vector<Position> positions{{"EURUSD", 100'000, 1.2}, {"USDJPY", 50'000, 100}, {"EURJPY", -20'000, 120}, {"XAUUSD", 10, 1300}, {"SPX", 5, 2800}};
    const Exposures e = exposures_of(positions, "USD", prices).value();
    const auto of = [&](const char* currency) { return *std::ranges::find(e.currencies, currency, &CurrencyExposure::currency); };
    EXPECT_DOUBLE_EQ(of("EUR").amount, 80'000);
    EXPECT_NEAR(*of("EUR").in_account, 96'000, 1e-6);
    EXPECT_DOUBLE_EQ(of("JPY").amount, -5'000'000 + 2'400'000);
    EXPECT_NEAR(*of("JPY").in_account, -26'000, 1e-6);
    EXPECT_DOUBLE_EQ(of("USD").amount, -120'000 + 50'000 - 13'000 - 14'000);
    EXPECT_DOUBLE_EQ(of("XAU").amount, 10);
    EXPECT_DOUBLE_EQ(*of("SPX").in_account, 14'000);
    EXPECT_THAT(e.value, testing::ElementsAre(testing::DoubleEq(120'000), testing::DoubleNear(50'000, 1e-6), testing::DoubleNear(-24'000, 1e-6),
                                              testing::DoubleEq(13'000), testing::DoubleEq(14'000)));
    double total = 0;
    for (const CurrencyExposure& c : e.currencies) total += *c.in_account;
    EXPECT_NEAR(total, 0, 1e-6) << "every position is paid for";
}

TEST(Exposure, names_the_pair_that_would_convert) {
    const std::vector<Position> positions{{"EURGBP", 1000, 0.9}};
    EXPECT_THAT(exposures_of(positions, "USD", {}).error().text, testing::HasSubstr("GBPUSD or USDGBP"));
    EXPECT_EQ(exposures_of(std::vector<Position>{{"EURUSD", 1, 0}}, "USD", {}).error().code, ErrorCode::bad_input);
    EXPECT_EQ(currencies_of("XAUUSD.oanda"), (std::pair<std::string, std::string>{"XAU", "USD"}));
    EXPECT_EQ(currencies_of("BTCUSDT"), (std::pair<std::string, std::string>{"BTC", "USDT"}));
    EXPECT_EQ(currencies_of("US30m").second, "");
}

/// A year of days from 2015-01-01 on which the first market falls 20 % on 15 January, and another 5 % in July.
AlignedReturns year_of_days() {
    std::vector<CrossSeries> series{{"USDCHF", "", {}, {}}, {"EURUSD", "", {}, {}}};
    SplitMix64 random(9);
    double levels[2] = {0, 0};
    const UnixNanos begin = from_civil({2015, 1, 1});
    for (std::int64_t d = 0; d < 300; ++d)
        for (std::size_t j = 0; j < 2; ++j) {
            levels[j] += 0.0005 * random.next_normal();
            if (j == 0 && d == 15) levels[j] += std::log(0.8);
            if (j == 0 && d == 190) levels[j] += std::log(0.95);
            series[j].known.push_back({begin.value + d * nanos_per_day});
            series[j].level.push_back(std::exp(levels[j]));
        }
    return aligned_returns(series).value();
}

TEST(Stress, replays_an_episode_that_the_data_hold_and_names_what_is_not_there) {
    const AlignedReturns rows = year_of_days();
    const std::vector<double> value{1000, 0};
    int available = 0;
    for (const Episode& episode : known_episodes()) {
        const StressResult result = replay_episode(rows, value, episode);
        if (!result.missing.empty()) {
            EXPECT_THAT(result.missing, testing::HasSubstr("USDCHF")) << episode.name;
            continue;
        }
        ++available;
        if (episode.name == "Swiss floor dropped") {
            EXPECT_EQ(result.rows, 1u);
            EXPECT_NEAR(result.profit, -200, 3);
            EXPECT_NEAR(sum(result.component), result.profit, 1e-9);
        }
    }
    EXPECT_EQ(available, 2) << "the Swiss floor and the yuan";
}

TEST(Stress, finds_the_worst_windows_without_sharing_a_row) {
    const AlignedReturns rows = year_of_days();
    const std::vector<double> value{1000, 500};
    const auto worst = worst_windows(rows, value, 5, 3);
    ASSERT_EQ(worst.size(), 3u);
    EXPECT_NEAR(worst[0].profit, -200, 8);
    EXPECT_NEAR(worst[1].profit, -50, 8);
    for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t b = 0; b < a; ++b)
            EXPECT_TRUE(worst[a].episode.to <= worst[b].episode.from || worst[b].episode.to <= worst[a].episode.from);
    EXPECT_TRUE(worst_windows(rows, value, 1000, 3).empty());
}

}  // namespace
}  // namespace aitrading::insight
