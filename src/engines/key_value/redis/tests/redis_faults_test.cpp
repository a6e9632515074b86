#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <tuple>

#include "engines/key_value/redis/connection.hpp"
#include "engines/key_value/redis/tests/redis_ground.hpp"

namespace aitrading::engines {
namespace {

using std::chrono::milliseconds;

/// A port of this machine on which somebody listens and answers every connection as told.
class Listener {
  public:
    Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&place), sizeof place);
        ::listen(socket_, 8);
        socklen_t size = sizeof place;
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&place), &size);
        port_ = ntohs(place.sin_port);
    }
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }
    int accept() const { return ::accept(socket_, nullptr, nullptr); }
    RedisStoreOptions options(milliseconds call_max) const {
        return {.address = "redis://127.0.0.1:" + std::to_string(port_), .call_max = call_max};
    }

  private:
    int socket_;
    int port_ = 0;
};

TEST(RedisFaults, nobody_listening_is_said_and_may_be_tried_again) {
    Listener listener;
    auto store = open_redis_store(listener.options(milliseconds(5'000))).value();
    listener.close();
    const auto added = store->add({"t", "c"}, {});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::failed);
    EXPECT_TRUE(added.error().retry_helps) << "nothing was sent";
    EXPECT_NE(added.error().text.find("redis 127.0.0.1:"), std::string::npos) << added.error().text;
    EXPECT_FALSE(store->health());
}

TEST(RedisFaults, a_server_that_never_answers_does_not_hold_a_call_for_ever) {
    const Listener listener;  // the kernel accepts, nobody reads
    auto store = open_redis_store(listener.options(milliseconds(30))).value();
    EXPECT_FALSE(store->get({"t", "k"}));
    EXPECT_FALSE(store->put({"t", "k"}, std::string(ports::kv_value_bytes_max, 'v')));
}

TEST(RedisFaults, a_server_that_answers_in_trickles_does_not_outlast_the_deadline) {
    const Listener listener;
    std::thread server([&] {
        const int peer = listener.accept();
        // Never the end of an answer; each byte arrives within any limit on a single read. Ends when the other side has gone.
        for (char c = '$'; ::send(peer, &c, 1, MSG_NOSIGNAL) == 1; c = '1') std::this_thread::yield();
        ::close(peer);
    });
    {
        auto store = open_redis_store(listener.options(milliseconds(30))).value();
        EXPECT_FALSE(store->put({"t", "k"}, "v"));
    }
    server.join();
}

TEST(RedisFaults, an_answer_that_is_none_is_an_error) {
    const Listener listener;
    std::thread server([&] {
        const int peer = listener.accept();
        const std::string_view answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
        ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
        ::close(peer);
    });
    auto store = open_redis_store(listener.options(milliseconds(5'000))).value();
    EXPECT_EQ(store->put({"t", "k"}, "v").error().code, ErrorCode::failed);
    server.join();
}

TEST(RedisFaults, wrong_options_are_refused) {
    EXPECT_EQ(open_redis_store({.address = "http://x"}).error().code, ErrorCode::usage);
    EXPECT_EQ(open_redis_store({.space = "a:b"}).error().code, ErrorCode::usage);
    EXPECT_EQ(open_redis_store({.connections_max = 0}).error().code, ErrorCode::usage);
    EXPECT_EQ(open_redis_store({.call_max = milliseconds(0)}).error().code, ErrorCode::usage);
}

class RedisServer : public testing::Test {
  protected:
    void SetUp() override {
        if (test_redis() == nullptr) GTEST_SKIP() << "no Redis server: AITRADING_TEST_REDIS is not set; ./dev test --with-servers sets it";
    }
    /// Asks the server something that no store asks.
    static redis::Reply ask(const std::vector<std::string_view>& words) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        auto connection = redis::Connection::open(redis::parse_address(test_redis()).value(), deadline).value();
        return connection->call(words, deadline).value();
    }
};

TEST_F(RedisServer, the_next_call_connects_again_after_every_connection_was_lost) {
    const RedisGround ground(test_redis());
    auto store = open_redis_store(ground.options()).value();
    for (int round = 1; round <= 5; ++round) {
        EXPECT_EQ(store->add({"t", "c"}, {}).value().value, round);
        ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    }
    EXPECT_EQ(store->get({"t", "c"}).value(), "5");
}

TEST_F(RedisServer, scripts_that_somebody_emptied_are_loaded_again) {
    const RedisGround ground(test_redis());
    auto store = open_redis_store(ground.options()).value();
    EXPECT_EQ(store->add({"t", "c"}, {}).value().value, 1);
    ask({"SCRIPT", "FLUSH"});
    EXPECT_EQ(store->add({"t", "c"}, {}).value().value, 2);
    ask({"SCRIPT", "FLUSH"});
    EXPECT_TRUE(store->compare_and_set({"t", "c"}, "2", "3").value());
}

TEST_F(RedisServer, a_foreign_kind_of_value_under_our_space_is_named) {
    const RedisGround ground(test_redis());
    auto store = open_redis_store(ground.options()).value();
    const std::string key = ground.options().space + ":t:list";
    ask({"LPUSH", key, "x"});
    const auto got = store->get({"t", "list"});
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().text.find("WRONGTYPE"), std::string::npos);
    EXPECT_TRUE(store->remove({"t", "list"}).value());
}

TEST_F(RedisServer, more_threads_than_connections_take_turns) {
    const RedisGround ground(test_redis());
    RedisStoreOptions options = ground.options();
    options.connections_max = 2;
    options.call_max = std::chrono::seconds(60);
    auto store = open_redis_store(options).value();
    std::vector<std::thread> threads;
    threads.reserve(6);
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) std::ignore = store->add({"t", "c"}, {});
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(store->get({"t", "c"}).value(), "300");
}

TEST_F(RedisServer, two_processes_see_one_store) {
    const RedisGround ground(test_redis());
    auto one = open_redis_store(ground.options()).value(), other = open_redis_store(ground.options()).value();
    ASSERT_TRUE(one->put({"t", "k"}, "v").value());
    EXPECT_EQ(other->get({"t", "k"}).value(), "v");
}

}  // namespace
}  // namespace aitrading::engines
