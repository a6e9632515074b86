#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "engines/disk/files.hpp"
#include "engines/sqlite/database.hpp"

namespace aitrading::engines::sqlite {

struct StoreFileOptions {
    std::filesystem::path file;
    std::string file_system;  ///< SQLite's name of one, for simulated disks; empty: the machine's
    std::string what;         ///< as errors call the file: "the graph"
    int format = 1;           ///< of what lies in it; a file of another format is refused
    int readers_max = 4;      ///< connections for reading; a read waits for a free one
    int checkpoint_pages = 1'000;
};

/// A file that one process has open: writes take turns, each one transaction; reads go on beside them, each seeing one moment.
/// A write that the disk refuses is rolled back and stops the file: every later write gets that error until it is opened
/// anew, so that a failed sync is never tried again behind anybody's back. Reading goes on. Safe to use from several threads.
class StoreFile {
  public:
    /// @param schema statements that may be run on a file that has it all @errors gate_refused (damaged, another format),
    /// failed (another process has it open: retry_helps; the disk refuses)
    static Result<std::unique_ptr<StoreFile>> open(StoreFileOptions options, const char* schema);
    ~StoreFile();
    StoreFile(const StoreFile&) = delete;
    StoreFile& operator=(const StoreFile&) = delete;

    /// Runs `work(Database&)`, which gives a Result, inside a transaction: durable when this returns a value, undone when not.
    template <class Work>
    std::invoke_result_t<Work, Database&> write(const Work& work) {
        const std::lock_guard lock(writing_);
        TRY_VOID(begin_write());
        auto result = work(*writer_);
        TRY_VOID(end_write(result.has_value()));
        return result;
    }

    /// Runs `work(Database&)` on a connection for reading, within one moment of the file.
    template <class Work>
    std::invoke_result_t<Work, Database&> read(const Work& work) {
        TRY(auto reader, lease());
        auto result = work(*reader);
        TRY_VOID(give_back(std::move(reader)));
        return result;
    }

    /// Walks through the whole file. @errors gate_refused   @complexity O(file)
    Result<void> verify();
    /// ok, or why it stopped.
    Result<void> health();

  private:
    explicit StoreFile(StoreFileOptions options) : options_(std::move(options)) {}
    Result<void> found(const char* schema);
    Result<void> begin_write();
    Result<void> end_write(bool keep);
    Result<std::unique_ptr<Database>> lease();
    Result<void> give_back(std::unique_ptr<Database> reader);
    Result<std::unique_ptr<Database>> connect(Database::Mode mode) const;

    StoreFileOptions options_;
    FileHandle lock_;
    std::mutex writing_;  ///< over the writer and what stopped it
    std::unique_ptr<Database> writer_;
    std::optional<Error> stopped_;
    std::mutex reading_;  ///< over the readers' pool
    std::condition_variable freed_;
    std::vector<std::unique_ptr<Database>> idle_;
    int leased_ = 0;
};

}  // namespace aitrading::engines::sqlite
