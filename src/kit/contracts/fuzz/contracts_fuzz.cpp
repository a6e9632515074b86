#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "kit/contracts/contracts.hpp"

/// The first byte chooses a contract, the rest are its data: an error, or a message that can be shown as JSON. The
/// same bytes as JSON text: an error, or an event whose data can be read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    if (size == 0) return 0;
    const auto& contracts = kit::event_contracts();
    Event event;
    event.type = contracts[data[0] % contracts.size()].type;
    event.data.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto json = kit::data_as_json(event);
    if (json) CHECK(!json->empty() && json->front() == '{');
    const auto packed = kit::pack_json(event.type, event.data, {{{1}}, "/fuzz", "default", {}, {}});
    if (packed) CHECK(kit::data_as_json(*packed).has_value());
    return 0;
}
