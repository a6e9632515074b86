#include "engines/table_store/postgres/tests/postgres_ground.hpp"

namespace aitrading::engines {
namespace {

class PostgresTablesConformance : public testing::TestWithParam<ports::conformance::tables::Check> {};

TEST_P(PostgresTablesConformance, on_a_real_server) {
    AIT_NEEDS_POSTGRES();
    EXPECT_EQ(GetParam().run([] { return std::make_unique<PostgresGround>(test_postgres()); }), "");
}

INSTANTIATE_TEST_SUITE_P(TableStore, PostgresTablesConformance, testing::ValuesIn(ports::conformance::tables::checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
