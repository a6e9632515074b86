#pragma once

#include <string_view>

namespace aitrading::market {

/// How a file writes its numbers.
struct NumberStyle {
    char decimal_point = '.', thousands = '\0';
};

/// Learns the style from numbers that leave no doubt: two different separators (1,366.95 or 1.366,95), the last of which is
/// the decimal point. A single separator never proves anything: 1,366 may be 1.366 or 1366.
class NumberStyleFinder {
  public:
    explicit NumberStyleFinder(NumberStyle told) : style_(told) {}
    void look_at(std::string_view number);
    NumberStyle style() const { return style_; }

  private:
    NumberStyle style_;
    bool proved_ = false;
};

}  // namespace aitrading::market
