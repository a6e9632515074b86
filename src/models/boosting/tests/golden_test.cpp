#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "models/boosting/flat_forest.hpp"

// Models and predictions made with the libraries' Python packages (tools/golden/boosting/make_models.py).

namespace aitrading::models {
namespace {

constexpr std::size_t kColumns = 8;

std::string read_golden(const std::string& name) {
    std::ifstream file(std::string(AIT_ROOM_DIR) + "/tests/golden/" + name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

struct Table {
    std::map<std::string, std::size_t> column;
    std::vector<std::vector<double>> rows;
};

Table read_rows() {
    Table table;
    std::istringstream lines(read_golden("rows.csv"));
    std::string line, cell;
    std::getline(lines, line);
    std::istringstream names(line);
    while (std::getline(names, cell, ',')) table.column.emplace(cell, table.column.size());
    while (std::getline(lines, line)) {
        auto& row = table.rows.emplace_back();
        std::istringstream cells(line);
        while (std::getline(cells, cell, ',')) {
            double value = 0;
            std::from_chars(cell.data(), cell.data() + cell.size(), value);
            row.push_back(value);
        }
    }
    return table;
}

void expect_golden(const std::string& name, const Result<ForestModel>& model) {
    ASSERT_TRUE(model) << model.error().text;
    const auto flat = FlatForest::build(*model);
    ASSERT_TRUE(flat) << flat.error().text;
    ASSERT_EQ(flat->columns(), kColumns);
    const auto table = read_rows();
    ASSERT_EQ(table.rows.size(), 250U);
    for (const auto& row : table.rows) {
        const std::span<const double> x(row.data(), kColumns);
        EXPECT_NEAR(flat->probability(x), row[table.column.at(name)], 1e-12);
        EXPECT_NEAR(flat->margin(x), row[table.column.at(name + "_margin")], 1e-12);
    }
}

TEST(GoldenTest, lightgbm) {
    expect_golden("lightgbm", read_lightgbm_text(read_golden("lightgbm.txt")));
}
TEST(GoldenTest, lightgbm_with_zero_as_missing) {
    expect_golden("lightgbm_zero", read_lightgbm_text(read_golden("lightgbm_zero.txt")));
}
TEST(GoldenTest, random_forest) {
    expect_golden("forest", read_lightgbm_text(read_golden("forest.txt")));
}
TEST(GoldenTest, xgboost) {
    expect_golden("xgboost", read_xgboost_json(read_golden("xgboost.json")));
}

}  // namespace
}  // namespace aitrading::models
