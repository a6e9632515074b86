#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace aitrading::models {

using SqlValue = std::variant<std::int64_t, std::string>;
using SqlRow = std::vector<SqlValue>;

/// One SQLite file, for one thread. Rollback journal with synchronous=EXTRA: a commit that returned is on the disk, and a
/// process killed inside one leaves what stood before. A file that another process is writing is waited for, 60 s at most.
/// Errors name the file: failed (disk full, locked, not writable; `retry_helps` where it does), gate_refused (damaged).
class SqliteFile {
  public:
    enum class Mode { existing, create };
    /// @errors as above; not_found with Mode::existing
    static Result<SqliteFile> open(const std::filesystem::path& path, Mode mode);
    SqliteFile(SqliteFile&&) noexcept;
    SqliteFile& operator=(SqliteFile&&) noexcept;
    ~SqliteFile();

    /// One statement with its `?` parameters; its rows. Columns must be integers or text.
    Result<std::vector<SqlRow>> run(std::string_view sql, const SqlRow& parameters = {});
    /// The only value of the only row. @errors gate_refused (another shape)
    Result<std::int64_t> number(std::string_view sql);
    /// Walks through the whole file. @errors gate_refused   @complexity O(file)
    Result<void> check();

  private:
    struct Handle;
    explicit SqliteFile(std::unique_ptr<Handle> handle);
    std::unique_ptr<Handle> handle_;
};

/// A write that happens as a whole or not at all: rolled back unless committed. Writers take turns.
class SqlTransaction {
  public:
    static Result<SqlTransaction> begin(SqliteFile& file);
    SqlTransaction(SqlTransaction&& other) noexcept;
    SqlTransaction& operator=(SqlTransaction&&) = delete;
    ~SqlTransaction();
    /// Where it fails, the write may have reached the file all the same: read after `roll_back` what became of it.
    Result<void> commit();
    void roll_back();

  private:
    explicit SqlTransaction(SqliteFile* file) : file_(file) {}
    SqliteFile* file_;
};

}  // namespace aitrading::models
