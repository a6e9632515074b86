#include "engines/sqlite/simulated_disk/simulated_disk.hpp"

#include <gtest/gtest.h>

#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// A disk that loses what was not synced.
class DiskGround final : public ports::conformance::tables::Ground {
  public:
    explicit DiskGround(std::uint64_t seed) : disk_(seed) {}
    Result<std::unique_ptr<ports::TableEngine>> open(ports::PoolOptions pool) override { return open_sqlite_tables({"t", pool, disk_.file_system(), 16}); }
    void cut(std::unique_ptr<ports::TableStore> store) override {
        disk_.cut_at(1);  // the next step is the last
        store.reset();
        disk_.restart();
    }
    bool holds(std::string_view bytes) override { return disk_.holds(bytes); }

  private:
    SimulatedDisk disk_;
};

class TablesOnSimulatedDisk : public testing::TestWithParam<ports::conformance::tables::Check> {};

TEST_P(TablesOnSimulatedDisk, keeps_the_promise_of_the_port) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) EXPECT_EQ(GetParam().run([seed] { return std::make_unique<DiskGround>(seed); }), "") << "seed " << seed;
}

/// Not here: threads that ask a disk whose waits take no time.
std::vector<ports::conformance::tables::Check> checks_of_one_thread() {
    std::vector<ports::conformance::tables::Check> out = ports::conformance::tables::checks();
    std::erase_if(out, [](const auto& check) { return std::string_view(check.name) == "several_that_migrate_at_once_all_succeed"; });
    return out;
}

INSTANTIATE_TEST_SUITE_P(TableStore, TablesOnSimulatedDisk, testing::ValuesIn(checks_of_one_thread()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
