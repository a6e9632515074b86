#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engines/graph/sqlite/sqlite_graph.hpp"
#include "ports/graph/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// The machine's own disk. A cut is a close: losing unsynced writes is the simulated disk's part.
class FolderGround final : public ports::conformance::GraphGround {
  public:
    FolderGround() { std::filesystem::remove_all(folder_); }
    ~FolderGround() override { std::filesystem::remove_all(folder_); }
    FolderGround(const FolderGround&) = delete;
    FolderGround& operator=(const FolderGround&) = delete;
    Result<std::unique_ptr<ports::Graph>> open() override { return open_sqlite_graph({.file = folder_ / "graph.sqlite", .checkpoint_pages = 16}); }
    void cut(std::unique_ptr<ports::Graph> graph) override { graph.reset(); }

  private:
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("sqlite_graph." + std::to_string(::getpid()));
};

class SqliteGraphConformance : public testing::TestWithParam<ports::conformance::GraphCheck> {};

TEST_P(SqliteGraphConformance, holds_on_the_machines_disk) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<FolderGround>(); }), "");
}

INSTANTIATE_TEST_SUITE_P(Graph, SqliteGraphConformance, testing::ValuesIn(ports::conformance::graph_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
