#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace aitrading::engines::sqlite {

class Database;

/// One prepared statement. Parameters count from 1, columns from 0. A failure is kept by the database, so that a caller
/// checks once. @pre the database outlives it
class Statement {
  public:
    Statement() = default;
    Statement(Database& database, std::string_view sql);
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    /// The bytes must stay where they are until the next `step` has returned.
    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, std::string_view text);
    Statement& bind_real(int at, double value);
    Statement& bind_bytes(int at, std::string_view bytes);
    Statement& bind_null(int at);
    /// True with a row, false at the end or after a failure. The end, and a failure, make it ready for the next run.
    bool step();
    /// Runs to the end; true where nothing failed.
    bool run();
    void reset();

    std::int64_t number(int column) const;
    double real(int column) const;
    std::string text(int column) const;  ///< text or bytes
    bool is_null(int column) const;

  private:
    Database* database_ = nullptr;
    sqlite3_stmt* handle_ = nullptr;
};

struct Access;

/// One connection to a file of an engine's, for one thread at a time: WAL, every commit synced, so that a commit that returned
/// is on the disk. Checkpoints only when asked: SQLite's automatic ones swallow a failed sync of the file.
class Database {
  public:
    enum class Mode {
        writer,
        reader,
        copy,       ///< a new file that `copy_into` fills: as it was copied, no log beside it
        untouched,  ///< reads a file that nobody writes, and makes none beside it
    };
    /// @errors failed, gate_refused (no such file for a reader, damaged)
    static Result<std::unique_ptr<Database>> open(const std::string& path, const Access& access);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// Statements without rows. @errors as kept by `broken`
    bool execute(const char* sql);
    /// How long a step waits for another connection's from now on.
    void set_busy_ms(int milliseconds);
    /// Copies all that is committed now into `other`; writers go on meanwhile. @errors failed (of either file)
    Result<void> copy_into(Database& other);
    /// Rows changed by the last statement.
    std::int64_t changes() const;
    /// Gives free pages beyond `kept` back, at most so many at once; inside a transaction. The file is shorter after the next copy of the
    /// log. Nothing in a file that was not made for it.
    void give_back(std::int64_t kept, std::int64_t at_once);
    /// After how many pages of log it is copied. @pre pages >= 1
    void set_checkpoint_pages(int pages) { checkpoint_pages_ = pages; }
    /// Copies the write-ahead log into the file when it has grown by that much since the last time. Readers are waited
    /// for only where they kept the log from starting anew for long. @errors failed (a write or sync of the file)
    Result<void> checkpoint_when_due();
    /// Copies what the log holds and no reader is in the way of, whoever has written it; commits go on meanwhile. Not at the same time as
    /// another connection's copying: then nothing is done. @param wait_for_readers for as long as a step waits, so that the next
    /// commit can begin the log anew @errors failed (a write or sync of the file)
    Result<void> copy_log(bool wait_for_readers = false);
    /// In the write-ahead log after this connection's last commit.
    int log_pages() const { return log_pages_; }
    /// Closes the connection; with `copy_log` what the log holds goes into the file first. Statements must be gone.
    void close(bool copy_log);
    /// The first failure of any statement since it was opened, or since it was taken.
    const std::optional<Error>& broken() const { return broken_; }
    std::optional<Error> take_broken();
    /// ok, or what broke.
    Result<void> sound() const;

  private:
    friend class Statement;
    Database(std::string path, std::string what, sqlite3* handle) : path_(std::move(path)), what_(std::move(what)), handle_(handle) {}
    void note(int code);
    bool is_new();

    std::string path_, what_;
    sqlite3* handle_ = nullptr;
    std::optional<Error> broken_;
    int checkpoint_pages_ = 1'000;
    int log_pages_ = 0;     ///< in the write-ahead log after the last commit
    int copied_pages_ = 0;  ///< log_pages_ at the last checkpoint
};

struct Access {
    Database::Mode mode = Database::Mode::writer;
    std::string file_system;            ///< SQLite's name of one; empty: the machine's
    std::string what = "the database";  ///< as errors call the file
    int busy_ms = 20;                   ///< how long a step waits for another connection's
    bool gives_back = false;            ///< a new file can give free pages back (`give_back`); it costs a page a commit
};

}  // namespace aitrading::engines::sqlite
