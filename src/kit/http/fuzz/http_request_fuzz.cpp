#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "kit/http/json_guard.hpp"
#include "kit/http/parser.hpp"
#include "kit/http/target.hpp"
#include "kit/http/websocket_frames.hpp"

using aitrading::kit::ParseStep;

/// Everything that reads what a stranger sent over HTTP: the first byte says how the rest is cut into pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0];
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    aitrading::kit::RequestParser parser({.header_bytes_max = 2'048, .body_bytes_max = 4'096});
    ParseStep step;
    for (std::size_t at = 0; at < text.size() && step.state != ParseStep::State::refused; at += piece) {
        step = parser.feed(text.substr(at, piece));
        while (step.state == ParseStep::State::done) {
            const aitrading::kit::HttpRequest request = parser.take();
            CHECK(request.body.size() <= 4'096);
            [[maybe_unused]] const auto target = aitrading::kit::parse_target(request.target);
            [[maybe_unused]] const auto sound = aitrading::kit::check_json(request.body);
            step = parser.feed("");
        }
    }
    if (const auto target = aitrading::kit::parse_target(text)) CHECK(target->path.find("/../") == std::string::npos);
    [[maybe_unused]] const auto sound = aitrading::kit::check_json(text);
    for (const auto side : {aitrading::kit::FrameSide::client, aitrading::kit::FrameSide::server}) {
        aitrading::kit::FrameReader reader(1'000, side);
        for (std::size_t at = 0; at < text.size(); at += piece) {
            reader.feed(text.substr(at, piece));
            while (const auto message = reader.next()) CHECK(message->bytes.size() <= 1'000);
            if (reader.problem()) break;
        }
    }
    aitrading::kit::ResponseParser answer({.header_bytes_max = 2'048, .body_bytes_max = 4'096}, false);
    (void)answer.feed(text);
    return 0;
}
