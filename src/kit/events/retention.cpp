#include "kit/events/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kit/contracts/contracts.hpp"

namespace aitrading::kit {
namespace {

constexpr std::int64_t removed_at_once = 5'000;  // of a partition: some ten milliseconds of the writer's time
constexpr std::int64_t hours_max = 24 * 365 * 100;

bool carries_domain_events(std::string_view topic) {
    return std::ranges::any_of(event_contracts(), [&](const EventContract& c) { return c.topic == topic && c.kind == EventKind::domain; });
}

std::unexpected<Error> wrong(const std::string& entry) {
    return fail(ErrorCode::bad_input, "'" + entry + "' is no rule of retention: TOPIC=COUNT (events of each partition), TOPIC=30d or TOPIC=12h");
}

Result<KeepRule> parse_rule(const std::string& entry, std::string_view words) {
    const char unit = words.empty() ? ' ' : words.back();
    const bool timed = unit == 'd' || unit == 'h';
    if (timed) words.remove_suffix(1);
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(words.data(), words.data() + words.size(), number);
    if (problem != std::errc() || end != words.data() + words.size() || number < 1) return wrong(entry);
    if (!timed) return KeepRule{.events = number, .nanos = std::nullopt};
    const std::int64_t hours_a_unit = unit == 'd' ? 24 : 1;
    if (number > hours_max / hours_a_unit) return wrong(entry);
    return KeepRule{.events = std::nullopt, .nanos = number * hours_a_unit * 60 * nanos_per_minute};
}

}  // namespace

Result<KeepRules> parse_keep_rules(const std::vector<std::string>& entries) {
    KeepRules out;
    for (const std::string& entry : entries) {
        const auto equals = entry.find('=');
        if (equals == std::string::npos) return wrong(entry);
        const std::string topic = entry.substr(0, equals);
        TRY_VOID(ports::check_bus_name("topic", topic));
        if (carries_domain_events(topic))
            return fail(ErrorCode::bad_input, fmt::format("'{}': domain events are kept for good, everything else is built from them; take {} off the list", entry, topic));
        TRY(const KeepRule rule, parse_rule(entry, std::string_view(entry).substr(equals + 1)));
        if (!out.emplace(topic, rule).second) return fail(ErrorCode::bad_input, "two rules of retention for " + topic);
    }
    return out;
}

Result<bool> Retention::turn(const KeepRules& rules, UnixNanos now) {
    const bool cheap = !bus_.promises().retention_reads_all;
    bool more = false;
    TRY(const std::vector<std::string> topics, bus_.topics());
    for (const auto& [topic, rule] : rules) {
        if (std::ranges::find(topics, topic) == topics.end()) continue;
        ports::RetentionRule asked;
        asked.events_max = rule.events;
        if (rule.nanos) asked.newer_than = UnixNanos{now.value - *rule.nanos};
        if (cheap) asked.removed_max = removed_at_once;
        TRY(const std::int64_t removed, bus_.retain(topic, asked));
        if (removed > 0) metrics_.counter("events_removed_total", "Events that retention removed", {{"topic", topic}}).add(static_cast<double>(removed));
        more = more || (cheap && removed >= removed_at_once);
        TRY_VOID(count_kept(topic, rule));
    }
    return more;
}

/// Where offsets belong to the engine as well this counts some of those too.
Result<void> Retention::count_kept(const std::string& topic, const KeepRule& rule) {
    if (!rule.events) return {};
    TRY(const std::vector<std::int64_t> firsts, bus_.firsts(topic));
    TRY(const std::vector<std::int64_t> ends, bus_.ends(topic));
    std::int64_t beyond = 0;
    for (std::size_t p = 0; p < ends.size(); ++p) beyond += std::max<std::int64_t>(0, ends[p] - firsts[p] + 1 - *rule.events);
    metrics_.gauge("events_beyond_retention", "Events that are kept against their rule, for a group that needs them", {{"topic", topic}}).set(static_cast<double>(beyond));
    return {};
}

}  // namespace aitrading::kit
