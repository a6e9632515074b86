#include "insight/correlation/aligned_returns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace aitrading::insight {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

struct Close {
    std::int64_t at;
    double log_price;
};

/// The usable closes of one series, at most one a cell, and the count of those that are not.
struct Cleaned {
    std::vector<Close> closes;
    SeriesCoverage coverage;
};

Result<Cleaned> cleaned(const CrossSeries& series, const AlignOptions& options) {
    Cleaned out;
    SeriesCoverage& told = out.coverage;
    told.name = series.name;
    told.closes = series.size();
    std::size_t before = 0;  // usable closes before the range: the latest of them is the price that the first return leaves
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (i > 0 && series.known[i] <= series.known[i - 1])
            return fail(ErrorCode::bad_input, fmt::format("{}: the close of row {} at {} is not after the one before; sort the "
                                                          "series and drop doubles", series.name, i, to_iso8601(series.known[i])));
        const double level = series.level[i];
        if (!std::isfinite(level) || level <= 0) {
            ++told.bad;
            continue;
        }
        const std::int64_t at = cell_end(series.known[i].value, options.step_nanos);
        if (at >= options.range.to.value) {
            ++told.outside;
            continue;
        }
        if (!out.closes.empty() && out.closes.back().at == at) {
            ++told.superseded;
            out.closes.back().log_price = std::log(level);
            continue;
        }
        if (at < options.range.from.value) ++before;
        out.closes.push_back({at, std::log(level)});
    }
    if (before > 0) {
        told.outside += before;
        out.closes.erase(out.closes.begin(), out.closes.begin() + static_cast<std::ptrdiff_t>(before - 1));
    }
    if (out.closes.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: no usable close in the range ({} given, {} bad, {} outside); leave the "
                                                      "series out or widen the range", series.name, told.closes, told.bad, told.outside));
    return out;
}

std::string rule_in_words(const AlignOptions& options) {
    std::string text = options.rule == GridRule::any
                           ? "log returns at each instant at which a series closed; a series without a close there is missing; "
                           : "log returns between the instants at which every series closed; ";
    if (options.rule == GridRule::any)
        text += options.keep_returns_across_gaps ? "a return over missed rows stands at the row that ends it; "
                                                 : "a return over missed rows is missing; ";
    text += options.step_nanos == 0 ? "instants must be equal to meet"
                                    : fmt::format("instants are rounded up to {} s", static_cast<double>(options.step_nanos) / 1e9);
    return text + "; nothing is filled in";
}

/// Walks all series in time and writes the rows.
class Weaver {
  public:
    Weaver(std::vector<Cleaned> series, const AlignOptions& options, AlignedReturns& out)
        : series_(std::move(series)), options_(options), out_(out), state_(series_.size()) {}

    void run() {
        for (std::int64_t now = next(); now != never; now = next()) {
            const bool row = options_.rule == GridRule::any || all_at(now);
            if (row)
                write(now);
            else
                pass(now);
        }
        for (std::size_t j = 0; j < series_.size(); ++j) finish(j);
    }

  private:
    struct State {
        std::size_t next = 0;      ///< first close not taken yet
        bool has_price = false;
        double log_price = 0;      ///< of the last close on the grid
        std::size_t missed = 0;    ///< rows since then without a close
    };

