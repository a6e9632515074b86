#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "ports/archive/archive.hpp"
#include "serving/database/service/stock_book.hpp"

namespace aitrading::serving {

/// A part of an object on its way into the archive.
struct ObjectPart {
    std::string tenant;
    std::string upload;  ///< empty: of a new object
    std::string_view bytes;
    std::optional<std::int64_t> offset;
    std::string label;  ///< the last one that is not empty holds
    bool last = false;
};

struct PartTaken {
    std::string upload;
    std::string object;  ///< id, after the last part
    std::string label;
    std::int64_t bytes = 0;  ///< so far
};

/// Objects that come in several parts. An upload belongs to its tenant, has a name that cannot be guessed, ends after ten minutes without
/// a part and leaves nothing then, nor when the process ends or a part fails. Safe to use from several threads.
class Uploads {
  public:
    static constexpr std::size_t open_max = 64;  ///< of all tenants together: each holds up to two blocks of 1 MiB
    static constexpr std::chrono::minutes idle_max{10};

    /// @pre stock outlives it
    explicit Uploads(StockBook& stock) : stock_(stock) {}

    struct Limits {
        std::int64_t uploads = 0;
        Stock stock;
    };
    struct Moment {
        SteadyTime steady;
        UnixNanos wall;
    };
    /// Takes one part; after the last the object is durable.
    /// @errors not_found (no such upload: it has ended), bad_input (offset: says where the upload stands, which goes on), gate_refused (the
    /// quota of uploads, with retry_helps; of bytes), failed (another part of it is being taken, with retry_helps; the disk refuses).
    /// After an error of the archive or of the quota of bytes the upload has ended and left nothing.
    Result<PartTaken> take(const std::shared_ptr<ports::Archive>& archive, const ObjectPart& part, const Limits& limits, Moment now, const StockBook::Count& count);
    /// Ends those without a part for long.
    void sweep(SteadyTime now);
    void drop_all();
    std::size_t open() const;

  private:
    struct Upload {
        std::shared_ptr<ports::Archive> archive;  ///< outlives the writer
        std::unique_ptr<ports::ObjectWriter> writer;
        std::string label;
        std::int64_t bytes = 0;
        Stock taken;
        SteadyTime touched{};
        UnixNanos begun{};
    };
    using Key = std::pair<std::string, std::string>;  ///< tenant, name
    Result<std::shared_ptr<Upload>> begin(const std::shared_ptr<ports::Archive>& archive, const ObjectPart& part, const Limits& limits, Moment now, const Key& key);
    Result<std::shared_ptr<Upload>> lease(const ObjectPart& part);
    Result<void> write(Upload& upload, const ObjectPart& part, const Limits& limits, Moment now, const StockBook::Count& count);
    Result<std::string> finish(Upload& upload, const std::string& tenant);
    void end(const Key& key, const Upload& upload);

    StockBook& stock_;
    mutable std::mutex mutex_;
    std::map<Key, std::shared_ptr<Upload>> uploads_;  ///< null while a part of it is being taken
};

/// Objects that are being read part by part: a reader goes on where the part before ended, so that a large object is read once and
/// not from its beginning for each part. Bounded; the one that was used longest ago gives way. Safe to use from several threads.
class OpenReaders {
  public:
    static constexpr std::size_t open_max = 32;
    struct Reader {
        std::shared_ptr<ports::Archive> archive;  ///< outlives the reader
        std::unique_ptr<ports::ObjectReader> reader;
        std::int64_t at = 0;
    };
    /// One that stands there, or a new one at the beginning. @errors those of Archive::open
    Result<Reader> take(const std::shared_ptr<ports::Archive>& archive, ports::ObjectName name, std::int64_t at);
    void put_back(ports::ObjectName name, Reader reader, SteadyTime now);
    void sweep(SteadyTime now);
    void drop_all();

  private:
    struct Kept {
        std::string tenant, id;
        Reader reader;
        SteadyTime used{};
    };
    std::mutex mutex_;
    std::list<Kept> kept_;  ///< the latest first
};

}  // namespace aitrading::serving
