#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/percent.hpp"
#include "base/random.hpp"
#include "kit/http/json_guard.hpp"
#include "kit/http/parser.hpp"
#include "kit/http/router.hpp"
#include "kit/http/target.hpp"
#include "kit/http/websocket_frames.hpp"

namespace aitrading::kit {
namespace {

using State = ParseStep::State;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(target, is_decoded_once) {
    const auto target = parse_target("/v1/a%2525%C3%A9/b+c?x=1+2&y=%26&x=&flag#part");
    ASSERT_TRUE(target) << target.error().text;
    EXPECT_EQ(target->path, "/v1/a%25\xc3\xa9/b+c");
    EXPECT_EQ(target->query, (Pairs{{"x", "1 2"}, {"y", "&"}, {"x", ""}, {"flag", ""}}));
    EXPECT_EQ(parse_target("/a/")->path, "/a/");
    EXPECT_EQ(parse_target("/a%2Fb?x=1")->path, "/a/b");
    EXPECT_EQ(parse_target("/a%2Fb?x=1")->raw_path, "/a%2Fb");
}

TEST(target, refuses_what_would_climb_or_confuse) {
    std::string many = "/?";
    for (int i = 0; i < 101; ++i) many += "a=1&";
    for (const std::string& text : {std::string(), std::string("a"), std::string("http://x/"), std::string("*"), std::string("/.."), std::string("/a/../b"),
                                   std::string("/a/%2e%2E/b"), std::string("/a%2F..%2Fb"), std::string("/a/..%2fb"), std::string("/a//b"), std::string("/%"), std::string("/%4"), std::string("/%zz"),
                                   std::string("/a%00"), std::string("/a%0d%0a"), "/" + std::string(4'096, 'a'), many})
        EXPECT_FALSE(parse_target(text)) << text.substr(0, 60);
}

TEST(target, whatever_is_encoded_comes_back) {
    SplitMix64 random(11);
    for (int i = 0; i < 2'000; ++i) {
        std::string text;
        for (std::uint64_t n = 1 + random.next_below(20); n > 0; --n) text += static_cast<char>(0x20 + random.next_below(0x5f));
        const auto target = parse_target("/?" + percent_encoded(text) + "=" + percent_encoded(text));
        ASSERT_TRUE(target) << text;
        ASSERT_EQ(target->query, (Pairs{{text, text}}));
    }
}

TEST(json_guard, counts_depth_outside_of_strings) {
    EXPECT_TRUE(check_json(R"({"a": ["[[[[", "\"]", {}], "b": 1})"));
    const auto nested = [](int depth) { return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']'); };
    EXPECT_TRUE(check_json(nested(32)));
    EXPECT_FALSE(check_json(nested(33)));
    EXPECT_FALSE(check_json(std::string(8'000'000, '[')));
    for (const char* text : {"[", "]", "[}", R"(")", R"("\)", R"({"a": "b})"}) EXPECT_FALSE(check_json(text)) << text;
    EXPECT_FALSE(check_json("[1" + std::string(200'001, ',') + "]"));
}

TEST(request_parser, gives_the_same_however_the_bytes_are_cut) {
    const std::string sent =
        "POST /v1/x?y=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-One: 1\r\n\r\nhello"
        "POST /v1/z HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        "GET /last HTTP/1.1\r\nhost: b\r\nConnection: close\r\n\r\nrest";
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SplitMix64 random(seed);
        RequestParser parser({});
        std::vector<HttpRequest> got;
        bool keep = true;
        for (std::size_t at = 0; at < sent.size();) {
            const std::size_t size = seed == 0 ? 1 : std::min<std::size_t>(sent.size() - at, 1 + random.next_below(60));
            ParseStep step = parser.feed(sent.substr(at, size));
            at += size;
            while (step.state == State::done && got.size() < 3) {
                keep = parser.keep_alive();
                got.push_back(parser.take());
                if (got.size() < 3) step = parser.feed("");
            }
            ASSERT_NE(step.state, State::refused) << step.text << " seed " << seed;
        }
        ASSERT_EQ(got.size(), 3U) << "seed " << seed;
        EXPECT_EQ(got[0].method + got[0].target + got[0].body, "POST/v1/x?y=1hello");
        EXPECT_EQ(got[0].headers.get("x-one"), "1");
        EXPECT_EQ(got[1].body, "abcde");
        EXPECT_EQ(got[2].target, "/last");
        EXPECT_FALSE(keep);
    }
}

TEST(request_parser, refuses_with_the_right_status) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::vector<std::pair<std::string, int>> cases{
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"\x16\x03\x01\x02 TLS to a plain port\r\n\r\n", 400},
        {head + "X: " + std::string(20'000, 'x'), 431},
        {"GET /" + std::string(5'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {head + "Content-Length: 2000000\r\n\r\n", 413},
        {head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
        {head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {head + "Content-Length: -1\r\n\r\n", 400},
        {head + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
        {head + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", 415},
        {head + "Expect: miracles\r\nContent-Length: 5\r\n\r\n", 417},
        {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {head + "Bad Header\r\n\r\n", 400},
    };
    for (const auto& [sent, status] : cases) {
        RequestParser parser({});
        const ParseStep step = parser.feed(sent);
        EXPECT_EQ(step.state, State::refused) << sent.substr(0, 80);
        EXPECT_EQ(step.status, status) << sent.substr(0, 80) << " " << step.text;
    }
}

TEST(request_parser, a_chunked_bomb_ends_at_the_limit) {
    RequestParser parser({});
    ParseStep step = parser.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    int chunks = 0;
    while (step.state == State::more && chunks < 100) step = parser.feed(chunk), ++chunks;
    EXPECT_EQ(step.status, 413);
    EXPECT_LE(chunks, 17);
}

TEST(response_parser, reads_sized_chunked_and_unsized_answers) {
    ResponseParser sized({}, false);
    EXPECT_EQ(sized.feed("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nhi").state, State::done);
    EXPECT_TRUE(sized.keep_alive());
    EXPECT_EQ(sized.take().body, "hi");
    ResponseParser unsized({}, false);
    EXPECT_EQ(unsized.feed("HTTP/1.0 200 OK\r\n\r\nab").state, State::more);
    EXPECT_EQ(unsized.end().state, State::done);
    EXPECT_EQ(unsized.take().body, "ab");
    ResponseParser cut({}, false);
    EXPECT_EQ(cut.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab").state, State::more);
    EXPECT_EQ(cut.end().state, State::refused);
    ResponseParser head({}, true);
    EXPECT_EQ(head.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").state, State::done);
    ResponseParser bomb({.body_bytes_max = 100}, false);
    EXPECT_EQ(bomb.feed("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n").status, 502);
}

TEST(message, nothing_in_a_header_breaks_the_line) {
    HttpResponse response{.body = "b", .headers = {}};
    response.headers.add("X", "a\r\nSet-Cookie: evil");
    EXPECT_EQ(to_wire(response, true, true),
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\nX: a  Set-Cookie: evil\r\nConnection: keep-alive\r\n\r\nb");
    EXPECT_THAT(error_response({ErrorCode::failed, "busy", true}).headers.get("retry-after"), "1");
    EXPECT_EQ(error_response({ErrorCode::not_found, "x\xff"}).status, 404);
}

TEST(router, finds_by_parts_and_says_what_is_allowed) {
    Router router;
    const HttpHandler none = [](const HttpRequest&) { return HttpResponse{}; };
    router.add({"GET", "/v1/logs/{id}", RequestClass::fast, none});
    router.add({"GET", "/v1/logs/last", RequestClass::heavy, none});
    router.add({"POST", "/v1/logs/{id}", RequestClass::fast, none});
    EXPECT_EQ(router.find("GET", "/v1/logs/last").route->kind, RequestClass::heavy);
    EXPECT_EQ(router.find("HEAD", "/v1/logs/7").parameters.at("id"), "7");
    EXPECT_EQ(router.find("DELETE", "/v1/logs/7").allowed, "GET, POST");
    EXPECT_EQ(router.find("GET", "/v1/logs").route, nullptr);
    EXPECT_EQ(router.find("GET", "/v1/logs/7/8").allowed, "");
    EXPECT_EQ(router.find("GET", "/v1/logs/7%2F8%20a").parameters.at("id"), "7/8 a") << "an encoded slash separates nothing";
    EXPECT_EQ(router.find("GET", "/v1%2Flogs/last").route, nullptr);
    EXPECT_EQ(router.find("GET", "/v1/l%6Fgs/last").route->kind, RequestClass::heavy) << "the same path, written differently";
    EXPECT_EQ(router.find("GET", "/v1/logs/%zz").route, nullptr);
}

std::string client_frame(int first, std::string_view bytes) {
    std::string out = server_frame(FrameKind::text, bytes);
    out[0] = static_cast<char>(first);
    out[1] = static_cast<char>(out[1] | static_cast<char>(0x80));
    const std::string mask = "\x11\x22\x33\x44";
    out.insert(out.size() - bytes.size(), mask);
    for (std::size_t i = 0; i < bytes.size(); ++i) out[out.size() - bytes.size() + i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
    return out;
}

TEST(frames, the_examples_of_the_standard) {
    EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455, 1.3
    EXPECT_EQ(server_frame(FrameKind::text, "Hello"), std::string("\x81\x05Hello"));          // 5.7
    FrameReader reader(100);
    reader.feed("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");  // 5.7: masked "Hello"
    EXPECT_EQ(reader.next()->bytes, "Hello");
    EXPECT_EQ(server_frame(FrameKind::binary, std::string(256, 'a')).substr(0, 4), std::string("\x82\x7e\x01\x00", 4));
    EXPECT_EQ(server_frame(FrameKind::binary, std::string(65'536, 'a')).substr(0, 10), std::string("\x82\x7f\0\0\0\0\0\x01\0\0", 10));
}

TEST(frames, messages_are_the_same_however_they_are_split_and_cut) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SplitMix64 random(seed);
        std::vector<std::string> sent, got;
        std::string wire;
        for (int m = 0; m < 10; ++m) {
            sent.emplace_back(random.next_below(300), static_cast<char>('a' + m));
            std::string_view rest = sent.back();
            for (bool first = true; first || !rest.empty(); first = false) {
                const std::size_t size = random.next_below(rest.size() + 1);
                const bool last = size == rest.size();
                wire += client_frame((last ? 0x80 : 0) | (first ? 1 : 0), rest.substr(0, size));
                if (!last && random.next_below(3) == 0) wire += client_frame(0x89, "ping");
                rest.remove_prefix(size);
                if (last) break;
            }
        }
        FrameReader reader(300);
        for (std::size_t at = 0; at < wire.size();) {
            const std::size_t size = std::min<std::size_t>(wire.size() - at, 1 + random.next_below(50));
            reader.feed(std::string_view(wire).substr(at, size));
            at += size;
            while (const auto message = reader.next())
                if (message->kind == FrameKind::text) got.push_back(message->bytes);
        }
        ASSERT_FALSE(reader.problem());
        ASSERT_EQ(got, sent) << "seed " << seed;
    }
}

TEST(frames, refuses_what_breaks_the_rules) {
    const std::vector<std::pair<std::string, CloseCode>> cases{
        {server_frame(FrameKind::text, "no mask"), CloseCode::protocol_error},
        {client_frame(0xc1, "reserved bit: packed"), CloseCode::protocol_error},
        {client_frame(0x83, "unknown kind"), CloseCode::protocol_error},
        {client_frame(0x09, "a ping in parts"), CloseCode::protocol_error},
        {client_frame(0x89, std::string(126, 'p')), CloseCode::protocol_error},
        {client_frame(0x80, "continues nothing"), CloseCode::protocol_error},
        {client_frame(0x01, "a") + client_frame(0x81, "b"), CloseCode::protocol_error},
        {client_frame(0x81, "\xc3("), CloseCode::not_utf8},
        {client_frame(0x81, "\xed\xa0\x80"), CloseCode::not_utf8},
        {client_frame(0x81, std::string(1'001, 'x')).substr(0, 8), CloseCode::too_big},
        {client_frame(0x01, std::string(600, 'x')) + client_frame(0x80, std::string(600, 'x')), CloseCode::too_big},
        {std::string("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10), CloseCode::too_big},
        {client_frame(0x88, "\x03"), CloseCode::protocol_error},
        {client_frame(0x88, std::string("\x03\xed", 2)), CloseCode::protocol_error},
    };
    for (const auto& [wire, code] : cases) {
        FrameReader reader(1'000);
        reader.feed(wire);
        while (reader.next()) {
        }
        EXPECT_EQ(reader.problem(), code) << wire.substr(0, 20);
    }
}

}  // namespace
}  // namespace aitrading::kit
