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

/// Counts faults by kind, in the order of their first appearance.
class DefectTally {
  public:
    void refuse(std::string_view kind, std::int64_t row, std::string text) { add(kind, row, std::move(text), true); }
    void note(std::string_view kind, std::int64_t row, std::string text, std::int64_t count = 1) {
        add(kind, row, std::move(text), false, count);
    }
    /// True when this kind was met before, so that no new text need be made.
    bool knows(std::string_view kind) const;
    std::int64_t refused() const { return refused_; }
    const std::vector<Defect>& list() const { return list_; }

  private:
    void add(std::string_view kind, std::int64_t row, std::string text, bool refused, std::int64_t count = 1);
    std::vector<Defect> list_;
    std::int64_t refused_ = 0;
};

}  // namespace aitrading::market
