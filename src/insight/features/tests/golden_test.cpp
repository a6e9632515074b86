#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "insight/features/registry.hpp"

namespace aitrading::insight {
namespace {

/// A file of tools/golden/features/make.py: columns by name.
struct Golden {
    std::vector<std::string> names;
    std::map<std::string, std::vector<double>> columns;
    std::vector<Candle> candles;
};

std::vector<std::string> split(const std::string& row) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : row) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

Golden read_golden(const std::string& series) {
    Golden golden;
    std::ifstream file(AIT_ROOM_DIR "/tests/golden/" + series + ".csv");
    std::string row;
    std::getline(file, row);
    golden.names = split(row);
    while (std::getline(file, row)) {
        const auto cells = split(row);
        for (std::size_t i = 0; i < cells.size(); ++i)
            golden.columns[golden.names[i]].push_back(cells[i].empty() ? unknown : std::strtod(cells[i].c_str(), nullptr));
    }
    auto& c = golden.columns;
    for (std::size_t i = 0; i < c["close"].size(); ++i)
        golden.candles.push_back({c["open"][i], c["high"][i], c["low"][i], c["close"][i], c["volume"][i],
                                  static_cast<std::int64_t>(i) * nanos_per_hour});
    return golden;
}

double median_magnitude(const std::vector<double>& column) {
    std::vector<double> known;
    for (const double v : column)
        if (!is_unknown(v)) known.push_back(std::fabs(v));
    if (known.empty()) return 0;
    std::ranges::nth_element(known, known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2));
    // A column that is mostly zero has no usual size but its largest.
    return known[known.size() / 2] > 1e-30 ? known[known.size() / 2] : std::ranges::max(known);
}

/// Rows at which two columns differ by more than 1e-8 of the larger of the value and the column's median magnitude.
std::vector<std::size_t> differing(const std::vector<double>& ours, const std::vector<double>& theirs) {
    std::vector<std::size_t> rows;
    const double usual = median_magnitude(theirs);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const bool same = is_unknown(ours[i]) || is_unknown(theirs[i])
                              ? is_unknown(ours[i]) == is_unknown(theirs[i])
                              : std::fabs(ours[i] - theirs[i]) <= 1e-8 * std::max(std::fabs(theirs[i]), usual);
        if (!same) rows.push_back(i);
    }
    return rows;
}

class GoldenSeries : public testing::TestWithParam<const char*> {};

TEST_P(GoldenSeries, indicators_equal_talib_or_the_exact_recomputation) {
    const Golden golden = read_golden(GetParam());
    ASSERT_GT(golden.candles.size(), 100u);
    int talib_missed = 0;
    for (const std::string& name : golden.names) {
        const bool exact_only = name.starts_with("exact ") && !golden.columns.contains(name.substr(6));
        if (golden.columns.at(name).empty() || (name.starts_with("exact ") && !exact_only)) continue;
        const std::string asked = exact_only ? name.substr(6) : name;
        const auto request = parse_indicator(asked);
        if (!request) {
            EXPECT_LT(&name - golden.names.data(), 5) << request.error().text;
            continue;
        }
        const auto ours = compute_indicators({&*request, 1}, golden.candles).front();
        const auto exact = golden.columns.find("exact " + asked);
        const auto& judge = exact == golden.columns.end() ? golden.columns.at(asked) : exact->second;
        const auto rows = differing(ours, judge);
        EXPECT_TRUE(rows.empty()) << asked << " differs at " << rows.size() << " rows, first " << rows.front() << ": "
                                  << ours[rows.front()] << " and not " << judge[rows.front()];
        if (!exact_only && !differing(golden.columns.at(asked), judge).empty()) ++talib_missed;
    }
    RecordProperty("columns_where_talib_misses_the_exact_value", talib_missed);
}

INSTANTIATE_TEST_SUITE_P(Made, GoldenSeries, testing::Values("walk", "flat", "level", "steps"),
                         [](const auto& made) { return std::string(made.param); });

TEST(GoldenSeries, cover_every_indicator_of_the_registry) {
    const Golden golden = read_golden("walk");
    for (const IndicatorEntry& entry : indicator_registry()) {
        if (entry.name.starts_with("cdl_")) continue;  // see candlesticks_test
        const bool covered = std::ranges::any_of(golden.names, [&](std::string name) {
            if (name.starts_with("exact ")) name = name.substr(6);
            return name.substr(0, name.find_first_of("(.")) == entry.name;
        });
        EXPECT_TRUE(covered) << entry.name << " has no golden column";
    }
}

}  // namespace
}  // namespace aitrading::insight
