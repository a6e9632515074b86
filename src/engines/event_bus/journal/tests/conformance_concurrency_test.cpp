#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engines/event_bus/journal/journal.hpp"
#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// The machine's own disk. A cut is a close: losing unsynced writes is the simulated disk's part.
class FolderGround final : public ports::conformance::Ground {
  public:
    FolderGround() { std::filesystem::remove_all(folder_); }
    ~FolderGround() override { std::filesystem::remove_all(folder_); }
    Result<std::unique_ptr<ports::EventBus>> open(ports::BusLimits limits) override { return open_journal({folder_, limits, {}, 16}); }
    void cut(std::unique_ptr<ports::EventBus> bus) override { bus.reset(); }

  private:
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("journal_conformance." + std::to_string(::getpid()));
};

class JournalConformance : public testing::TestWithParam<ports::conformance::Check> {};

TEST_P(JournalConformance, on_the_machines_disk) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<FolderGround>(); }), "");
}

INSTANTIATE_TEST_SUITE_P(EventBus, JournalConformance, testing::ValuesIn(ports::conformance::checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines
