#pragma once

#include <functional>
#include <mutex>

#include "engines/series_store/histories/part_folder.hpp"
#include "engines/sqlite/store_file.hpp"

namespace aitrading::engines::histories {

/// Called before each step on the disk; what it returns fails the step.
using Step = std::function<Result<void>(std::string_view what)>;

/// Makes parts of rows that wait, and fewer parts of many. A new part is written beside, synced and renamed before the one transaction
/// that names it and takes what it replaces out: whatever happens, each row is in one place. Safe to use from several threads.
class Compaction {
  public:
    static constexpr std::size_t parts_merged = 8;  ///< as many of one level become one of the next
    static constexpr int level_max = 2;             ///< parts of it are left alone

    /// @pre all outlive it
    Compaction(sqlite::StoreFile& file, PartFolder& parts, Step step) : file_(file), parts_(parts), step_(std::move(step)) {}

    /// Makes a part of what waits in a pile now, then merges while there is enough of a level. @errors failed, gate_refused
    Result<void> run(const Pile& pile);
    /// Removes files that nothing names, unless somebody keeps them. @errors failed
    Result<void> sweep();

  private:
    Result<void> step(std::string_view what) { return step_ ? step_(what) : Result<void>{}; }
    struct Output;
    Result<ports::HistorySchema> schema_of(const Pile& pile);
    Result<void> flush(const Pile& pile);
    /// False: there is not enough of a level.
    Result<bool> merge_one(const Pile& pile);
    /// A new part with the rows of `source`, on the disk and under its name, which nothing knows yet.
    Result<Part> make_part(const Pile& pile, const Output& output, const RowSource& source);
    /// Names the part in the place of what `take_out` removes. @pre no moment of the database is open: the log's copying waits for those
    Result<void> name_part(const Pile& pile, const Part& part, const std::function<void(sqlite::Database&)>& take_out);
    Result<void> sweep_folder(const std::filesystem::path& folder, const std::vector<Part>& named);

    sqlite::StoreFile& file_;
    PartFolder& parts_;
    Step step_;
    std::mutex running_;
};

}  // namespace aitrading::engines::histories
