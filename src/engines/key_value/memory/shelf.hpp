#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engines/key_value/memory/memory_store.hpp"

namespace aitrading::engines::key_value {

/// Entries by name, by use and by end of life, within a bound of bytes. Not synchronised.
class Shelf {
  public:
    explicit Shelf(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;

    struct Entry {
        std::string value;
        std::optional<std::int64_t> ends;  ///< nanoseconds
    };
    /// The entry, now the most recently used; null where there is none or its life has ended.
    const Entry* find(std::string_view name, std::int64_t now);
    /// Sets value and life; drops ended and old entries until there is room. @pre fits
    void put(std::string_view name, std::string_view value, std::optional<std::int64_t> ends, std::int64_t now);
    /// Whether the store could ever hold it.
    bool fits(std::string_view name, std::string_view value) const {
        return name.size() + value.size() + memory_entry_overhead <= bytes_max_;
    }
    bool remove(std::string_view name, std::int64_t now);
    /// Names from `from` on (itself only with `inclusive`) that begin with `prefix`, at most `count`.
    std::vector<std::string> names(std::string_view prefix, std::string_view from, bool inclusive, std::size_t count, std::int64_t now) const;
    MemoryStoreStats stats() const { return {entries_.size(), bytes_, evicted_, ended_}; }

    /// All that lives, least recently used first, as bytes; and back into an empty shelf. @errors gate_refused
    std::string packed(std::int64_t now) const;
    Result<void> unpack(std::string_view bytes, std::int64_t now, const std::string& what);

  private:
    struct Held;
    using Map = std::map<std::string, Held, std::less<>>;
    struct Held {
        Entry entry;
        std::list<Map::iterator>::iterator use;
        std::optional<std::multimap<std::int64_t, Map::iterator>::iterator> end;
    };
    static std::size_t cost(const Map::value_type& one) {
        return one.first.size() + one.second.entry.value.size() + memory_entry_overhead;
    }
    void drop(Map::iterator at);
    void drop_ended(std::int64_t now, int at_most);
    void set_end(Map::iterator at, std::optional<std::int64_t> ends);

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::uint64_t evicted_ = 0, ended_ = 0;
    Map entries_;
    std::list<Map::iterator> uses_;  ///< least recently used first
    std::multimap<std::int64_t, Map::iterator> ends_;
};

}  // namespace aitrading::engines::key_value
