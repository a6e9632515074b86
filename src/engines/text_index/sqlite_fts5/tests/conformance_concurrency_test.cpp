#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engines/text_index/sqlite_fts5/fts_index.hpp"
#include "ports/text_index/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// The machine's own disk. A cut is a close: losing unsynced writes is the simulated disk's part.
class FolderGround final : public ports::conformance::TextGround {
  public:
    FolderGround() { std::filesystem::remove_all(folder_); }
    ~FolderGround() override { std::filesystem::remove_all(folder_); }
    FolderGround(const FolderGround&) = delete;
    FolderGround& operator=(const FolderGround&) = delete;
    Result<std::unique_ptr<ports::TextIndex>> open() override { return open_fts_index({.file = folder_ / "text.sqlite", .checkpoint_pages = 16}); }
    void cut(std::unique_ptr<ports::TextIndex> index) override { index.reset(); }

  private:
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("fts_index." + std::to_string(::getpid()));
};

class FtsIndexConformance : public testing::TestWithParam<ports::conformance::TextCheck> {};

TEST_P(FtsIndexConformance, holds_on_the_machines_disk) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<FolderGround>(); }), "");
}

INSTANTIATE_TEST_SUITE_P(TextIndex, FtsIndexConformance, testing::ValuesIn(ports::conformance::text_index_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
