#include "apps/aitrading/journal_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/aitrading/data_json.hpp"
#include "kit/contracts/contracts.hpp"

namespace aitrading::apps {
namespace {

constexpr int read_at_once = 256;

/// Data as JSON where a contract says how to read them or they are JSON, as text where that can be said in JSON.
void put_data(const Event& event, Json& line) {
    const std::string& data = event.data;
    const Result<std::string> known = kit::data_as_json(event);
    Json parsed = Json::parse(known ? *known : data, nullptr, false);
    if (!parsed.is_discarded()) {
        line["data"] = std::move(parsed);
        return;
    }
    try {
        static_cast<void>(Json(data).dump());
        line["data"] = data;
    } catch (const Json::exception&) {
        line["data_base64"] = base64(data);
    }
}

}  // namespace

std::string base64(const std::string& bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t j = 0; j < 3; ++j) word = word << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j) out += j <= count ? letters[word >> (18 - 6 * j) & 63U] : '=';
    }
    return out;
}

std::string event_line(const std::string& topic, const ports::Delivery& delivery) {
    const Event& event = delivery.event;
    Json line{{"id", event.id.text()}, {"topic", topic}, {"subject", event.subject}, {"sequence", delivery.position.offset},
              {"type", event.type}, {"source", event.source}, {"tenant", event.tenant}, {"time", to_iso8601(event.time)}};
    if (event.trace) line["traceparent"] = event.trace->traceparent();
    put_data(event, line);
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Event load_event(const std::string& subject, std::int64_t n, UnixNanos now, UuidMaker& ids) {
    Event event;
    event.id = ids.next(now);
    event.type = "ops.load.appended";
    event.source = "/aitrading/journal/load";
    event.subject = subject;
    event.time = now;
    event.data = fmt::format("{{\"n\":{}}}", n);
    return event;
}

std::int64_t load_number(const Event& event) {
    const Json data = Json::parse(event.data, nullptr, false);
    return data.is_object() ? data.value("n", std::int64_t{0}) : 0;
}

Result<void> MergedEvents::look() {
    TRY(const std::vector<engines::PartitionExtent> extents, view_.extents());
    bool found = topic_.empty();
    for (const engines::PartitionExtent& extent : extents) {
        if (!topic_.empty() && extent.topic != topic_) continue;
        found = true;
        const auto known = std::ranges::find_if(sources_, [&](const Source& s) { return s.extent.topic == extent.topic && s.extent.partition == extent.partition; });
        if (known == sources_.end()) sources_.push_back({extent, extent.first, {}});
        else known->extent = extent;
    }
    if (found) return {};
    return fail(ErrorCode::not_found, fmt::format("the journal has no topic '{}'", topic_));
}

void MergedEvents::skip_to_last(std::int64_t count) {
    // The last ones of a topic lie among the last ones of its partitions: all those are shown.
    for (Source& source : sources_) source.from = std::max(source.extent.first, source.extent.last - count + 1);
}

Result<void> MergedEvents::fill(Source& source) {
    source.from = std::max(source.from, source.extent.first);
    if (!source.read.empty() || source.from > source.extent.last) return {};
    TRY(std::vector<ports::Delivery> some, view_.read(source.extent, source.from, {.events_max = read_at_once}));
    if (some.empty()) {
        // Retention came by, or what is left belongs to the engine.
        const std::int64_t before = source.from;
        TRY(const std::vector<engines::PartitionExtent> now, view_.extents());
        for (const engines::PartitionExtent& extent : now)
            if (extent.topic == source.extent.topic && extent.partition == source.extent.partition) source.from = std::max(before, extent.first);
        if (source.from == before) source.from = source.extent.last + 1;
        return {};
    }
    source.from = some.back().position.offset + 1;
    std::ranges::move(some, std::back_inserter(source.read));
    return {};
}

Result<std::optional<MergedEvents::Line>> MergedEvents::next() {
    Source* oldest = nullptr;
    for (Source& source : sources_) {
        TRY_VOID(fill(source));
        if (source.read.empty()) continue;
        if (oldest == nullptr || source.read.front().event.id < oldest->read.front().event.id) oldest = &source;
    }
    if (oldest == nullptr) return std::nullopt;
    Line line{oldest->extent.topic, std::move(oldest->read.front())};
    oldest->read.pop_front();
    return line;
}

}  // namespace aitrading::apps
