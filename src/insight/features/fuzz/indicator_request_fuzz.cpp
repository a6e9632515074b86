#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "insight/features/registry.hpp"

/// Any bytes: either a request whose arguments are in range and which can be read again, or a usage error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    const auto request = insight::parse_indicator({reinterpret_cast<const char*>(data), size});
    if (!request) {
        CHECK(request.error().code == ErrorCode::usage);
        return 0;
    }
    CHECK(request->arguments.size() == request->entry->parameters.size());
    CHECK(!request->columns.empty() && request->columns.size() == request->chosen.size());
    for (std::size_t i = 0; i < request->arguments.size(); ++i) {
        const insight::Parameter& p = request->entry->parameters[i];
        CHECK(request->arguments[i] >= p.least && request->arguments[i] <= p.greatest);
    }
    CHECK(request->warm_up() >= 0);
    return 0;
}
