#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace aitrading::engines {

/// A broker that belongs to one test: it may be stopped, killed and held.
class OwnBroker {
  public:
    OwnBroker() {
        std::filesystem::create_directories(folder_);
        start();
    }
    ~OwnBroker() {
        stop();
        std::filesystem::remove_all(folder_);
    }
    OwnBroker(const OwnBroker&) = delete;
    OwnBroker& operator=(const OwnBroker&) = delete;

    void start() {
        run("KAFKA_HEAP=256m KAFKA_JIT=1 tools/servers/kafka start " + folder_.string() + " > " + (folder_ / "address").string());
        std::ifstream(folder_ / "address") >> address_;
    }
    void stop() { run("tools/servers/kafka stop " + folder_.string()); }
    void kill() {
        send(SIGKILL);
        stop();
    }
    void send(int signal) {
        pid_t process = 0;
        std::ifstream(folder_ / "pid") >> process;
        ASSERT_GT(process, 1);
        ::kill(process, signal);
    }
    const std::string& address() const { return address_; }

  private:
    static void run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("aitrading_broker." + std::to_string(::getpid()));
    std::string address_;
};

}  // namespace aitrading::engines
