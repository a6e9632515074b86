#include "insight/features/microstructure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <map>

#include "base/random.hpp"
#include "insight/features/quote_flow.hpp"

namespace aitrading::insight {
namespace {

/// A file of tools/golden/features/quotes.py by columns; NaN where a cell is empty.
struct Table {
    std::map<std::string, std::vector<double>> columns;
    std::vector<std::int64_t> time;
};

Table read_golden(const char* name) {
    Table table;
    std::ifstream file(std::string(AIT_ROOM_DIR "/tests/golden/") + name);
    std::vector<std::string> names;
    std::string row;
    for (bool head = true; std::getline(file, row); head = false) {
        std::size_t column = 0;
        for (std::size_t at = 0; at <= row.size(); ++column) {
            const std::size_t comma = std::min(row.find(',', at), row.size());
            const std::string cell = row.substr(at, comma - at);
            at = comma + 1;
            if (head)
                names.push_back(cell);
            else if (names[column] == "time")
                table.time.push_back(std::stoll(cell));
            else
                table.columns[names[column]].push_back(cell.empty() ? unknown : std::stod(cell));
        }
    }
    return table;
}

TickColumns quotes_of(const Table& t, bool sizes = true) {
    TickColumns ticks;
    ticks.key = {"EURUSD", Timeframe::ticks};
    const auto& c = t.columns;
    const auto price = [](double x) { return Price{std::llround(x * 1e5) * 10'000}; };
    for (std::size_t i = 0; i < t.time.size(); ++i) {
        const auto size = [&](const char* name) { return sizes ? Quantity{std::llround(c.at(name)[i]) * 1'000'000} : Quantity{}; };
        ticks.append({{t.time[i]}, price(c.at("bid")[i]), price(c.at("ask")[i]), size("bid_size"), size("ask_size")});
    }
    return ticks;
}

TEST(QuoteFeatures, equal_the_recomputation) {
    const TickColumns ticks = quotes_of(read_golden("quotes.csv"));
    const Table expected = read_golden("quote_rows.csv");
    const auto matrix = QuoteFeatures::of(ticks, Timeframe::m1).compute(ticks).value();
    ASSERT_EQ(matrix.rows(), expected.time.size());
    ASSERT_EQ(matrix.columns(), expected.columns.size());
    for (std::size_t c = 0; c < matrix.columns(); ++c) {
        const auto& column = expected.columns.at(matrix.names[c]);
        for (std::size_t i = 0; i < matrix.rows(); ++i) {
            EXPECT_EQ(matrix.time[i].value, expected.time[i]);
            const double ours = matrix.row(i)[c];
            ASSERT_EQ(is_unknown(ours), is_unknown(column[i])) << matrix.names[c] << " at " << i;
            // Slopes of moves of 1e-6 keep fewer digits in the recomputation's logs of whole prices.
            const double slack = matrix.names[c] == "kyle_lambda_20" || matrix.names[c] == "realised_variance" ? 1e-13 : 1e-9;
            if (is_unknown(ours)) continue;
            ASSERT_NEAR(ours, column[i], slack + 1e-8 * std::fabs(column[i])) << matrix.names[c] << " at " << i;
        }
    }
}

TEST(QuoteFeatures, leave_out_what_quotes_cannot_tell_and_say_why) {
    const TickColumns ticks = quotes_of(read_golden("quotes.csv"), false);
    const QuoteFeatures features = QuoteFeatures::of(ticks, Timeframe::m1);
    std::map<std::string, std::string> absent;
    for (const AbsentColumn& c : features.manifest().absent) absent[c.name] = c.reason;
    EXPECT_EQ(absent.at("order_flow"), "the quotes have no sizes");
    EXPECT_EQ(absent.at("effective_spread"), "quotes alone, no trades");
    EXPECT_THAT(features.compute(ticks)->names, testing::Not(testing::Contains("order_flow")));
}

TEST(QuoteFeatures, do_not_change_when_later_quotes_are_cut_off) {
    TickColumns ticks = quotes_of(read_golden("quotes.csv"));
    const QuoteFeatures features = QuoteFeatures::of(ticks, Timeframe::m1);
    const auto whole = features.compute(ticks).value();
    SplitMix64 random(3);
    for (int trial = 0; trial < 20; ++trial) {
        TickColumns part;
        part.key = ticks.key;
        const std::size_t cut = 1 + random.next_below(ticks.size() - 1);
        for (std::size_t i = 0; i < cut; ++i) part.append(ticks.tick(i));
        const auto rows = features.compute(part).value();
        // The last bar may still have been open at the cut; whoever has not seen its end has no row of it yet.
        for (std::size_t i = 0; i + 1 < rows.rows(); ++i)
            ASSERT_EQ(std::memcmp(rows.row(i).data(), whole.row(i).data(), rows.row(i).size_bytes()), 0) << i;
    }
}

TEST(QuoteFeatures, refuse_quotes_that_cannot_be) {
    TickColumns ticks = quotes_of(read_golden("quotes.csv"));
    const QuoteFeatures features = QuoteFeatures::of(ticks, Timeframe::m1);
    TickColumns crossed = ticks;
    crossed.ask[5] = Price{crossed.bid[5].raw - 1};
    EXPECT_THAT(features.compute(crossed).error().text, testing::HasSubstr("row 5"));
    std::swap(ticks.time[7], ticks.time[8]);
    EXPECT_THAT(features.compute(ticks).error().text, testing::HasSubstr("row 8"));
}

TEST(TradeFlow, tells_effective_spread_and_side_of_every_trade) {
    const Table t = read_golden("quotes.csv");
    const auto& c = t.columns;
    TradeFlow flow;
    double paid = 0, size = 0, bought = 0;
    for (std::size_t i = 0; i < t.time.size(); ++i) {
        flow.quote({c.at("bid")[i], c.at("ask")[i], c.at("bid_size")[i], c.at("ask_size")[i]});
        if (is_unknown(c.at("price")[i])) continue;
        const auto verdict = flow.trade(c.at("price")[i], c.at("size")[i]);
        ASSERT_NEAR(verdict.effective_bps, c.at("effective")[i], 1e-8) << i;
        ASSERT_EQ(verdict.side, c.at("side")[i]) << i;
        paid += c.at("effective")[i] * c.at("size")[i];
        bought += c.at("side")[i] * c.at("size")[i];
        size += c.at("size")[i];
    }
    EXPECT_NEAR(flow.effective_bps(), paid / size, 1e-8);
    EXPECT_NEAR(flow.imbalance(), bought / size, 1e-12);
}

}  // namespace
}  // namespace aitrading::insight
