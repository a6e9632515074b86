#include "insight/correlation/correlation_stream.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "base/check.hpp"
#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t both_min = 30;  ///< as study_of asks of a pair

}  // namespace

CorrelationStream::CorrelationStream(std::vector<std::string> names, const StudyOptions& options, Matrix matrix)
    : names_(std::move(names)), options_(options), matrix_(std::move(matrix)), columns_(names_.size()), row_(names_.size()), missing_(names_.size()) {
    for (std::size_t j = 0; j < columns_.size(); ++j) columns_[j].closes.name = names_[j];
}

Result<CorrelationStream> CorrelationStream::of(std::vector<std::string> names, const StudyOptions& options) {
    if (std::set<std::string>(names.begin(), names.end()).size() != names.size() || names.size() < 2)
        return fail(ErrorCode::usage, fmt::format("a stream of correlations needs at least two series, each once; {} are named", names.size()));
    if (options.window < 10 || options.lags < 1) return fail(ErrorCode::usage, fmt::format("a window of {} rows is too short for an interval: at least 10", options.window));
    if (options.align.step_nanos < 0) return fail(ErrorCode::usage, "the step of the grid must be 0 or more");
    if (options.method == PathMethod::dcc) return fail(ErrorCode::usage, "a stream of correlations is rolling or EWMA: DCC is fitted anew on the whole past");
    const std::size_t size = names.size();
    if (options.method == PathMethod::ewma) {
        TRY(EwmaCorrelation matrix, EwmaCorrelation::of(size, {.lambda = options.lambda}));
        return CorrelationStream(std::move(names), options, std::move(matrix));
    }
    TRY(RollingCorrelation matrix, RollingCorrelation::of(size, {.window = options.window, .rows_min = path_rows_min(options.window)}));
    return CorrelationStream(std::move(names), options, std::move(matrix));
}

CorrelationStream::Taken CorrelationStream::take(std::size_t series, UnixNanos known, double level) {
    CHECK(series < columns_.size());
    if (!std::isfinite(level) || level <= 0) return Taken::bad;
    const std::int64_t at = cell_end(known.value, options_.align.step_nanos);
    if (waiting_ ? at < at_ : at <= at_) {
        ++late_;
        return Taken::late;
    }
    const bool passed = waiting_ && at > at_ && complete();
    at_ = at;
    waiting_ = true;
    Column& column = columns_[series];
    column.closed = true;
    column.log_next = std::log(level);
    column.next.emplace_back(known, level);
    if (passed || !std::ranges::all_of(columns_, &Column::closed)) return passed ? Taken::row : Taken::waits;
    return complete() ? Taken::row : Taken::waits;
}

bool CorrelationStream::pass() { return waiting_ && complete(); }

/// Ends the row that waits. False: nobody has a return in it, so that it is none.
bool CorrelationStream::complete() {
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        Column& column = columns_[j];
        row_[j] = column.closed && column.has_price ? column.log_next - column.log_price : std::numeric_limits<double>::quiet_NaN();
        missing_[j] = !column.closed;
        if (column.closed) {
            column.has_price = true;
            column.log_price = column.log_next;
            for (const auto& [known, level] : column.next) column.closes.known.push_back(known), column.closes.level.push_back(level);
        }
        column.closed = false;
        column.next.clear();
    }
    waiting_ = false;
    if (std::ranges::all_of(row_, [](double v) { return std::isnan(v); })) return false;
    add_row();
    return true;
}

void CorrelationStream::add_row() {
    known_.push_back({at_});
    values_.insert(values_.end(), row_.begin(), row_.end());
    ++count_;
    complete_ += std::ranges::none_of(row_, [](double v) { return std::isnan(v); }) ? 1 : 0;
    std::visit([this](auto& matrix) { matrix.update(row_); }, matrix_);
    if (known_.size() >= 4 * options_.window) trim();
}

