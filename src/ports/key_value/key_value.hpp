#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::ports {

/// Most bytes of a key and of a value.
inline constexpr std::size_t kv_key_bytes_max = 512, kv_value_bytes_max = std::size_t{1} << 20;
/// Longest life that can be asked for.
inline constexpr std::chrono::milliseconds kv_life_max = std::chrono::hours(24 * 366);
inline constexpr int kv_scan_max = 10'000, kv_many_max = 1'000;

/// Which thing: `key` is any bytes, and belongs to its tenant alone.
struct KeyName {
    std::string_view tenant;
    std::string_view key;
};

struct PutRule {
    enum class When { always, absent, present };
    When when = When::always;
    std::optional<std::chrono::milliseconds> lives_for;  ///< none: until it is removed. A put begins the life anew
};

/// A change of a counter that keeps within [min, max], or does not happen.
struct Addition {
    std::int64_t delta = 1;
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    std::optional<std::chrono::milliseconds> lives_for;  ///< of a counter that begins here; an old one keeps its own
};

struct Counted {
    std::int64_t value = 0;  ///< after the call
    bool added = false;      ///< false: it would have left its bounds, and stayed
    friend bool operator==(const Counted&, const Counted&) = default;
};

struct Life {
    bool there = false;
    std::optional<std::chrono::milliseconds> left;  ///< none: without end
};

struct ScanPage {
    std::vector<std::string> keys;  ///< in no order that the port promises
    std::string next;               ///< goes into the next call; empty: this was the last page
};

/// Small things that are looked up often: sessions, cached predictions, counters of a quota, locks with an end. Each call is
/// one step that others see whole. Safe to use from several threads.
///
/// What may be forgotten: a full store may drop the keys that were used least recently, and a restart may bring back an
/// older moment, or nothing; never a value that was not put, or half of one. What must stay belongs to `table_store`.
/// Time: a life ends by the store's own clock; at its end the key is as if it had been removed.
///
/// @errors of every call: usage (tenant, key, value or life outside the limits), failed (the store cannot be reached, or
/// did not answer in time). `retry_helps` says that nothing was done; else the text says that it may have been.
class KeyValue {
  public:
    virtual ~KeyValue() = default;

    /// The value; none where there is no such key.
    virtual Result<std::optional<std::string>> get(KeyName name) = 0;
    /// The same for several keys of one tenant, in their order; at most kv_many_max.
    virtual Result<std::vector<std::optional<std::string>>> get_many(std::string_view tenant, const std::vector<std::string>& keys) = 0;
    /// True where it was put; false where the rule's condition did not hold.
    virtual Result<bool> put(KeyName name, std::string_view value, PutRule rule = {}) = 0;
    /// True where there was such a key.
    virtual Result<bool> remove(KeyName name) = 0;

    /// Puts `desired` (none: removes) where the value is `expected` (none: absent); true where it was so. The life begins
    /// anew with `lives_for`. Two that expect the same cannot both succeed.
    virtual Result<bool> compare_and_set(KeyName name, const std::optional<std::string>& expected,
                                         const std::optional<std::string>& desired,
                                         std::optional<std::chrono::milliseconds> lives_for = std::nullopt) = 0;
    /// Adds to a counter, a value that is a decimal integer; an absent one is 0. @errors bad_input (the value is no integer)
    virtual Result<Counted> add(KeyName name, const Addition& addition) = 0;
    /// Whether the key is there, and for how long.
    virtual Result<Life> life(KeyName name) = 0;

    /// Keys of a tenant that begin with `prefix`, about `count` of them a page. Over all pages each key that was there all
    /// the time comes at least once; one that came or went meanwhile may come or not. @param from empty, or `next` of the
    /// page before   @errors usage (count outside 1..kv_scan_max, or a `from` that no page gave)
    virtual Result<ScanPage> scan(std::string_view tenant, std::string_view prefix, std::string_view from, int count) = 0;
    /// Removes what begins with `prefix`; how many. Not one step: what is put meanwhile may stay.
    virtual Result<std::int64_t> remove_prefix(std::string_view tenant, std::string_view prefix) = 0;
    /// ok, or why the store cannot serve.
    virtual Result<void> health() = 0;
};

/// Whether a name, a value and a life are within the limits. @errors usage
Result<void> check_key(KeyName name);
Result<void> check_value(std::string_view value);
Result<void> check_life(std::optional<std::chrono::milliseconds> lives_for);
/// Whether the bounds of a counter are in order, and its life is one. @errors usage
Result<void> check_addition(const Addition& addition);
/// Whether a page can be asked for. @errors usage
Result<void> check_scan(std::string_view tenant, std::string_view prefix, int count);
/// The integer that a counter's value is: digits, with a minus where negative, nothing else. @errors bad_input
Result<std::int64_t> counter_of(KeyName name, std::string_view value);
/// The counter after an addition, none where it would leave its bounds or overflow. @pre check_addition
std::optional<std::int64_t> counted(std::int64_t before, const Addition& addition);

}  // namespace aitrading::ports
