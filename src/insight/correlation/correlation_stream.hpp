#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "insight/correlation/dollar_link.hpp"
#include "insight/correlation/ewma_correlation.hpp"
#include "insight/correlation/rolling_correlation.hpp"
#include "insight/correlation/study.hpp"

namespace aitrading::insight {

/// One series moves before another, by more than chance gives.
struct FoundLead {
    std::size_t leader = 0, follower = 0;
    std::size_t rows = 0;    ///< that the follower is behind
    double correlation = 0;  ///< at that lag
    double p = 1;            ///< PairStudy::lag_p: of no correlation, times the number of lags looked at
};

/// The correlation of a pair is another than it was, by more than chance gives.
struct FoundBreak {
    std::size_t first = 0, second = 0;
    double before = 0, after = 0;  ///< of the last window and of the one before
    double p = 1;                  ///< FisherTest::p_robust, of this look alone
};

/// What the last two windows of rows say besides the matrix.
struct CorrelationLook {
    std::vector<FoundLead> leads;
    std::vector<FoundBreak> breaks;
    DollarLinks dollar;
};

/// Correlations of several series as their closes become known: the rows, path and tests of study_of (GridRule::any), one close at
/// a time, bit for bit.
///
/// A row is complete when every series has closed in its cell, or when a close of a later cell shows that its time has passed, or
/// by `pass`; whoever has not closed by then is missing in it. A close that comes after its row is complete is late: it is left
/// out as if it had never been, so that nothing that was told changes and the series' next return spans the gap.
class CorrelationStream {
  public:
    enum class Taken : std::uint8_t {
        waits,  ///< its row waits for other series
        row,    ///< a row is complete
        late,   ///< left out: its row was complete, or later closes are waiting
        bad,    ///< left out: not finite or not above 0
    };

    /// @param options rolling or EWMA, `align.step_nanos` and `window`, `lags`; the rest of `align` is not looked at
    /// @errors usage (fewer than two series, names twice, window, DCC: it is fitted anew on the whole past)
    static Result<CorrelationStream> of(std::vector<std::string> names, const StudyOptions& options);

    /// Takes a close. At most one row is completed by it: its own, or the one that waited. @pre series < columns()
    /// @complexity O(columns^2) a row
    Taken take(std::size_t series, UnixNanos known, double level);
    /// Completes the row that waits, because its time is known to have passed. False: none waits, or nobody has a return in it.
    bool pass();
    /// The instant of the row that waits.
    std::optional<UnixNanos> waits() const { return waiting_ ? std::optional(UnixNanos{at_}) : std::nullopt; }

    // Of the last complete row; nothing before the first.
    std::size_t rows() const { return count_; }
    UnixNanos known() const { return known_.back(); }
    std::span<const double> pairs() const;                          ///< packed, NaN where not available
    std::vector<std::size_t> missing() const;                       ///< series without a close in it
    std::size_t complete_rows() const;                              ///< rows with every value among those that the matrix speaks of
    /// Leads and breaks with a p of at most `p_max`, and the dollar index made of its own legs, over the last two windows.
    /// @complexity O(pairs x lags x window)
    CorrelationLook look(double p_max) const;

    std::size_t columns() const { return names_.size(); }
    const std::vector<std::string>& names() const { return names_; }
    const StudyOptions& options() const { return options_; }
    std::uint64_t late() const { return late_; }

  private:
    using Matrix = std::variant<RollingCorrelation, EwmaCorrelation>;
    struct Column {
        bool has_price = false, closed = false;  ///< closed: in the row that waits
        double log_price = 0;                    ///< of its last close in a complete row
        double log_next = 0;                     ///< of its close in the row that waits
        CrossSeries closes;                      ///< of complete rows, the last two windows at least
        std::vector<std::pair<UnixNanos, double>> next;  ///< those of the row that waits
    };
    CorrelationStream(std::vector<std::string> names, const StudyOptions& options, Matrix matrix);
    bool complete();
    void add_row();
    void trim();
    std::size_t first_row() const { return known_.size() > 2 * options_.window ? known_.size() - 2 * options_.window : 0; }
    std::vector<std::vector<double>> columns_from(std::size_t row) const;
    void add_leads(std::span<const std::vector<double>> columns, double p_max, CorrelationLook& out) const;
    void add_breaks(std::span<const std::vector<double>> columns, double p_max, CorrelationLook& out) const;
    void add_dollar(CorrelationLook& out) const;

    std::vector<std::string> names_;
    StudyOptions options_;
    Matrix matrix_;
    std::vector<Column> columns_;
    bool waiting_ = false;
    std::int64_t at_ = INT64_MIN;  ///< cell of the row that waits, else of the last one
    std::vector<UnixNanos> known_;  ///< [rows kept]
    std::vector<double> values_;    ///< [rows kept x columns]
    std::vector<double> row_;
    std::vector<bool> missing_;
    std::size_t count_ = 0, complete_ = 0;
    std::uint64_t late_ = 0;
};

}  // namespace aitrading::insight
