#include "engines/home/backup.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "engines/sqlite/database.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using sqlite::Database;

void write(const fs::path& file, const std::string& bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
}

std::string read(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

std::unique_ptr<Database> database(const fs::path& file) {
    fs::create_directories(file.parent_path());
    auto opened = Database::open(file.string(), {Database::Mode::writer, {}, "the test's", 10'000});
    EXPECT_TRUE(opened) << opened.error().text;
    (*opened)->execute("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, fill TEXT); CREATE TABLE IF NOT EXISTS total (n INTEGER)");
    return std::move(*opened);
}

/// A row and the count of them, in one transaction.
void add(Database& to) { to.execute("BEGIN IMMEDIATE; INSERT INTO t (fill) VALUES (hex(randomblob(200))); DELETE FROM total; INSERT INTO total SELECT count(*) FROM t; COMMIT"); }

std::int64_t number(const fs::path& file, const char* sql) {
    const auto opened = Database::open(file.string(), {Database::Mode::untouched, {}, "the copy", 0});
    sqlite::Statement statement(**opened, sql);
    return statement.step() ? statement.number(0) : -1;
}

class HomeBackup : public testing::Test {
  protected:
    void SetUp() override {
        fs::remove_all(folder_);
        write(home_ / "format", "1\n");
        write(home_ / "data/EURUSD/H1/part-1.parquet", std::string(3'000'000, 'p'));
        write(home_ / "data/EURUSD/H1/empty", "");
        write(home_ / "cache/fits/x", "may be made again");
        write(home_ / "data/EURUSD/H1/write.lock", "");
        tables_ = database(home_ / "tables/tables.sqlite");
        journal_ = database(home_ / "journal/events.sqlite");
        for (int i = 0; i < 5; ++i) add(*tables_), add(*journal_);
    }
    void TearDown() override {
        tables_.reset();
        journal_.reset();
        fs::remove_all(folder_);
    }
    Result<BackupReport> back_up() const { return back_up_home(home_, out_, {{1'700'000'000'000'000'000}, {"journal"}, {"logs"}}); }

    fs::path folder_ = fs::path(testing::TempDir()) / ("home_backup." + std::to_string(::getpid()));
    fs::path home_ = folder_ / "home", out_ = folder_ / "backup", restored_ = folder_ / "restored";
    std::unique_ptr<Database> tables_, journal_;
};

TEST_F(HomeBackup, comes_back_as_it_was_while_its_databases_are_open) {
    const auto made = back_up();
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_EQ(made->files, 5);
    EXPECT_EQ(made->databases, 2);
    EXPECT_FALSE(fs::exists(out_ / "cache")) << "what can be made again stays out";
    const auto before = read(out_ / "SHA256SUMS");
    ASSERT_TRUE(check_backup(out_)) << check_backup(out_).error().text;
    EXPECT_EQ(std::distance(fs::directory_iterator(out_ / "tables"), fs::directory_iterator()), 1) << "a check leaves nothing behind";
    const auto restored = restore_home(out_, restored_);
    ASSERT_TRUE(restored) << restored.error().text;
    EXPECT_EQ(read(restored_ / "data/EURUSD/H1/part-1.parquet"), std::string(3'000'000, 'p'));
    EXPECT_TRUE(fs::exists(restored_ / "data/EURUSD/H1/empty"));
    for (const char* file : {"tables/tables.sqlite", "journal/events.sqlite"}) {
        EXPECT_EQ(number(restored_ / file, "SELECT count(*) FROM t"), 5);
        add(*database(restored_ / file));
    }
    EXPECT_TRUE(check_home(restored_)) << "and goes on";
    EXPECT_EQ(read(out_ / "SHA256SUMS"), before);
}

TEST_F(HomeBackup, takes_one_state_of_a_database_that_is_being_written) {
    std::atomic<bool> over{false};
    std::thread writer([&] {
        while (!over) add(*tables_);
    });
    for (int i = 0; i < 4; ++i) {
        fs::remove_all(out_);
        const auto made = back_up();
        EXPECT_TRUE(made) << made.error().text;
        EXPECT_EQ(number(out_ / "tables/tables.sqlite", "SELECT n FROM total"), number(out_ / "tables/tables.sqlite", "SELECT count(*) FROM t"));
        EXPECT_TRUE(check_backup(out_));
    }
    over = true;
    writer.join();
}

TEST_F(HomeBackup, logs_may_grow_and_other_files_are_copied_where_they_stand_still) {
    std::atomic<bool> over{false};
    const auto append = [&](const char* file) {
        return std::thread([this, &over, file] {
            fs::create_directories((home_ / file).parent_path());
            while (!over) std::ofstream(home_ / file, std::ios::app) << "a line\n";
        });
    };
    write(home_ / "run/17.json", "{}");
    std::thread log = append("logs/aitrading.log");
    const auto made = back_up();
    EXPECT_TRUE(made) << made.error().text;
    EXPECT_TRUE(check_backup(out_));
    EXPECT_FALSE(fs::exists(out_ / "run")) << "what belongs to a moment stays out";
    fs::remove_all(out_);
    std::thread data = append("data/growing.csv");
    while (!fs::exists(home_ / "data/growing.csv")) std::this_thread::yield();
    const auto beside = back_up();  // the machine may let the writer rest between two looks, or not
    over = true;
    log.join();
    data.join();
    if (!beside) {
        EXPECT_TRUE(beside.error().retry_helps) << beside.error().text;
        EXPECT_FALSE(fs::exists(out_)) << "no backup is better than half of one";
        EXPECT_TRUE(back_up());
    }
    EXPECT_TRUE(check_backup(out_));
}

TEST_F(HomeBackup, does_not_overwrite_and_does_not_nest) {
    ASSERT_TRUE(back_up());
    EXPECT_EQ(back_up().error().code, ErrorCode::usage) << "the backup is there";
    EXPECT_EQ(back_up_home(home_, home_ / "backup", {}).error().code, ErrorCode::usage);
    EXPECT_EQ(back_up_home(folder_ / "nowhere", folder_ / "b", {}).error().code, ErrorCode::not_found);
    EXPECT_EQ(restore_home(out_, home_).error().code, ErrorCode::usage) << "the home is not empty";
    fs::create_directories(restored_);
    EXPECT_TRUE(restore_home(out_, restored_)) << "an empty one may be there";
    EXPECT_EQ(restore_home(folder_ / "nowhere", folder_ / "h").error().code, ErrorCode::not_found);
}

TEST_F(HomeBackup, names_what_is_damaged_and_restores_nothing_of_it) {
    ASSERT_TRUE(back_up());
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(out_))
        if (entry.is_regular_file()) files[entry.path().string()] = read(entry.path());
    const auto refused = [&](const std::string& file, const char* what) {
        const auto checked = check_backup(out_);
        ASSERT_FALSE(checked) << file << " " << what;
        EXPECT_EQ(checked.error().code, ErrorCode::gate_refused) << checked.error().text;
        EXPECT_NE(checked.error().text.find(fs::path(file).filename().string()), std::string::npos) << checked.error().text;
        EXPECT_FALSE(restore_home(out_, restored_));
        EXPECT_FALSE(fs::exists(restored_)) << what;
    };
    for (const auto& [file, bytes] : files) {
        for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
            if (bytes.empty()) break;
            std::string other = bytes;
            other[at] = static_cast<char>(other[at] ^ 1);
            write(file, other);
            refused(file, "one bit");
        }
        if (!bytes.empty()) {
            write(file, bytes.substr(0, bytes.size() - 1));
            refused(file, "cut short");
        }
        write(file, bytes);
    }
    fs::remove(out_ / "format");
    refused("format", "missing");
    write(out_ / "format", "1\n");
    write(out_ / "more", "x");
    refused("more", "added");
    fs::remove(out_ / "more");
    EXPECT_TRUE(check_backup(out_));
}

TEST_F(HomeBackup, a_killed_one_leaves_no_backup_and_no_home) {
    tables_.reset();  // SQLite's connections do not live through a fork
    journal_.reset();
    for (const bool restores : {false, true}) {
        if (restores) {
            ASSERT_TRUE(back_up());
        }
        const fs::path target = restores ? restored_ : out_;
        for (int i = 0; i < 5; ++i) {
            const pid_t process = ::fork();
            if (process == 0) std::_Exit(restores ? (restore_home(out_, restored_) ? 0 : 1) : (back_up() ? 0 : 1));
            while (!fs::exists(target.string() + ".unfinished") && ::waitpid(process, nullptr, WNOHANG) == 0) {
            }
            ::kill(process, SIGKILL);
            ::waitpid(process, nullptr, 0);
            if (!fs::exists(target)) continue;
            EXPECT_TRUE(restores ? check_home(target) : check_backup(target)) << "if it is there it is whole";
            fs::remove_all(target);
        }
        const auto whole = restores ? restore_home(out_, restored_) : back_up();
        EXPECT_TRUE(whole) << whole.error().text;
        if (!restores) fs::remove_all(out_);
    }
}

}  // namespace
}  // namespace aitrading::engines
