#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cstdlib>

#include "base/random.hpp"
#include "engines/table_store/sqlite/tests/sqlite_grounds.hpp"

namespace aitrading::engines {
namespace {

using namespace ports;

std::vector<Migration> steps() {
    return {{"0001", {CreateTable{{.name = "sums", .columns = {{"id", ColumnType::text}, {"n", ColumnType::integer}}, .key = {"id"}}},
                      CreateTable{{.name = "lines", .columns = {{"n", ColumnType::integer}, {"fill", ColumnType::bytes}}, .key = {"n"}}}}}};
}

Result<std::unique_ptr<TableStore>> open_store(const std::filesystem::path& file) {
    TRY(auto engine, open_sqlite_tables({file, {}, {}, 32}));
    return TableStore::open(std::move(engine), {steps()});
}

Result<std::int64_t> sum_of(Transaction& t) {
    TRY(const auto row, t.get("sums", {"all"}));
    return row ? std::get<std::int64_t>(row->row[1]) : 0;
}

/// Inside the child: a line and its number in the sum, one transaction each, told through the pipe when it is committed.
[[noreturn]] void child(const std::filesystem::path& file, int pipe) {
    const auto store = open_store(file);
    if (!store) std::_Exit(1);
    for (;;) {
        std::int64_t n = 0;
        const auto done = in_transaction(**store, "t1", [&](Transaction& t) -> Result<void> {
            TRY(n, sum_of(t));
            ++n;
            TRY([[maybe_unused]] const auto line, t.put("lines", {n, Bytes{std::string(static_cast<std::size_t>(n % 3'000), 'x')}}, Expect::absent()));
            TRY([[maybe_unused]] const auto sum, t.put("sums", {"all", n}));
            return {};
        });
        if (!done) std::_Exit(2);
        if (::write(pipe, &n, sizeof n) != static_cast<ssize_t>(sizeof n)) std::_Exit(3);
    }
}

/// Kills a child after it told `count` commits; returns the last that it told.
std::int64_t live_and_die(const std::filesystem::path& file, std::uint64_t count) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return -1;
    const pid_t process = ::fork();
    if (process == 0) {
        ::close(ends[0]);
        child(file, ends[1]);
    }
    ::close(ends[1]);
    std::int64_t last = 0, told = 0;
    for (std::uint64_t i = 0; ::read(ends[0], &told, sizeof told) == static_cast<ssize_t>(sizeof told); ++i) {
        last = told;
        if (i + 1 == count) ::kill(process, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(process, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? last : -1;
}

TEST(SqliteTablesKills, kill_minus_nine_loses_and_halves_nothing) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("sqlite_tables_kills." + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    SplitMix64 random(7);
    for (int life = 0; life < 8; ++life) {
        const std::int64_t told = live_and_die(folder / "t.sqlite", 1 + random.next_below(life % 3 == 0 ? 5 : 150));
        ASSERT_GT(told, 0) << "the child ended by itself";
        const auto store = open_store(folder / "t.sqlite");
        ASSERT_TRUE(store) << store.error().text;
        ASSERT_TRUE((*store)->verify());
        auto t = (*store)->begin("t1", Access::read);
        ASSERT_TRUE(t);
        const std::int64_t sum = sum_of(*t).value();
        EXPECT_GE(sum, told) << "what was told is there";
        std::int64_t lines = 0;
        ASSERT_TRUE(t->each("lines", {}, [&](const StoredRow& row) { return std::get<std::int64_t>(row.row[0]) == ++lines; }));
        EXPECT_EQ(lines, sum) << "lines and their sum are one step";
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::engines
