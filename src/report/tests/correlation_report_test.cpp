#include "report/correlation_report.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace aitrading::report {
namespace {

CorrelationReport three_markets() {
    CorrelationReport out;
    out.names = {"EURUSD", "<b>GBP</b>", "USDCHF"};
    out.timeframe = "H1";
    out.span = "2015-01-01 to 2015-02-01, 300 rows";
    out.method = "Pearson over the last 240 rows";
    out.verdict = "EURUSD and USDCHF are tied most closely.";
    for (std::int64_t i = 0; i < 300; ++i) out.time.push_back({from_civil({2015, 1, 1}).value + i * nanos_per_hour});
    for (std::size_t high = 1; high < 3; ++high)
        for (std::size_t low = 0; low < high; ++low) {
            CorrelationPair pair{.first = low, .second = high};
            pair.whole = {high == 2 ? -0.7 : 0.6, {high == 2 ? -0.75 : 0.55, high == 2 ? -0.65 : 0.65}, 300};
            pair.path_rows = 240;
            for (std::size_t i = 0; i < out.time.size(); ++i) pair.path.push_back(i < 240 ? NAN : std::sin(static_cast<double>(i)));
            pair.broke = out.time[150];
            pair.break_p = high == 2 ? 0.0004 : 0.4;
            for (int k = -2; k <= 2; ++k) {
                pair.lag.push_back(k);
                pair.at_lag.push_back(k == 0 ? pair.whole : CorrelationValue{0.01, {-0.05, 0.07}, 298});
            }
            pair.ratio = 1.1;
            out.pairs.push_back(pair);
        }
    out.order = {1, 0, 2};
    out.groups = {0, 0, 1};
    out.tree = {{0, 1, 0.9, 0.6}, {0, 2, 1.8, -0.7}};
    out.factors = {{"1", 2.1, 0.7, {0.9, 0.8, -0.8}}};
    out.noise_edge = 1.2;
    out.dollar = {{"EURUSD", "EURUSD", 0.576, {-0.96, {-0.97, -0.95}, 300}, {-0.6, {-0.7, -0.5}, 300}, {}, {}}};
    out.dollar_index = "Index of five legs";
    out.no_dollar = "USDSEK is not stored at H1";
    out.account = "USD";
    out.risk = {{"CVaR, historical at 95 %", 510, {480, 540}, {300, 250, -40}}};
    out.stress = {{"Swiss floor dropped", "2015-01-15", "", -1234, {-1000, -234, 0}}, {"UK referendum", "2016-06-23", "EURUSD ends at 2015-02-01", 0, {}}};
    out.no_risk = "";
    return out;
}

bool holds(const std::string& html, const std::string& text) { return html.find(text) != std::string::npos; }

TEST(CorrelationReport, counts_lags_in_one_or_more_rows) {
    CorrelationReport report = three_markets();
    report.pairs[0].best_lag = 1;
    report.pairs[1].best_lag = -2;
    const std::string html = render_correlation_report(report);
    EXPECT_TRUE(holds(html, "follows by 1 row ·"));
    EXPECT_TRUE(holds(html, "follows by 2 rows ·"));
}

TEST(CorrelationReport, states_what_was_found_and_what_is_not_there) {
    const std::string html = render_correlation_report(three_markets());
    EXPECT_TRUE(holds(html, "move against each other most closely: −0.70; 3 of 3 pairs differ from zero"));
    EXPECT_TRUE(holds(html, "2 of 3 pairs broke, chance alone would show about"));
    EXPECT_TRUE(holds(html, "likeliest break 2015-01-07 (p &lt; 0.001)"));
    EXPECT_TRUE(holds(html, "No pair moves ahead of the other by a row or more"));
    EXPECT_TRUE(holds(html, "−0.70 at no lag")) << "beyond a scale that shows the small ones";
    EXPECT_TRUE(holds(html, "EURUSD stands in the middle of the tree"));
    EXPECT_TRUE(holds(html, "The dollar index as published: not available."));
    EXPECT_TRUE(holds(html, "Without their own leg 1 of 1 pairs are tied less to the dollar index"));
    EXPECT_TRUE(holds(html, "EURUSD carries 59"));
    EXPECT_TRUE(holds(html, "Swiss floor dropped (2015-01-15) would have cost 1,234 USD"));
    EXPECT_TRUE(holds(html, "not available, EURUSD ends at"));
}

TEST(CorrelationReport, trusts_no_name) {
    const std::string html = render_correlation_report(three_markets());
    EXPECT_FALSE(holds(html, "<b>GBP"));
    EXPECT_TRUE(holds(html, "&lt;b&gt;GBP"));
}

TEST(CorrelationReport, without_anything_known_is_a_page_all_the_same) {
    CorrelationReport bare;
    bare.names = {"A", "B"};
    bare.pairs = {{.first = 0, .second = 1}};
    bare.no_structure = "too few rows";
    bare.no_dollar = "it needs bars";
    bare.no_risk = "no position was named";
    const std::string html = render_correlation_report(bare);
    for (const char* text : {"No pair has enough rows together", "the span is shorter than the window", "too few rows", "it needs bars", "no position was named"})
        EXPECT_TRUE(holds(html, text)) << text;
    EXPECT_FALSE(holds(html, "=\"nan"));
}

}  // namespace
}  // namespace aitrading::report
