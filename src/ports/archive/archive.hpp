#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::ports {

/// Which object: `id` is the SHA-256 of its content, 64 lower-case hexadecimal digits. The same content has the same id, and
/// is there once in each tenant.
struct ObjectName {
    std::string_view tenant;
    std::string_view id;
};

struct ObjectEntry {
    std::string id;
    std::uint64_t bytes = 0;
    UnixNanos stored;                      ///< when it was put first
    std::optional<UnixNanos> kept_until;   ///< before that it cannot be removed
    std::vector<std::string> holds;        ///< why it cannot be removed at all, in order
    friend bool operator==(const ObjectEntry&, const ObjectEntry&) = default;
};

struct Reference {
    std::string name;
    std::string id;
    friend bool operator==(const Reference&, const Reference&) = default;
};

/// An object that is being put. For one thread. Destroyed without `finish` it leaves nothing.
/// @pre the archive outlives it
class ObjectWriter {
  public:
    virtual ~ObjectWriter() = default;
    /// @errors failed (disk full, …), usage (more than archive_object_bytes_max); after an error nothing can be finished
    virtual Result<void> write(std::string_view bytes) = 0;
    /// The object's id, when the object is durable. @pre called once
    /// @param keep_until it cannot be removed before; where the object is there already the later time holds
    /// @errors failed (disk full, …): nothing of it is there
    virtual Result<std::string> finish(std::optional<UnixNanos> keep_until = std::nullopt) = 0;
};

/// An object that is being read. For one thread. What is read is checked before it is given.
class ObjectReader {
  public:
    virtual ~ObjectReader() = default;
    virtual std::uint64_t bytes() const = 0;
    /// The next bytes, at most so many and some as long as there are any; empty: this was all, and its sum is that of its name.
    /// @errors gate_refused (damaged: names the object), usage (bytes_max 0), failed
    virtual Result<std::string> read(std::size_t bytes_max) = 0;
};

inline constexpr std::uint64_t archive_object_bytes_max = std::uint64_t{1} << 36;
inline constexpr int archive_page_max = 10'000;

/// Large things that never change: reports, models, cold logs, backups. What was put is durable and comes back byte for byte
/// or not at all; what must be kept cannot be removed. Memory stays within a few blocks however large the objects are.
/// Safe to use from several threads; time is the archive's own clock.
///
/// @errors of every call: usage (a name outside the limits), failed (the disk refuses)
class Archive {
  public:
    virtual ~Archive() = default;

    virtual Result<std::unique_ptr<ObjectWriter>> create(std::string_view tenant) = 0;
    /// @errors not_found, gate_refused (damaged: names the object)
    virtual Result<std::unique_ptr<ObjectReader>> open(ObjectName name) = 0;
    /// The two at once, for small objects. @errors get: usage (more than bytes_max)
    Result<std::string> put(std::string_view tenant, std::string_view bytes, std::optional<UnixNanos> keep_until = std::nullopt);
    Result<std::string> get(ObjectName name, std::size_t bytes_max = std::size_t{64} << 20);

    /// @errors not_found
    virtual Result<ObjectEntry> entry(ObjectName name) = 0;
    /// Objects in order of their ids, after one of them or from the first (empty). @errors usage (count outside 1..archive_page_max)
    virtual Result<std::vector<ObjectEntry>> list(std::string_view tenant, std::string_view after, int count) = 0;
    /// @errors not_found; gate_refused (kept until later, held, or referred to: says by what)
    virtual Result<void> remove(ObjectName name) = 0;

    /// Sets a later end of keeping. @errors not_found, gate_refused (it would be earlier)
    virtual Result<void> keep_until(ObjectName name, UnixNanos time) = 0;
    /// Keeps the object until `release` with the same reason. Repeating it has no effect. @errors not_found
    virtual Result<void> hold(ObjectName name, std::string_view reason) = 0;
    virtual Result<void> release(ObjectName name, std::string_view reason) = 0;

    /// A name that stands for an object, and for another one later; the change is one durable step. @errors not_found (object)
    virtual Result<void> refer(std::string_view tenant, std::string_view reference, std::string_view id) = 0;
    /// @errors not_found
    virtual Result<std::string> referred(std::string_view tenant, std::string_view reference) = 0;
    virtual Result<void> forget(std::string_view tenant, std::string_view reference) = 0;
    /// In order of their names.
    virtual Result<std::vector<Reference>> references(std::string_view tenant) = 0;

    /// Reads every object of every tenant. @errors gate_refused: names the first that is damaged   @complexity O(bytes)
    virtual Result<void> verify() = 0;
};

/// Whether names are within the limits: an id is 64 hexadecimal digits; a reference or a reason has 1 to 200 letters, digits,
/// dots, dashes or underscores and begins with none of the dots. @errors usage
Result<void> check_object(ObjectName name);
Result<void> check_archive_word(std::string_view kind, std::string_view word);
/// Why an object may not be removed now; empty where it may. @param referring names of references to it
std::string keeping_reason(const ObjectEntry& entry, const std::vector<std::string>& referring, UnixNanos now);

}  // namespace aitrading::ports
