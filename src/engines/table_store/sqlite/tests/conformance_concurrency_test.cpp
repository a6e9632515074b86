#include "engines/table_store/sqlite/tests/sqlite_grounds.hpp"

namespace aitrading::engines {
namespace {

class SqliteTablesConformance : public testing::TestWithParam<ports::conformance::tables::Check> {};

TEST_P(SqliteTablesConformance, on_the_machines_disk) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<FolderGround>(); }), "");
}

INSTANTIATE_TEST_SUITE_P(TableStore, SqliteTablesConformance, testing::ValuesIn(ports::conformance::tables::checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
