#include "kit/http/websocket_client.hpp"

#include <array>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "kit/http/tests/test_server.hpp"
#include "kit/http/transport.hpp"
#include "kit/http/websocket.hpp"
#include "kit/testing/certificates.hpp"

namespace aitrading::kit {
namespace {

using ::testing::HasSubstr;
using std::chrono::seconds;

Deadline soon() { return Deadline::after(std::chrono::steady_clock::now(), seconds(20)); }

Router echo_router() {
    Router router;
    router.add({"GET", "/socket", RequestClass::normal, SocketHandler([](const HttpRequest& request, const std::shared_ptr<WebSocket>& socket) -> Result<void> {
                    if (request.query_value("no")) return fail(ErrorCode::gate_refused, "not for you");
                    socket->on_message([weak = std::weak_ptr(socket)](const WebSocketMessage& m) {
                        if (const auto still = weak.lock()) m.bytes == "bye" ? still->close(CloseCode::refused, "as you wish") : static_cast<void>(still->send(m.bytes, m.kind));
                    });
                    return {};
                })});
    return router;
}

/// What a client heard, for whoever waits for it.
struct Heard {
    void listen(WebSocketClient& client) {
        client.listen([this](const WebSocketMessage& m) {
            const std::lock_guard lock(mutex);
            messages.push_back(m.bytes);
            if (messages.size() == wanted) enough.set_value();
        }, [this](int code) { closed.set_value(code); });
    }
    std::mutex mutex;
    std::vector<std::string> messages;
    std::size_t wanted = 1;
    std::promise<void> enough;
    std::promise<int> closed;
};

TEST(websocket_client, speaks_with_our_server_from_several_threads) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    auto client = WebSocketClient::open(ground.reactor, {.host = "127.0.0.1", .port = server->port(), .target = "/socket"}, soon());
    ASSERT_TRUE(client) << client.error().text;
    Heard heard;
    heard.wanted = 4 * 50;
    heard.listen(**client);
    std::vector<std::thread> senders;
    senders.reserve(4);
    for (int s = 0; s < 4; ++s)
        senders.emplace_back([&, s] {
            for (int i = 0; i < 50; ++i) EXPECT_TRUE((*client)->send(std::to_string(s) + std::string(static_cast<std::size_t>(i) * 10, 'x'), i % 2 == 0 ? FrameKind::text : FrameKind::binary));
        });
    for (std::thread& sender : senders) sender.join();
    heard.enough.get_future().get();
    EXPECT_TRUE((*client)->send("bye"));
    EXPECT_EQ(heard.closed.get_future().get(), 1008);
    EXPECT_FALSE((*client)->send("late"));
}

TEST(websocket_client, over_tls_and_refused_where_it_may_not) {
    TestGround ground;
    TestAuthority authority;
    const auto own = authority.issue("server").string();
    const auto other = authority.issue("acme").string();
    const auto server = ground.start(echo_router(), {.tls = *TlsContext::server({own + ".pem", own + ".key", authority.certificate()})});
    const auto tls = *TlsContext::client({other + ".pem", other + ".key", authority.certificate()});
    const WebSocketTarget target{.host = "localhost", .port = server->port(), .target = "/socket", .tls = tls};
    auto client = WebSocketClient::open(ground.reactor, target, soon());
    ASSERT_TRUE(client) << client.error().text;
    Heard heard;
    heard.listen(**client);
    EXPECT_TRUE((*client)->send(std::string(100'000, 'x')));
    heard.enough.get_future().get();
    (*client)->close(CloseCode::normal, "done");
    EXPECT_EQ(heard.closed.get_future().get(), 1000);
    WebSocketTarget not_mine = target;
    not_mine.target = "/socket?no=1";
    const auto refused = WebSocketClient::open(ground.reactor, not_mine, soon());
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("403"));
    WebSocketTarget plain = target;
    plain.tls = nullptr;
    EXPECT_FALSE(WebSocketClient::open(ground.reactor, plain, soon()));
}

/// Accepts connections, reads each one's handshake and answers with whatever the test says.
struct Adversary {
    using Answer = std::function<std::string(const std::string& key)>;
    Adversary(TestGround& ground, const Answer& answer) : listener(*Listener::open(ground.reactor, {}, [answer](const std::shared_ptr<Transport>& t) { read(t, std::make_shared<State>(answer)); })) {}
    static std::string welcome(const std::string& key) { return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + websocket_accept(key) + "\r\n\r\n"; }
    std::unique_ptr<Listener> listener;

  private:
    struct State {
        explicit State(Answer given) : answer(std::move(given)) {}
        Answer answer;
        std::array<char, 4'096> buffer{};
        std::string head, said;
    };
    static void read(const std::shared_ptr<Transport>& t, const std::shared_ptr<State>& state) {
        t->read(state->buffer, never, [t, state](IoOutcome outcome, std::size_t count) {
            if (outcome != IoOutcome::done) return;
            state->head.append(state->buffer.data(), count);
            if (state->head.find("\r\n\r\n") == std::string::npos) return read(t, state);
            const std::size_t at = state->head.find("Sec-WebSocket-Key: ") + 19;
            state->said = state->answer(state->head.substr(at, state->head.find("\r\n", at) - at));
            t->write(state->said, never, [state](IoOutcome) {});
        });
    }
};

TEST(websocket_client, believes_no_handshake_but_a_good_one) {
    const std::vector<std::function<std::string(const std::string&)>> answers{
        [](const std::string&) { return std::string("SSH-2.0-x\r\n\r\n"); },
        [](const std::string&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); },
        [](const std::string&) { return std::string("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: 1234\r\n\r\n"); },
        [](const std::string& key) { return "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + websocket_accept(key) + "\r\n\r\n"; },
        [](const std::string& key) { return "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: " + websocket_accept(key) + "\r\n\r\n"; },
        [](const std::string&) { return "HTTP/1.1 101 x\r\nX: " + std::string(20'000, 'x'); }};
    for (const auto& answer : answers) {
        TestGround ground;
        const Adversary peer(ground, answer);
        EXPECT_FALSE(WebSocketClient::open(ground.reactor, {.host = "127.0.0.1", .port = peer.listener->port()}, soon())) << answer("KEY").substr(0, 80);
    }
    TestGround ground;
    const Adversary silent(ground, [](const std::string&) { return std::string(" "); });
    EXPECT_FALSE(WebSocketClient::open(ground.reactor, {.host = "127.0.0.1", .port = silent.listener->port()}, Deadline::after(std::chrono::steady_clock::now(), milliseconds(50))));
}

TEST(websocket_client, leaves_a_peer_that_breaks_the_rules) {
    const auto closed_with = [](const std::string& frames, const WebSocketTarget& rules = {}) {
        TestGround ground;
        const Adversary peer(ground, [frames](const std::string& key) { return Adversary::welcome(key) + frames; });
        WebSocketTarget target = rules;
        target.host = "127.0.0.1";
        target.port = peer.listener->port();
        const auto client = WebSocketClient::open(ground.reactor, target, soon());
        EXPECT_TRUE(client) << client.error().text;
        Heard heard;
        heard.listen(**client);
        return heard.closed.get_future().get();
    };
    EXPECT_EQ(closed_with(client_frame(FrameKind::text, "masked")), 1002);
    EXPECT_EQ(closed_with(std::string("\xc1\x00", 2)), 1002) << "a reserved bit";
    EXPECT_EQ(closed_with(std::string("\x80\x01x", 3)), 1002) << "goes on with nothing";
    EXPECT_EQ(closed_with(server_frame(FrameKind::text, "\xff\xfe")), 1007);
    EXPECT_EQ(closed_with(server_frame(FrameKind::text, std::string(2'000, 'x')), {.message_bytes_max = 1'000}), 1009);
    EXPECT_EQ(closed_with(server_frame(FrameKind::close, close_bytes(CloseCode::going_away, ""))), 1001);
    EXPECT_EQ(closed_with({}, {.heartbeat = milliseconds(20)}), 1006) << "it answers no ping";
}

TEST(websocket_client, one_that_is_let_go_leaves_its_peer) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    {
        auto client = WebSocketClient::open(ground.reactor, {.host = "127.0.0.1", .port = server->port(), .target = "/socket"}, soon());
        ASSERT_TRUE(client) << client.error().text;
    }
    EXPECT_TRUE(server->drain(soon()));
    EXPECT_EQ(server->connections(), 0U);
}

}  // namespace
}  // namespace aitrading::kit
