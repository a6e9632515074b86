#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/event.hpp"
#include "insight/features/cross_series.hpp"
#include "insight/features/dollar_index.hpp"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::models {

/// The other markets that a model looks at, as their bars come, and its own bars until those that are known with them are there.
///
/// A bar of another market counts where it is known at the own bar's close, as in the past: whichever of the two came first. So the own
/// bar waits until every market has closed at its instant, or a later bar shows that its time has passed, or our clock does after
/// `grace`. A bar that comes after the answer is late: the next answer sees it, as of then, and from there on they are degraded.
class OtherMarkets {
  public:
    using Levels = std::shared_ptr<std::vector<insight::CrossSeries>>;
    /// Where one market's levels come from: the close of one symbol, or the dollar index of several.
    struct Source {
        std::vector<std::string> symbols;
        std::optional<insight::DollarIndexStream> dollar = {};  ///< has the legs' last levels; its pairs are `symbols`
    };
    struct Options {
        std::optional<std::chrono::milliseconds> grace = {};  ///< none: until a later bar, for feeds whose rows come in the order of their times
        UnixNanos answered{INT64_MIN};  ///< the last own bar that the features have seen
        int silent_bars = 26;  ///< own bars without a bar of a market after which answers are degraded
    };
    /// @param levels shared with the model's features; those of the past   @param sources of each of `levels`
    OtherMarkets(Timeframe timeframe, Levels levels, std::vector<Source> sources, Options options);
    /// More than a night and a weekend without a session: as many bars as 26 hours have, five at least.
    static int usual_silence(Timeframe timeframe);
    /// Bars of a symbol up to this one are known already. @pre before the first `take`
    void seen(const std::string& symbol, UnixNanos known);

    /// Hears every bar of the feed.
    void take(const kit::BarNews& news);
    /// A bar of the model's own, until `next` gives it back.
    struct Held {
        std::shared_ptr<const Event> event;
        Bar bar;
        double spread = 0;
        UnixNanos known;
        std::chrono::steady_clock::time_point since;
    };
    void hold(Held bar) { held_.push_back(std::move(bar)); }
    /// The next own bar that may be answered. Once it is given, what comes for its instant is late.
    std::optional<Held> next(std::chrono::steady_clock::time_point now);
    /// Why the answer at the bar that `next` gave is degraded; empty: it is not.
    std::string why_degraded() const;

    std::uint64_t late() const { return late_; }

  private:
    struct Symbol {
        std::string name;
        UnixNanos last{INT64_MIN};  ///< its last close
        int silent = 0;             ///< own bars since then
    };
    bool complete(UnixNanos known) const;
    void note_late(const std::string& market, UnixNanos known);
    void put(std::size_t market, UnixNanos known, double level);

    Timeframe timeframe_;
    Levels levels_;
    std::vector<Source> sources_;
    Options options_;
    std::vector<Symbol> symbols_;  ///< each once
    std::deque<Held> held_;
    UnixNanos time_{INT64_MIN}, answered_{INT64_MIN};
    std::uint64_t late_ = 0;
    std::string late_text_;
};

}  // namespace aitrading::models
