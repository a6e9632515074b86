// kill -9 at every step that an append and its compaction take on the disk.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "engines/series_store/histories/tests/history_folder.hpp"
#include "ports/series_store/conformance/history_checks.hpp"

namespace aitrading::engines {
namespace {

using ports::HistoryRow;
using ports::conformance::batch_of;
using ports::conformance::difference;
using ports::conformance::made_up_row;
using ports::conformance::made_up_schema;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

constexpr std::int64_t batches = 8;  // of ten rows, each a part: the last merges all

std::vector<HistoryRow> some_rows(std::int64_t from, std::int64_t to) {
    std::vector<HistoryRow> rows;
    for (std::int64_t i = from; i < to; ++i) rows.push_back(made_up_row("A", i, i));
    return rows;
}

ports::HistoryBatch ten(std::int64_t batch) { return batch_of(some_rows(batch * 10, batch * 10 + 10), batch * 10 + 1); }

/// What a child tells before it dies.
struct Told {
    std::int64_t batches = 0;
    int steps = 0;
};

class SharedTold {
  public:
    SharedTold() : told_(static_cast<Told*>(::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) { *told_ = {}; }
    ~SharedTold() { ::munmap(told_, sizeof(Told)); }
    SharedTold(const SharedTold&) = delete;
    SharedTold& operator=(const SharedTold&) = delete;
    Told* operator->() const { return told_; }

  private:
    Told* told_;
};

/// The child's life: appends from the beginning on, and dies at a step.
void live(const std::filesystem::path& folder, int dies_at, const SharedTold& told) {
    const auto step = [&](std::string_view) -> Result<void> {
        if (++told->steps == dies_at) ::kill(::getpid(), SIGKILL);
        return {};
    };
    const auto store = open_parquet_histories({.folder = folder, .part_rows = 10, .step = step});
    if (!store || !(*store)->define(made_up_schema())) ::_exit(1);
    for (; told->batches < batches; ++told->batches)
        if (!(*store)->append("h", ten(told->batches))) ::_exit(1);
    ::_exit(0);
}

/// False where the child came to its end alive.
bool die_and_look(int dies_at) {
    const HistoryFolder folder;
    const SharedTold told;
    const pid_t child = ::fork();
    if (child == 0) live(folder.path(), dies_at, told);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    const auto store = open_parquet_histories({.folder = folder.path(), .part_rows = 10}).value();
    EXPECT_TRUE(store->define(made_up_schema()));
    const auto rows = store->read("t", "h", {.symbol = "A"})->rows;
    const auto there = static_cast<std::int64_t>(rows.size());
    EXPECT_TRUE(there == told->batches * 10 || there == told->batches * 10 + 10) << there << " rows after " << told->batches << " batches, step " << dies_at;
    EXPECT_EQ(difference(rows, some_rows(0, there)), "") << "step " << dies_at;
    const auto sound = store->verify();
    EXPECT_TRUE(sound) << "step " << dies_at << ": " << sound.error().text;
    // Whoever died comes again with everything: it is there once.
    for (std::int64_t batch = 0; batch < batches; ++batch) EXPECT_TRUE(store->append("h", ten(batch)));
    EXPECT_EQ(difference(store->read("t", "h", {.symbol = "A"})->rows, some_rows(0, batches * 10)), "") << "step " << dies_at;
    for (const auto& file : folder.parts()) EXPECT_NE(file.extension(), ".new") << "step " << dies_at;
    return WIFSIGNALED(status);
}

TEST(HistoriesKilled, at_every_step_each_row_is_there_once) {
    if (sanitized) GTEST_SKIP() << "forked children under a sanitizer take minutes; release builds run this";
    constexpr int first_batches = 16, last_batch = 46;  // steps of the batches between are those of the second
    int killed = 0;
    for (int step = 1; step <= first_batches; ++step) killed += die_and_look(step);
    int step = last_batch;
    while (die_and_look(step)) ++step;
    EXPECT_EQ(killed, first_batches);
    EXPECT_GT(step, 60) << "the merge of the last batch was reached";
}

}  // namespace
}  // namespace aitrading::engines
