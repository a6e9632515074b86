#include "domain/event.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace aitrading {
namespace {

/// CloudEvents forbids control characters in attributes. UTF-8 beyond ASCII passes as it is.
bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Result<void> check_event(const Event& event) {
    const auto refuse = [&](std::string_view what, std::string_view why) {
        return fail(ErrorCode::bad_input, "event " + event.id.text() + ": its " + std::string(what) + " " + std::string(why));
    };
    if (event.id.is_nil()) return refuse("id", "is missing; let a UuidMaker make it");
    struct Attribute {
        std::string_view name, text;
    };
    for (const auto& [name, text] : std::array<Attribute, 4>{
             {{"type", event.type}, {"source", event.source}, {"subject", event.subject}, {"tenant", event.tenant}}}) {
        if (text.empty()) return refuse(name, "is empty");
        if (text.size() > attribute_bytes_max) return refuse(name, "is longer than 256 bytes");
        if (has_control_character(text)) return refuse(name, "holds a control character");
    }
    if (event.data.size() > event_data_bytes_max)
        return refuse("data", "are larger than 1 MiB; put them into the archive and name them in the event");
    return {};
}

std::size_t size_bytes(const Event& event) {
    constexpr std::size_t fixed = 16 + 8 + 25;  // id, time, trace
    return fixed + event.type.size() + event.source.size() + event.subject.size() + event.tenant.size() + event.data.size();
}

Uuid derived_id(const Event& event, UnixNanos about, const Uuid& cause) {
    std::string name(cause.bytes.begin(), cause.bytes.end());
    name.reserve(name.size() + size_bytes(event));
    for (const std::string* part : {&event.source, &event.type, &event.subject, &event.tenant, &event.data}) {
        // Lengths part the fields: "ab" + "c" is another name than "a" + "bc".
        const auto length = static_cast<std::uint32_t>(part->size());
        for (int shift = 24; shift >= 0; shift -= 8) name.push_back(static_cast<char>(length >> shift & 0xFF));
        name += *part;
    }
    return derived_uuid(about, name);
}

std::uint64_t event_sum(const Event& event) {
    Fingerprint sum;
    sum.add_bytes(event.id.bytes.data(), event.id.bytes.size());
    sum.add(event.type);
    sum.add(event.source);
    sum.add(event.subject);
    sum.add(event.tenant);
    sum.add(event.time.value);
    sum.add(event.trace.has_value());
    if (event.trace) {
        sum.add_bytes(event.trace->trace.data(), event.trace->trace.size());
        sum.add_bytes(event.trace->parent.data(), event.trace->parent.size());
        sum.add(event.trace->flags);
    }
    sum.add(event.data);
    return sum.value();
}

int partition_of(std::string_view subject, int partitions) {
    CHECK(partitions >= 1);
    Fingerprint hash;
    hash.add(subject);
    return static_cast<int>(hash.value() % static_cast<std::uint64_t>(partitions));
}

}  // namespace aitrading
