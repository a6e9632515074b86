#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/market.hpp"
#include "models/evaluation/label_stream.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::proving {

/// What came of the bars of a series under a label, as it became known.
class OutcomeStream {
  public:
    struct Outcome {
        bool exists = false;  ///< false: the bar has none (no move, too early for its median)
        float y = 0;
        std::uint32_t row = 0, end = 0;  ///< bars since the stream began
        UnixNanos known;
    };
    enum class State { told, open, never };

    /// @errors usage (label)
    static Result<OutcomeStream> of(std::string_view label, int digits);
    /// The next closed bar; one that is not newer than the last is passed over. @pre its prices are positive
    void update(const Bar& bar, UnixNanos known);
    /// `open`: it may still come. `never`: the bar did not come and later ones did, or it was forgotten.
    State state_of(UnixNanos bar) const;
    /// @pre told
    const Outcome& outcome(UnixNanos bar) const { return told_.at(bar.value); }
    /// Outcomes of bars up to this one are not asked for any more.
    void forget(UnixNanos up_to);
    UnixNanos last() const { return last_; }

  private:
    explicit OutcomeStream(models::LabelStream labels) : labels_(std::move(labels)) {}
    models::LabelStream labels_;
    std::deque<UnixNanos> times_;  ///< of rows from `first_row_` on
    std::uint32_t first_row_ = 0;
    std::unordered_map<std::int64_t, Outcome> told_;
    std::unordered_map<std::int64_t, bool> open_;
    UnixNanos last_{INT64_MIN};
};

/// Whose probabilities on which series.
struct CalibrationKey {
    std::string timeframe, model;
    std::int64_t version = 0;
    std::string label;
    friend auto operator<=>(const CalibrationKey&, const CalibrationKey&) = default;
};

/// How the probabilities of one model fare: a row for each so many outcomes, in the order of the bars. A prediction counts once, when the
/// horizon of its label is over; degraded ones and those without an outcome are counted apart.
class CalibrationLine {
  public:
    struct Said {
        UnixNanos bar;
        double p_up = 0;
        bool degraded = false;
    };
    /// @param after predictions up to this bar are in earlier rows @pre outcomes >= 1
    CalibrationLine(std::string symbol, CalibrationKey key, std::size_t outcomes, UnixNanos after)
        : symbol_(std::move(symbol)), key_(std::move(key)), outcomes_(outcomes), last_said_(after) {}

    /// The next prediction; one of a bar that is not newer than the last is passed over.
    void say(const Said& said);
    /// The rows that can be told by now. @complexity O(predictions settled, times simulations for the rows' noise)
    std::vector<ports::HistoryRow> settle(const OutcomeStream& stream);
    /// The first bar whose outcome is still waited for; the last said where none is.
    UnixNanos waits_for() const { return waiting_.empty() ? last_said_ : waiting_.front().bar; }

  private:
    ports::HistoryRow row() const;
    struct Taken {
        Said said;
        OutcomeStream::Outcome outcome;
    };
    std::string symbol_;
    CalibrationKey key_;
    std::size_t outcomes_;
    UnixNanos last_said_;
    std::deque<Said> waiting_;
    std::vector<Taken> taken_;
    std::int64_t left_out_ = 0, degraded_ = 0;
};

}  // namespace aitrading::proving