/// Forgets what lies before the last two windows; of closes the last one before them stays, from which their first return leaves.
void CorrelationStream::trim() {
    const std::size_t gone = first_row();
    known_.erase(known_.begin(), known_.begin() + static_cast<std::ptrdiff_t>(gone));
    values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(gone * columns_.size()));
    for (Column& column : columns_) {
        CrossSeries& c = column.closes;
        const auto inside = std::ranges::find_if(c.known, [&](UnixNanos known) { return cell_end(known.value, options_.align.step_nanos) >= known_.front().value; });
        const std::ptrdiff_t before = std::max<std::ptrdiff_t>(0, inside - c.known.begin() - 1);
        c.known.erase(c.known.begin(), c.known.begin() + before);
        c.level.erase(c.level.begin(), c.level.begin() + before);
    }
}

std::span<const double> CorrelationStream::pairs() const {
    return std::visit([](const auto& matrix) { return matrix.pairs(); }, matrix_);
}

std::vector<std::size_t> CorrelationStream::missing() const {
    std::vector<std::size_t> out;
    for (std::size_t j = 0; j < missing_.size(); ++j)
        if (missing_[j]) out.push_back(j);
    return out;
}

std::size_t CorrelationStream::complete_rows() const {
    if (options_.method == PathMethod::ewma) return complete_;
    std::size_t out = 0;
    for (std::size_t i = known_.size() - std::min(known_.size(), options_.window); i < known_.size(); ++i)
        out += std::ranges::none_of(std::span(values_).subspan(i * columns_.size(), columns_.size()), [](double v) { return std::isnan(v); }) ? 1 : 0;
    return out;
}

std::vector<std::vector<double>> CorrelationStream::columns_from(std::size_t row) const {
    std::vector<std::vector<double>> out(columns_.size());
    for (std::size_t j = 0; j < columns_.size(); ++j)
        for (std::size_t i = row; i < known_.size(); ++i) out[j].push_back(values_[i * columns_.size() + j]);
    return out;
}

CorrelationLook CorrelationStream::look(double p_max) const {
    CorrelationLook out;
    const auto columns = columns_from(first_row());
    add_leads(columns, p_max, out);
    add_breaks(columns, p_max, out);
    add_dollar(out);
    return out;
}

void CorrelationStream::add_leads(std::span<const std::vector<double>> columns, double p_max, CorrelationLook& out) const {
    const auto lags = static_cast<std::size_t>(options_.lags);
    for (std::size_t high = 1; high < columns.size(); ++high)
        for (std::size_t low = 0; low < high; ++low) {
            if (correlation_estimate(columns[low], columns[high]).n < both_min) continue;
            FoundLead best{.p = 1};
            for (std::size_t rows = 1; rows <= lags; ++rows)
                for (const bool first_leads : {true, false}) {
                    const std::size_t leader = first_leads ? low : high, follower = first_leads ? high : low;
                    const CorrelationEstimate e = correlation_estimate(columns[leader], columns[follower], rows);
                    if (!e.known()) continue;
                    const double p = p_value(e) * 2 * options_.lags;
                    if (p < best.p) best = {leader, follower, rows, e.value, p};
                }
            if (best.rows > 0 && best.p <= p_max) out.leads.push_back(best);
        }
}

void CorrelationStream::add_breaks(std::span<const std::vector<double>> columns, double p_max, CorrelationLook& out) const {
    const std::size_t window = options_.window;
    if (columns.front().size() < 2 * window) return;
    for (std::size_t high = 1; high < columns.size(); ++high)
        for (std::size_t low = 0; low < high; ++low) {
            const std::span<const double> x(columns[low]), y(columns[high]);
            const auto test = fisher_two_windows(x.first(window), y.first(window), x.subspan(window), y.subspan(window));
            if (test && test->p_robust <= p_max) out.breaks.push_back({low, high, test->before, test->after, test->p_robust});
        }
}

void CorrelationStream::add_dollar(CorrelationLook& out) const {
    std::vector<CrossSeries> series;
    for (const Column& column : columns_)
        if (column.closes.size() > 0) series.push_back(column.closes);
    AlignOptions align{.step_nanos = options_.align.step_nanos, .range = {}};
    align.range.from = known_[first_row()];
    // A symbol without a close in the windows is no reason to fail: the others have their links.
    std::erase_if(series, [&](const CrossSeries& s) { return cell_end(s.known.back().value, align.step_nanos) < align.range.from.value; });
    if (auto links = dollar_links(series, series, align)) out.dollar = std::move(*links);
    else out.dollar.missing.assign(1, links.error().text);
}

}  // namespace aitrading::insight
