#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "insight/features/candle_history.hpp"

// Japanese candlestick patterns by the rules that TA-Lib documents (BSD licence; the rules follow its definitions and the
// code is our own). A pattern is a rule over the last candles: no state of its own, so all of them share one history.

namespace aitrading::insight {

/// The history as it stood `back` bars ago.
struct CandleView {
    const CandleHistory& history;
    std::size_t back = 0;
    const CandleShape& operator[](std::size_t age) const { return history[age + back]; }
    CandleView before(std::size_t bars) const { return {history, back + bars}; }
};

/// One pattern. `rule` gives TA-Lib's number: 0, or its sign for up and down times 100 (80 or 200 where TA-Lib grades).
struct CandleRule {
    std::string_view name;  ///< TA-Lib's, in lower case without CDL
    int warm_up;            ///< bars before the first verdict
    double penetration;     ///< standard of the parameter, 0 where there is none
    bool graded;            ///< TA-Lib also says ±80 or ±200
    int (*rule)(const CandleView& c, double penetration);
};

/// Patterns of one or two candles, and of three to five, each by name.
std::span<const CandleRule> short_candle_rules();
std::span<const CandleRule> long_candle_rules();

/// A pattern as an indicator: -100, 0 or 100; graded, TA-Lib's ±80 and ±200 too.
class CandlePattern {
  public:
    CandlePattern(const CandleRule& rule, double penetration, bool graded)
        : rule_(rule), penetration_(penetration), graded_(graded), left_(rule.warm_up) {}
    double update(const Candle& bar) {
        history_.update(bar);
        return judge(history_);
    }
    /// As update, over a history that another keeps and that has just taken the bar.
    double judge(const CandleHistory& history) {
        if (left_ > 0) return --left_, unknown;
        const int verdict = rule_.rule({history}, penetration_);
        if (graded_) return verdict;
        return verdict > 0 ? 100 : verdict < 0 ? -100 : 0;
    }

  private:
    CandleHistory history_;
    CandleRule rule_;
    double penetration_;
    bool graded_;
    int left_;
};

/// Several patterns over the same bars: one history for all.
class CandlePatterns {
  public:
    /// @pre column is as long as all bars together
    void add(const CandlePattern& pattern, double* column) { patterns_.push_back({pattern, column}); }
    void update(std::span<const Candle> bars) {
        if (patterns_.empty()) return;
        for (const Candle& bar : bars) {
            history_.update(bar);
            for (Column& p : patterns_) *p.next++ = p.pattern.judge(history_);
        }
    }

  private:
    struct Column {
        CandlePattern pattern;
        double* next;
    };
    CandleHistory history_;
    std::vector<Column> patterns_;
};

}  // namespace aitrading::insight
