#include "engines/key_value/memory/shelf.hpp"

#include <limits>

#include "base/bytes.hpp"

namespace aitrading::engines::key_value {
namespace {

constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();
constexpr int ended_a_call = 16;  // a put cleans up a few others, so that no call pays for many

}  // namespace

const Shelf::Entry* Shelf::find(std::string_view name, std::int64_t now) {
    const auto at = entries_.find(name);
    if (at == entries_.end()) return nullptr;
    Held& held = at->second;
    if (held.entry.ends && *held.entry.ends <= now) {
        drop(at);
        ++ended_;
        return nullptr;
    }
    uses_.splice(uses_.end(), uses_, held.use);
    return &held.entry;
}

void Shelf::put(std::string_view name, std::string_view value, std::optional<std::int64_t> ends, std::int64_t now) {
    drop_ended(now, ended_a_call);
    auto at = entries_.lower_bound(name);
    if (at == entries_.end() || at->first != name) {
        at = entries_.emplace_hint(at, std::string(name), Held{});
        at->second.use = uses_.insert(uses_.end(), at);
    } else {
        bytes_ -= cost(*at);
        uses_.splice(uses_.end(), uses_, at->second.use);
    }
    at->second.entry.value = value;
    bytes_ += cost(*at);
    set_end(at, ends);
    if (bytes_ > bytes_max_) drop_ended(now, std::numeric_limits<int>::max());
    // The newest is last in the order of use and fits alone: it never drops itself.
    while (bytes_ > bytes_max_) {
        drop(uses_.front());
        ++evicted_;
    }
}

bool Shelf::remove(std::string_view name, std::int64_t now) {
    if (find(name, now) == nullptr) return false;
    drop(entries_.find(name));
    return true;
}

std::vector<std::string> Shelf::names(std::string_view prefix, std::string_view from, bool inclusive, std::size_t count,
                                      std::int64_t now) const {
    std::vector<std::string> found;
    auto at = inclusive ? entries_.lower_bound(from) : entries_.upper_bound(from);
    for (; at != entries_.end() && found.size() < count && at->first.starts_with(prefix); ++at)
        if (!at->second.entry.ends || *at->second.entry.ends > now) found.push_back(at->first);
    return found;
}

std::string Shelf::packed(std::int64_t now) const {
    ByteWriter out;
    std::uint64_t count = 0;
    for (const auto& at : uses_)
        if (at->second.entry.ends.value_or(endless) > now) ++count;
    out.put(count);
    for (const auto& at : uses_) {
        if (at->second.entry.ends.value_or(endless) <= now) continue;
        out.put_text(at->first);
        out.put_text(at->second.entry.value);
        out.put(at->second.entry.ends.value_or(endless));
    }
    return out.bytes();
}

Result<void> Shelf::unpack(std::string_view bytes, std::int64_t now, const std::string& what) {
    ByteReader in(bytes);
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
        const std::string name = in.get_text(), value = in.get_text();
        const auto ends = in.get<std::int64_t>();
        if (in.failed() || ends <= now || !fits(name, value)) continue;
        put(name, value, ends == endless ? std::nullopt : std::optional(ends), now);
    }
    if (in.at_end()) return {};
    return fail(ErrorCode::gate_refused, what + ": damaged; remove it to begin empty");
}

void Shelf::drop(Map::iterator at) {
    bytes_ -= cost(*at);
    uses_.erase(at->second.use);
    if (at->second.end) ends_.erase(*at->second.end);
    entries_.erase(at);
}

void Shelf::drop_ended(std::int64_t now, int at_most) {
    while (at_most-- > 0 && !ends_.empty() && ends_.begin()->first <= now) {
        drop(ends_.begin()->second);
        ++ended_;
    }
}

void Shelf::set_end(Map::iterator at, std::optional<std::int64_t> ends) {
    if (at->second.end) ends_.erase(*at->second.end);
    at->second.end.reset();
    at->second.entry.ends = ends;
    if (ends) at->second.end = ends_.emplace(*ends, at);
}

}  // namespace aitrading::engines::key_value
