#include "kit/events/overview.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace aitrading::kit {
namespace {

constexpr std::string_view magic = "overview1";

void write(ByteWriter& out, const std::map<std::string, Overview::Count>& counts) {
    out.put(static_cast<std::uint64_t>(counts.size()));
    for (const auto& [name, count] : counts) {
        out.put_text(name);
        out.put(count.events);
        out.put(count.last.value);
        out.put(count.sum);
    }
}

std::map<std::string, Overview::Count> read(ByteReader& in) {
    std::map<std::string, Overview::Count> out;
    for (auto left = in.get<std::uint64_t>(); left > 0 && !in.failed(); --left) {
        std::string name = in.get_text();
        Overview::Count count;
        count.events = in.get<std::int64_t>();
        count.last.value = in.get<std::int64_t>();
        count.sum = in.get<std::uint64_t>();
        out.emplace(std::move(name), count);
    }
    return out;
}

}  // namespace

void Overview::apply(const ports::Delivery& delivery) {
    const std::uint64_t sum = event_sum(delivery.event);
    // Events of one subject keep their order in every replay; those of one type do only within a subject, so their sum has none.
    Count& type = types_[delivery.event.type];
    type.sum += sum;
    Count& subject = subjects_[delivery.event.subject];
    Fingerprint print;
    print.add(subject.sum);
    print.add(sum);
    subject.sum = print.value();
    for (Count* count : {&type, &subject}) {
        ++count->events;
        count->last = std::max(count->last, delivery.event.time);
    }
}

std::string Overview::snapshot() const {
    ByteWriter out;
    write(out, types_);
    write(out, subjects_);
    return out.sealed(magic);
}

Result<void> Overview::restore(std::string_view bytes) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, "snapshot of the overview"));
    types_ = read(in);
    subjects_ = read(in);
    if (in.failed()) return fail(ErrorCode::bad_input, "snapshot of the overview: cut short; replay the journal");
    return {};
}

void Overview::clear() {
    types_.clear();
    subjects_.clear();
}

std::map<std::string, std::string> Overview::rows() const {
    std::map<std::string, std::string> out;
    const auto add = [&](const char* kind, const std::map<std::string, Count>& counts) {
        for (const auto& [name, count] : counts)
            out[std::string(kind) + " " + name] = std::to_string(count.events) + " events, last " + to_iso8601(count.last) + ", sum " + std::to_string(count.sum);
    };
    add("type", types_);
    add("subject", subjects_);
    return out;
}

}  // namespace aitrading::kit
