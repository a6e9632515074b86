#include "market/simulator/service/synth_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "kit/atomic_file.hpp"
#include "market/simulator/market_csv.hpp"

namespace aitrading::market {
namespace {

namespace fs = std::filesystem;

class SynthFiles : public testing::Test {
  protected:
    SynthFiles() { fs::create_directories(folder_); }
    ~SynthFiles() override { fs::remove_all(folder_); }
    std::string write(std::string_view name, const SynthOptions& options) {
        const auto done = write_synth(name, folder_ / "out.csv", options);
        EXPECT_TRUE(done) << done.error().text;
        return *kit::read_file(folder_ / "out.csv");
    }
    fs::path folder_ = fs::path(testing::TempDir()) / ("synth_files." + std::to_string(::getpid()));
};

TEST_F(SynthFiles, every_market_reads_back_with_the_rows_asked_for) {
    for (const std::string& name : market_names()) {
        SynthOptions options;
        options.rows = 9000;
        options.judge = true;
        const std::string text = write(name, options);
        EXPECT_TRUE(text.starts_with(std::string(judged_market_header) + "\n0,"));
        const auto table = load_market_table(folder_ / "out.csv");
        ASSERT_TRUE(table) << table.error().text;
        EXPECT_EQ(table->size(), 9000U);
    }
}

TEST_F(SynthFiles, the_judge_columns_change_nothing_else) {
    SynthOptions options;
    options.rows = 100;
    options.seed = 42;
    const std::string plain = write("market-strong", options);
    options.judge = true;
    write("market-strong", options);
    const auto judged = load_market_table(folder_ / "out.csv");
    const auto table = parse_market_table(plain, "plain");
    EXPECT_EQ(table->r_bp, judged->r_bp);
    EXPECT_EQ(plain.substr(0, market_header.size() + 1), std::string(market_header) + "\n");
}

TEST_F(SynthFiles, ticks_have_a_line_each) {
    SynthOptions options;
    options.rows = 20'001;
    std::int64_t told = 0;
    options.progress = [&told](std::int64_t done) { told = done; };
    const std::string text = write("ticks", options);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 20'002);
    EXPECT_EQ(told, 20'001);
    EXPECT_TRUE(text.starts_with("time,bid,ask,bid_size,ask_size\n2017-01-01T22:00:0")) << text.substr(0, 120);
}

TEST_F(SynthFiles, leaves_nothing_when_stopped) {
    SynthOptions options;
    options.rows = 100'000;
    std::stop_source stop;
    options.stop = stop.get_token();
    options.progress = [&stop](std::int64_t) { stop.request_stop(); };
    const auto done = write_synth("ticks", folder_ / "out.csv", options);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::interrupted);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(SynthFiles, refuses_what_does_not_exist) {
    SynthOptions options;
    EXPECT_EQ(write_synth("ticks", folder_ / "a", options).error().code, ErrorCode::usage);
    options.rows = 1;
    const auto unknown = write_synth("market-weak", folder_ / "a", options);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_NE(unknown.error().text.find("market-strong, market-realistic"), std::string::npos);
    EXPECT_EQ(write_synth("ticks", folder_ / "no" / "a", options).error().code, ErrorCode::not_found);
    EXPECT_EQ(load_market_table(folder_ / "absent").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aitrading::market
