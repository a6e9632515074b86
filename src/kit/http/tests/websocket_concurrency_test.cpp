#include "kit/http/websocket.hpp"

#include <future>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <gmock/gmock.h>

#include "kit/http/tests/test_server.hpp"

namespace aitrading::kit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using std::chrono::seconds;
namespace beast = boost::beast;
using boost::asio::ip::tcp;

/// Beast's client: an implementation that shares nothing with ours.
struct BeastClient {
    explicit BeastClient(int port) {
        stream.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(port)});
        stream.handshake("t", "/socket");
    }
    std::string read() {
        beast::flat_buffer buffer;
        stream.read(buffer, problem);
        return beast::buffers_to_string(buffer.data());
    }
    boost::asio::io_context context;
    beast::websocket::stream<tcp::socket> stream{context};
    boost::system::error_code problem;
};

Router echo_router(std::promise<std::shared_ptr<WebSocket>>* made = nullptr) {
    Router router;
    router.add({"GET", "/socket", RequestClass::normal, SocketHandler([made](const HttpRequest& request, const std::shared_ptr<WebSocket>& socket) -> Result<void> {
                    if (request.query_value("no")) return fail(ErrorCode::gate_refused, "not for you");
                    socket->on_message([weak = std::weak_ptr(socket)](const WebSocketMessage& m) {
                        if (const auto still = weak.lock()) still->send(m.bytes, m.kind);
                    });
                    if (made != nullptr) made->set_value(socket);
                    return {};
                })});
    return router;
}

TEST(websocket, speaks_with_another_implementation) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    BeastClient client(server->port());
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 500'000U}) {
        const std::string sent(size, 'x');
        client.stream.auto_fragment(size % 2 == 0);
        client.stream.write(boost::asio::buffer(sent));
        EXPECT_EQ(client.read(), sent) << size;
    }
    client.stream.ping("p");
    client.stream.binary(true);
    client.stream.write(boost::asio::buffer(std::string("\xff\0", 2)));
    EXPECT_EQ(client.read(), std::string("\xff\0", 2));
    EXPECT_TRUE(client.stream.got_binary());
    client.stream.close(beast::websocket::close_code::normal, client.problem);
    EXPECT_FALSE(client.problem) << client.problem.message();
}

TEST(websocket, closes_with_the_reason_of_the_fault) {
    TestGround ground;
    const auto server = ground.start(echo_router(), {.message_bytes_max = 1'000});
    BeastClient client(server->port());
    client.stream.write(boost::asio::buffer(std::string(1'001, 'x')));
    client.read();
    EXPECT_EQ(client.problem, beast::websocket::error::closed);
    EXPECT_EQ(client.stream.reason().code, beast::websocket::close_code::too_big);
    BeastClient latin(server->port());
    latin.stream.write(boost::asio::buffer(std::string("caf\xe9")));
    latin.read();
    EXPECT_EQ(latin.stream.reason().code, beast::websocket::close_code::bad_payload);
}

TEST(websocket, drain_says_that_it_goes_away) {
    TestGround ground;
    std::promise<std::shared_ptr<WebSocket>> made;
    const auto server = ground.start(echo_router(&made));
    BeastClient client(server->port());
    const auto socket = made.get_future().get();
    EXPECT_TRUE(socket->send("last words"));
    auto drained = std::async(std::launch::async, [&] { return server->drain(Deadline::after(std::chrono::steady_clock::now(), seconds(20))); });
    EXPECT_EQ(client.read(), "last words");
    client.read();
    EXPECT_EQ(client.stream.reason().code, beast::websocket::close_code::going_away);
    EXPECT_TRUE(drained.get());
    EXPECT_FALSE(socket->send("after"));
}

TEST(websocket, a_peer_that_answers_no_ping_is_cut_off) {
    TestGround ground;
    const auto server = ground.start(echo_router(), {.heartbeat = milliseconds(30)});
    RawClient client(server->port());
    client.send(get("/socket", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    EXPECT_EQ(client.rest(), std::string("\x89\0", 2)) << "one ping, then the end";
}

TEST(websocket, refuses_what_is_no_handshake) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    RawClient client(server->port());
    const std::string good = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n";
    client.send(get("/socket") + get("/socket", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n") + get("/socket", good + "Sec-WebSocket-Key: short\r\n") +
                get("/socket?no=1", good + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 426"));
    EXPECT_THAT(client.answer(), HasSubstr("Sec-WebSocket-Version: 13"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 403"));
}

}  // namespace
}  // namespace aitrading::kit
