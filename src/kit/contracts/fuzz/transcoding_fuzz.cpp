#include <google/protobuf/message.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "kit/contracts/contracts.hpp"
#include "kit/contracts/transcoding.hpp"

/// The first byte chooses a verb, the first line is the target, the rest the body: an error that can be told as JSON, or a message
/// that can.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading::kit;
    if (size == 0) return 0;
    constexpr std::array<std::string_view, 5> verbs{"GET", "POST", "PUT", "DELETE", "PATCH"};
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view target = text.substr(0, text.find('\n'));
    const std::string_view body = target.size() < text.size() ? text.substr(target.size() + 1) : std::string_view();
    const auto request = read_request(verbs[data[0] % verbs.size()], target, body);
    if (!request) {
        CHECK(problem_json(request.error(), "").front() == '{');
        return 0;
    }
    CHECK(to_json(request->message()).has_value());
    const auto again = empty_message(request->contract().request);
    CHECK(again->ParseFromString(request->message().SerializeAsString()));
    return 0;
}
