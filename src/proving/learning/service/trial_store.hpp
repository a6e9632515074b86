#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "proving/learning/search.hpp"

namespace aitrading::learning {

/// Trials of one search in a file that only grows: a header line, then one line a trial, each with its own
/// fingerprint. A line is on disk (fdatasync) before `append` returns; a torn last line, as kill -9 or a full
/// disk leaves it, is cut off at the next opening. One process at a time (flock).
class TrialStore {
  public:
    /// Opens or creates. `question` says in one line what is searched (learner, data, folds, seed); together
    /// with the space it must equal that of the file.
    /// @errors bad_input (damaged inside, or of another search), failed (cannot be written, in use by another
    /// process)
    static Result<TrialStore> open(const std::filesystem::path& path, const SearchSpace& space,
                                   const std::string& question);

    TrialStore(TrialStore&&) noexcept;
    TrialStore& operator=(TrialStore&&) noexcept;
    ~TrialStore();

    /// What was there when it was opened and what was appended since, by number from 0.
    const std::vector<Trial>& trials() const { return trials_; }
    /// @pre trial.number == trials().size() and its values fit the space @errors failed (the line is then not
    /// kept)
    Result<void> append(const Trial& trial);

  private:
    TrialStore(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}
    Result<void> write_line(const std::string& line);

    std::filesystem::path path_;
    int file_ = -1;
    std::uint64_t size_ = 0;  ///< bytes of whole lines
    std::vector<Trial> trials_;
};

}  // namespace aitrading::learning