    std::int64_t head(std::size_t j) const {
        return state_[j].next < series_[j].closes.size() ? series_[j].closes[state_[j].next].at : never;
    }
    std::int64_t next() const {
        std::int64_t first = never;
        for (std::size_t j = 0; j < series_.size(); ++j) first = std::min(first, head(j));
        return first;
    }
    bool all_at(std::int64_t now) const {
        for (std::size_t j = 0; j < series_.size(); ++j)
            if (head(j) != now) return false;
        return true;
    }
    void pass(std::int64_t now) {
        for (std::size_t j = 0; j < series_.size(); ++j)
            if (head(j) == now) {
                ++series_[j].coverage.not_common;
                ++state_[j].next;
            }
    }
    void use(std::size_t j, std::int64_t now) {
        SeriesCoverage& told = series_[j].coverage;
        if (!state_[j].has_price) told.first = {now};
        told.last = {now};
        state_[j].has_price = true;
        state_[j].log_price = series_[j].closes[state_[j].next++].log_price;
        state_[j].missed = 0;
    }
    /// The return of series j at `now`, NaN where it is missing; takes the close.
    double take(std::size_t j, std::int64_t now) {
        if (head(j) != now) return std::numeric_limits<double>::quiet_NaN();
        const State before = state_[j];
        use(j, now);
        if (!before.has_price) return std::numeric_limits<double>::quiet_NaN();
        if (before.missed > 0) ++series_[j].coverage.across_gaps;
        if (before.missed > 0 && !options_.keep_returns_across_gaps) return std::numeric_limits<double>::quiet_NaN();
        return state_[j].log_price - before.log_price;
    }
    void write(std::int64_t now) {
        const std::size_t columns = series_.size(), begin = out_.values.size();
        bool any = false;
        for (std::size_t j = 0; j < columns; ++j) {
            const bool closes = head(j) == now;
            const double value = take(j, now);
            any = any || !std::isnan(value);
            out_.values.push_back(value);
            state_[j].missed += closes ? 0 : 1;
        }
        const bool inside = options_.range.contains({now});
        if (!any || !inside) {
            out_.values.resize(begin);
            for (std::size_t j = 0; j < columns; ++j) skip_row(j, now);
            return;
        }
        out_.known.push_back({now});
        out_.complete += std::ranges::none_of(std::span(out_.values).subspan(begin), [](double x) { return std::isnan(x); }) ? 1 : 0;
        for (std::size_t j = 0; j < columns; ++j) {
            const bool missing = std::isnan(out_.values[begin + j]);
            ++(missing ? series_[j].coverage.missing : series_[j].coverage.returns);
        }
    }
    /// An instant that made no row counts as no gap either.
    void skip_row(std::size_t j, std::int64_t now) {
        const bool closed = state_[j].next > 0 && series_[j].closes[state_[j].next - 1].at == now;
        if (!closed && state_[j].missed > 0) --state_[j].missed;
    }
    void finish(std::size_t j) {
        series_[j].coverage.missing_at_end = std::min(state_[j].missed, out_.known.size());
        out_.coverage.push_back(series_[j].coverage);
    }

    std::vector<Cleaned> series_;
    const AlignOptions& options_;
    AlignedReturns& out_;
    std::vector<State> state_;
};

}  // namespace

std::int64_t cell_end(std::int64_t at, std::int64_t step) {
    if (step == 0) return at;
    const std::int64_t rest = at % step;
    if (rest == 0) return at;
    return at - rest + (rest > 0 ? step : 0);
}

std::vector<double> AlignedReturns::column(std::size_t j) const {
    std::vector<double> out(rows());
    for (std::size_t i = 0; i < rows(); ++i) out[i] = values[i * columns() + j];
    return out;
}

Result<AlignedReturns> aligned_returns(std::span<const CrossSeries> series, const AlignOptions& options) {
    if (series.size() < 2) return fail(ErrorCode::usage, fmt::format("correlation needs at least two series, {} given", series.size()));
    if (options.step_nanos < 0) return fail(ErrorCode::usage, "the step of the grid must be 0 or more");
    AlignedReturns out;
    std::set<std::string> seen;
    std::vector<Cleaned> clean;
    for (const CrossSeries& one : series) {
        if (!seen.insert(one.name).second) return fail(ErrorCode::usage, fmt::format("series {} is given twice", one.name));
        TRY(Cleaned good, cleaned(one, options));
        clean.push_back(std::move(good));
        out.names.push_back(one.name);
    }
    out.rule = rule_in_words(options);
    Weaver(std::move(clean), options, out).run();
    return out;
}

}  // namespace aitrading::insight
