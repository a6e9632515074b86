#include "models/evaluation/service/ledger.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace aitrading::models {
namespace {

struct Folder {
    std::filesystem::path path = std::filesystem::path(::testing::TempDir()) /
                                 ("ledger_" + std::to_string(::getpid()) + "_" +
                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    Folder() { std::filesystem::remove_all(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path file() const { return path / "deep" / "trials"; }
};

Trial trial(const std::string& config, const std::string& label = "next_bar") {
    return {{"EURUSD", Timeframe::h1}, label, config};
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

TEST(Ledger, counts_each_configuration_once_for_its_series_and_label) {
    const Folder folder;
    auto ledger = TrialLedger::open(folder.file());
    ASSERT_TRUE(ledger);
    EXPECT_EQ(*ledger->record(trial("a")), 1);
    EXPECT_EQ(*ledger->record(trial("b")), 2);
    EXPECT_EQ(*ledger->record(trial("a")), 2);
    EXPECT_EQ(*ledger->record(trial("a", "volatility(120)")), 1);
    EXPECT_EQ(*ledger->record({{"EURUSD", Timeframe::d1}, "next_bar", "a"}), 1);
    const auto again = TrialLedger::open(folder.file());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->count({"EURUSD", Timeframe::h1}, "next_bar"), 2);
    EXPECT_EQ(again->count({"EURUSD", Timeframe::h1}, "volatility(120)"), 1);
    EXPECT_EQ(again->count({"GBPUSD", Timeframe::h1}, "next_bar"), 0);
}

TEST(Ledger, sees_what_another_process_appended) {
    const Folder folder;
    auto one = TrialLedger::open(folder.file()), two = TrialLedger::open(folder.file());
    ASSERT_TRUE(one && two);
    EXPECT_EQ(*one->record(trial("a")), 1);
    EXPECT_EQ(*two->record(trial("b")), 2);
    EXPECT_EQ(*one->record(trial("b")), 2);
}

/// Cut anywhere, as a crash would: whole lines stay, the torn one is not counted, the next append is whole
/// again.
TEST(Ledger, survives_a_line_torn_at_any_byte) {
    const Folder folder;
    {
        auto ledger = TrialLedger::open(folder.file());
        for (const char* config : {"a", "b", "c"}) ASSERT_TRUE(ledger->record(trial(config)));
    }
    const std::string whole = content(folder.file());
    const std::size_t line = whole.size() / 3;
    for (std::size_t cut = 2 * line; cut < whole.size(); ++cut) {
        std::ofstream(folder.file(), std::ios::binary | std::ios::trunc) << whole.substr(0, cut);
        auto ledger = TrialLedger::open(folder.file());
        ASSERT_TRUE(ledger);
        // A line that misses only its line end is whole.
        ASSERT_EQ(ledger->count({"EURUSD", Timeframe::h1}, "next_bar"), cut == whole.size() - 1 ? 3 : 2)
            << cut;
        ASSERT_EQ(*ledger->record(trial("c")), 3);
        ASSERT_EQ(TrialLedger::open(folder.file())->count({"EURUSD", Timeframe::h1}, "next_bar"), 3);
    }
}

TEST(Ledger, says_which_file_it_cannot_write) {
    auto ledger = TrialLedger::open("/proc/no/such/ledger");
    ASSERT_TRUE(ledger);
    const auto refused = ledger->record(trial("a"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::failed);
    EXPECT_NE(refused.error().text.find("/proc/no/such/ledger"), std::string::npos);
}

}  // namespace
}  // namespace aitrading::models
