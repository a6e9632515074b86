#include <gtest/gtest.h>

#include "engines/series_store/histories/tests/history_folder.hpp"
#include "ports/series_store/conformance/history_checks.hpp"

namespace aitrading::engines {
namespace {

class ParquetHistoriesConformance : public testing::TestWithParam<ports::conformance::HistoryCheck> {};

TEST_P(ParquetHistoriesConformance, holds_on_the_machines_disk) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<HistoryFolderGround>(50'000); }), "");
}

TEST_P(ParquetHistoriesConformance, holds_where_every_few_rows_become_a_part) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<HistoryFolderGround>(20); }), "");
}

INSTANTIATE_TEST_SUITE_P(Histories, ParquetHistoriesConformance, testing::ValuesIn(ports::conformance::history_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
