#include "engines/graph/sqlite/sqlite_graph.hpp"

#include <gtest/gtest.h>

#include "engines/graph/sqlite/walker.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "ports/graph/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// A disk that loses what was not synced.
class DiskGround final : public ports::conformance::GraphGround {
  public:
    explicit DiskGround(std::uint64_t seed) : disk_(seed) {}
    Result<std::unique_ptr<ports::Graph>> open() override { return open_sqlite_graph({"graph", disk_.file_system(), 16}); }
    void cut(std::unique_ptr<ports::Graph> graph) override {
        disk_.cut_at(1);  // the next step is the last
        graph.reset();
        disk_.restart();
    }

  private:
    SimulatedDisk disk_;
};

class SqliteGraphOnSimulatedDisk : public testing::TestWithParam<ports::conformance::GraphCheck> {};

TEST_P(SqliteGraphOnSimulatedDisk, holds) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) EXPECT_EQ(GetParam().run([seed] { return std::make_unique<DiskGround>(seed); }), "") << "seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(Graph, SqliteGraphOnSimulatedDisk, testing::ValuesIn(ports::conformance::graph_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

/// Puts one more link of a chain.
Result<void> link(ports::Graph& graph, int number) {
    const std::string from = "n" + std::to_string(number), to = "n" + std::to_string(number + 1);
    return graph.put("t", {{from, "thing", {}}, {to, "thing", {}}}, {{{from, "to", to}}});
}

/// One life until the power goes, and what is left of it: every link that was told; at most one more, with both its nodes.
void live_and_be_cut(std::uint64_t seed) {
    SimulatedDisk disk(seed);
    disk.cut_at(12 + static_cast<std::int64_t>(seed * 5));
    int told = 0;
    {
        const auto graph = open_sqlite_graph({"graph", disk.file_system(), 8});
        while (graph && told < 300 && link(**graph, told)) ++told;
    }
    disk.restart();
    const auto graph = open_sqlite_graph({"graph", disk.file_system(), 8});
    ASSERT_TRUE(graph) << "seed " << seed << ": " << graph.error().text;
    const auto nodes = (*graph)->nodes("t", {}, "", 1'000).value();
    const auto there = static_cast<int>(nodes.size()) - (nodes.empty() ? 0 : 1);
    EXPECT_TRUE(there == told || there == told + 1) << "seed " << seed << ": " << there << " links after " << told;
    const auto sound = (*graph)->verify();
    EXPECT_TRUE(sound) << "seed " << seed << ": " << sound.error().text;
}

TEST(SqliteGraph, what_was_told_survives_power_cuts_at_any_step) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) live_and_be_cut(seed);
}

TEST(SqliteGraph, a_refused_write_stops_writing_and_reading_goes_on) {
    SimulatedDisk disk(7);
    const auto graph = open_sqlite_graph({"graph", disk.file_system(), 8}).value();
    ASSERT_TRUE(link(*graph, 0));
    disk.fail_sync_at(disk.steps() + 1);
    int number = 1;
    while (number < 100 && link(*graph, number)) ++number;
    ASSERT_LT(number, 100) << "the disk refused nothing";
    EXPECT_EQ(link(*graph, 1'000).error().code, ErrorCode::failed);
    EXPECT_EQ(graph->reach("t", "n0", {}, {.depth_max = 32})->found.size(), static_cast<std::size_t>(std::min(number, 32)) + 1);
}

TEST(SqliteGraph, properties_are_packed_and_back) {
    const ports::GraphProperties all{{"a", ""}, {"b", std::string("\0x", 2)}, {"c", std::string(4'000, 'c')}};
    EXPECT_EQ(graph::unpacked(graph::packed(all)), all);
    EXPECT_TRUE(graph::unpacked("").empty());
    EXPECT_TRUE(graph::unpacked("nonsense").empty());
}

}  // namespace
}  // namespace aitrading::engines
