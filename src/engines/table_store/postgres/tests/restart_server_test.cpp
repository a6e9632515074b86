#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engines/table_store/postgres/tests/postgres_ground.hpp"

namespace aitrading::engines {
namespace {

using namespace ports;
using namespace ports::conformance::tables;

/// A server of this test's own, which it may kill.
class OwnServer {
  public:
    OwnServer() : folder_((std::filesystem::temp_directory_path() / "aitrading-restart.XXXXXX").string()) {
        if (::mkdtemp(folder_.data()) == nullptr) folder_.clear();
        ::chmod(folder_.c_str(), 0711);  // the server runs as another user
    }
    ~OwnServer() {
        (void)call("stop");
        std::filesystem::remove_all(folder_);
    }
    OwnServer(const OwnServer&) = delete;
    OwnServer& operator=(const OwnServer&) = delete;

    /// Its address, the same each time; empty where it does not start.
    std::string start() {
        if (!call("start")) return {};
        std::string address;
        std::getline(std::ifstream(folder_ + "/address") >> std::ws, address);
        return address;
    }
    /// Immediate shutdown: every process of the server ends where it stands, nothing is tidied up; its next start recovers.
    void crash() {
        pid_t process = 0;
        std::ifstream(folder_ + "/server/pid") >> process;
        if (process > 1) ::kill(process, SIGQUIT);
        (void)call("stop");  // waits for its end
    }

  private:
    bool call(const std::string& what) const {
        const std::string command = std::string(AIT_SOURCE_DIR) + "/tools/servers/postgres " + what + " " + folder_ + "/server >" + folder_ + "/address 2>" + folder_ + "/errors";
        return std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe,cert-env33-c): the project's own script
    }
    std::string folder_;
};

TEST(PostgresRestarts, a_crash_of_the_server_loses_nothing_that_was_committed_and_the_store_goes_on) {
    AIT_NEEDS_POSTGRES();
    OwnServer server;
    const std::string address = server.start();
    ASSERT_NE(address, "");
    auto engine = open_postgres_tables({.url = address});
    ASSERT_TRUE(engine) << engine.error().text;
    auto store = TableStore::open(std::move(*engine), {steps(), test_cipher()});
    ASSERT_TRUE(store) << store.error().text;
    std::int64_t told = 0;
    for (int life = 0; life < 3; ++life) {
        std::atomic<std::int64_t> acknowledged{told};
        std::atomic<bool> over{false};
        std::string broken;
        std::atomic<bool> gave_up{false};
        std::thread writer([&] {
            for (std::int64_t n = told + 1; !over;) {
                // `absent`: what was there already, unknown to us, would be refused for good.
                const auto went = (*store)->apply("t1", {{.table = "usage", .values = {"a", std::int64_t{0}, n, n}, .expect = Expect::absent()}, {.table = "users", .values = user("last", n).row()}});
                if (went) acknowledged = n++;
                else if (!went.error().retry_helps) broken = went.error().text;
                gave_up = !broken.empty();
                if (gave_up) return;
            }
        });
        const auto wait_for = [&](std::int64_t n) {
            while (acknowledged < n && !gave_up) std::this_thread::yield();
        };
        wait_for(told + 40);
        server.crash();
        EXPECT_EQ(server.start(), address);
        wait_for(acknowledged + 10);
        over = true;
        writer.join();
        EXPECT_EQ(broken, "");
        told = acknowledged;
        const auto lines = rows(**store, "t1", "usage");
        ASSERT_TRUE(lines) << lines.error().text;
        EXPECT_EQ(static_cast<std::int64_t>(lines->size()), told) << "each number is there once, and none that was not told";
        EXPECT_EQ(get(**store, "t1", "users", {"last"}).value()->row, user("last", told).row()) << "both tables agree";
        EXPECT_TRUE((*store)->verify());
    }
}

}  // namespace
}  // namespace aitrading::engines
