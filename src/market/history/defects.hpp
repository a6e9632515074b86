#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aitrading::market {

/// One kind of fault in a file: how often, and where it was met first.
struct Defect {
    std::string kind;       ///< stable lower-case name
    std::int64_t row = 0;   ///< line of the first, from 1; 0 where it concerns the file
    std::string text;       ///< what is wrong there, in words
    std::int64_t count = 1;
    std::vector<std::int64_t> examples;  ///< lines of the first five
    bool refused = false;   ///< the rows were not stored
};

/// A row that was not stored.
struct RefusedRow {
    std::int64_t line = 0;  ///< in the file, from 1
    std::string kind, reason;
    std::string text;       ///< as it stands there, its first 512 bytes; may be empty until the file is read again
};

/// Counts faults by kind, in the order of their first appearance, and keeps the refused rows, so many as are worth a look.
class DefectTally {
  public:
    static constexpr std::size_t rows_kept_max = 10'000;  ///< more unsound rows than this are a wrong layout, not faults

    /// @param line the row as it stands in the file, where it is at hand
    void refuse(std::string_view kind, std::int64_t row, std::string text, std::string_view line = {});
    void note(std::string_view kind, std::int64_t row, std::string text, std::int64_t count = 1) {
        add(kind, row, std::move(text), false, count);
    }
    /// True when this kind was met before, so that no new text need be made for a note.
    bool knows(std::string_view kind) const;
    /// True when no text need be made for one more refused row of this kind.
    bool is_full(std::string_view kind) const { return rows_.size() >= rows_kept_max && knows(kind); }
    const std::vector<RefusedRow>& rows() const { return rows_; }
    std::int64_t refused() const { return refused_; }
    const std::vector<Defect>& list() const { return list_; }

  private:
    void add(std::string_view kind, std::int64_t row, std::string text, bool refused, std::int64_t count = 1);
    std::vector<Defect> list_;
    std::vector<RefusedRow> rows_;
    std::int64_t refused_ = 0;
};

}  // namespace aitrading::market
