#pragma once

#include <cstddef>
#include <string_view>

namespace aitrading::market {

/// How a file writes its numbers.
struct NumberStyle {
    char decimal_point = '.', thousands = '\0';
};

/// Learns the style from numbers that leave no doubt: two different separators (1,366.95 or 1.366,95), the last of which is
/// the decimal point, or one comma that parts off no group of three (1,1034), in a file without the like of 1.1034. Else a
/// single separator proves nothing: 1,366 may be 1.366 or 1366.
class NumberStyleFinder {
  public:
    explicit NumberStyleFinder(NumberStyle told) : style_(told) {}
    void look_at(std::string_view number);
    NumberStyle style() const { return style_; }

  private:
    void look_at_single(std::string_view number, std::size_t separator);
    NumberStyle style_;
    bool proved_ = false, comma_told_ = style_.decimal_point == ',', point_seen_ = false;
};

}  // namespace aitrading::market
