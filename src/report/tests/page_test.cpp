#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "report/run_pictures.hpp"
#include "sample.hpp"

namespace aitrading::report {
namespace {

void write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// Python's XML parser accepts the page: an independent check that every tag is closed and every entity known.
int parse_as_xml(const std::string& page, const std::string& name) {
    const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / fmt::format("report-{}-{}.html", getpid(), name);
    write(path, page.substr(page.find('\n') + 1));
    const std::string command = "python3 -c \"import sys,xml.dom.minidom as m; m.parse(sys.argv[1])\" '" + path.string() + "'";
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
    std::filesystem::remove(path);
    return status;
}

/// With AITRADING_REPORT_OUT=DIR the sample pages are left there to be looked at.
TEST(Page, renders_the_samples) {
    const std::pair<const char*, std::string> pages[] = {{"run.html", render_run_report(sample::run())},
                                                         {"evaluation.html", render_evaluation_report(sample::evaluation())},
                                                         {"card.html", render_model_card(sample::card())},
                                                         {"demo.html", render_demo_report(sample::demo())},
                                                         {"regimes.html", render_regime_report(sample::regimes())}};
    const char* folder = std::getenv("AITRADING_REPORT_OUT");  // NOLINT(concurrency-mt-unsafe)
    for (const auto& [name, page] : pages) {
        EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
        EXPECT_TRUE(page.ends_with("</html>\n"));
        if (folder != nullptr) write(std::filesystem::path(folder) / name, page);
    }
}

TEST(Page, is_well_formed_and_self_contained) {
    const std::string pages[] = {render_run_report(sample::run(3000)), render_evaluation_report(sample::evaluation()), render_demo_report(sample::demo()),
                                 render_regime_report(sample::regimes()), render_model_card(sample::card())};
    int index = 0;
    for (const std::string& page : pages) {
        EXPECT_EQ(parse_as_xml(page, std::to_string(index++)), 0);
        EXPECT_THAT(page, testing::Not(testing::HasSubstr("url(")));
        EXPECT_THAT(page, testing::Not(testing::HasSubstr("src=")));
        EXPECT_THAT(page, testing::Not(testing::HasSubstr("<link")));
        std::string rest = page;
        for (std::size_t at; (at = rest.find("http://www.w3.org/2000/svg")) != std::string::npos;) rest.erase(at, 26);
        EXPECT_THAT(rest, testing::Not(testing::ContainsRegex("https?:")));
        EXPECT_THAT(page, testing::Not(testing::ContainsRegex("[ \"]nan[ \"]")));
    }
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
    return found;
}

TEST(Page, gives_every_picture_a_text_alternative_and_a_source) {
    const std::string page = render_run_report(sample::run(3000));
    const std::size_t pictures = count(page, "<svg ");
    EXPECT_GE(pictures, 3U * 8U);
    EXPECT_EQ(count(page, "role=\"img\""), pictures);
    EXPECT_EQ(count(page, "<desc id="), pictures);
    EXPECT_EQ(count(page, "<figure>"), pictures / 3);
    EXPECT_EQ(count(page, "<p class=\"source\">"), pictures / 3);
    for (std::size_t i = 0; i < pictures / 3; ++i)
        for (const char* variant : {"s", "m", "w"}) EXPECT_EQ(count(page, " id=\"p" + std::to_string(i) + variant + "t\""), 1U);
}

TEST(Page, is_the_same_for_the_same_values) {
    EXPECT_EQ(render_run_report(sample::run(2000)), render_run_report(sample::run(2000)));
    EXPECT_EQ(render_demo_report(sample::demo()), render_demo_report(sample::demo()));
}

TEST(Page, escapes_hostile_names_everywhere) {
    const std::string hostile = "<script>alert(1)</script>\"'&";
    RunReport report = sample::run(2000);
    report.result.strategy = report.result.series.symbol = report.prices.key.symbol = report.currency = hostile;
    report.panels[0].name = report.importance[0].name = report.sensitivity[0].what = report.placebos[0].name = hostile;
    report.protocol = {hostile};
    report.provenance.command_line = report.provenance.data = hostile;
    const std::string page = render_run_report(report);
    EXPECT_EQ(page.find("<script>alert"), std::string::npos);
    EXPECT_THAT(page, testing::HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_EQ(parse_as_xml(page, "hostile"), 0);
}

TEST(Page, says_not_available_where_nothing_was_given) {
    const std::string page = render_run_report({});
    EXPECT_EQ(parse_as_xml(page, "empty"), 0);
    EXPECT_EQ(count(page, "<svg "), 0U);
    EXPECT_THAT(page, testing::HasSubstr("No trade was made: there is nothing to judge."));
    for (const char* part : {"Equity", "Reliability and accuracy against coverage", "Regimes", "Costs", "Sensitivity", "Placebos", "Price with trades", "Trade list", "Protocol"})
        EXPECT_THAT(page, testing::HasSubstr(std::string("<strong>") + part + ": not available.</strong>"));
    EXPECT_EQ(parse_as_xml(render_demo_report({}), "empty-demo"), 0);
}

TEST(Page, draws_one_point_and_one_bar) {
    RunReport report;
    report.prices = sample::hourly_walk(1, 1);
    report.result.series = report.prices.key;
    report.result.cash = Money::from_double(1000);
    report.result.daily = {{report.prices.time[0], Money::from_double(1000), 0}};
    report.result.trades = 1;
    report.result.trade_list = {{report.prices.time[0], report.prices.time[0], Side::buy, Quantity::from_double(1), report.prices.open[0], report.prices.close[0], {}, {}, {}}};
    report.predictions = sample::noisy_predictions(report.prices, 0.1, 1);
    report.panels = {{"one", sample::panel_of(report.predictions, 1), false}};
    const std::string page = render_run_report(report);
    EXPECT_EQ(parse_as_xml(page, "one"), 0);
    EXPECT_GE(count(page, "<svg "), 3U * 5U);
}

TEST(Page, survives_values_that_are_no_numbers) {
    RunReport report = sample::run(2000);
    for (EquityPoint& p : report.result.daily) p.drawdown = NAN;
    Panel& panel = report.panels[0].panel;
    panel.accuracy = panel.accuracy_low = panel.majority_rate = panel.log_loss_skill = panel.ece = NAN;
    panel.accuracy_at[1].accuracy = INFINITY;
    panel.reliability[9].observed = NAN;
    report.importance[0].share = NAN;
    report.sensitivity[0].value = NAN;
    report.predictions.p_up[0] = NAN;
    report.result.sharpe = NAN;
    const std::string page = render_run_report(report);
    EXPECT_EQ(parse_as_xml(page, "nan"), 0);
    for (const char* attribute : {"x=\"nan", "y=\"nan", "d=\"Mnan", "inf\"", "-nan"}) EXPECT_EQ(page.find(attribute), std::string::npos) << attribute;
}

TEST(Page, stays_small_for_a_million_bars) {
    BarColumns bars = sample::hourly_walk(1000, 1);
    const BarColumns year = bars;
    bars.reserve(1'000'000);
    while (bars.size() < 1'000'000) {
        Bar next = year.bar(bars.size() % year.size());
        next.time = {bars.time.back().value + nanos_per_minute};
        bars.append(next);
    }
    const RunResult result = sample::random_trades(bars, 50'000, 3);
    Page page("t", "k", "s", "c");
    page.picture(price_picture(result, bars, "USD"));
    EXPECT_LT(page.finish().size(), 150'000U);
    RunReport report;
    report.result = result;
    report.prices = bars;
    EXPECT_LT(render_run_report(report).size(), 1'500'000U);
}

TEST(Page, shows_the_chosen_model_of_an_evaluation) {
    EvaluationReport report = sample::evaluation();
    report.chosen = "xgboost";
    EXPECT_THAT(render_evaluation_report(report), testing::HasSubstr("<p class=\"verdict\">xgboost is right on"));
    report.chosen = "";
    EXPECT_THAT(render_evaluation_report(report), testing::HasSubstr("<p class=\"verdict\">lightgbm is right on"));
}

TEST(Page, follows_the_order_of_the_look) {
    const std::string page = render_run_report(sample::run(2000));
    std::size_t at = 0;
    for (const char* part : {"class=\"verdict\"", "class=\"figures\"", "<h2>Equity and drawdown", "<h2>What the models knew", "<h2>Where it worked", "<h2>The regimes it traded in", "<h2>What it cost",
                             "<h2>What could be wrong", "<h2>Trades", "<h2>Protocol and how to make it again"}) {
        at = page.find(part, at);
        ASSERT_NE(at, std::string::npos) << part;
    }
}

TEST(QuoteCurrency, is_told_by_pairs_only) {
    EXPECT_EQ(quote_currency("EURUSD"), "USD");
    EXPECT_EQ(quote_currency("SP500"), "");
    EXPECT_EQ(quote_currency("EUR/USD"), "");
}

}  // namespace
}  // namespace aitrading::report
