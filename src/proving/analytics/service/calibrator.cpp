#include "proving/analytics/service/calibrator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/hash.hpp"
#include "proving/analytics/history_tables.hpp"

namespace aitrading::proving {
namespace {

using ports::HistoryEntry;
using ports::HistoryRow;
using ports::HistoryValue;

const std::vector<std::string> said_columns{"timeframe", "bar_open", "model", "version", "label", "p_up", "degraded"};
const std::vector<std::string> bar_columns{"timeframe", "open_time", "open_e9", "high_e9", "low_e9", "close_e9", "volume_e6"};
constexpr int digits_otherwise = 5;

/// Values of a whole row in the order of chosen columns.
std::vector<HistoryValue> chosen(const HistoryRow& row, const ports::HistorySchema& schema, const std::vector<std::string>& names) {
    std::vector<HistoryValue> out;
    for (const std::string& name : names) {
        const auto at = static_cast<std::size_t>(std::ranges::find(schema.columns, name, &ports::HistoryColumn::name) - schema.columns.begin());
        out.push_back(at < row.values.size() ? row.values[at] : HistoryValue());
    }
    return out;
}

template <class T>
T value(const HistoryRow& row, std::size_t at) {
    const T* found = std::get_if<T>(&row.values[at]);
    return found == nullptr ? T{} : *found;
}

std::string text(const HistoryRow& row, std::size_t at) { return value<std::string>(row, at); }

Bar bar_of(const HistoryRow& row) {
    const auto number = [&](std::size_t at) { return value<std::int64_t>(row, at); };
    return {value<UnixNanos>(row, 1), {number(2)}, {number(3)}, {number(4)}, {number(5)}, {number(6)}};
}

bool positive(const Bar& bar) { return bar.open.raw > 0 && bar.high.raw > 0 && bar.low.raw > 0 && bar.close.raw > 0; }

}  // namespace

Result<void> Calibrator::each_row(const std::string& tenant, const std::string& history, const std::string& symbol, const std::vector<std::string>& columns,
                                  const std::function<Result<void>(const HistoryRow&)>& take) const {
    ports::HistoryQuery query{.symbol = symbol, .columns = columns, .rows_max = ports::history_page_rows_max};
    do {
        TRY(const ports::HistoryPage page, store_->read(tenant, history, query));
        for (const HistoryRow& row : page.rows) TRY_VOID(take(row));
        query.page = page.next;
    } while (!query.page.empty());
    return {};
}

Result<void> Calibrator::open() {
    TRY_VOID(store_->define(calibration_history()));
    series_.clear();
    TRY(const std::vector<std::string> tenants, store_->tenants(predictions_history().name));
    for (const std::string& tenant : tenants) {
        TRY(const auto symbols, store_->symbols(tenant, predictions_history().name));
        for (const ports::HistorySymbol& symbol : symbols) {
            const auto take_one = [&](const HistoryRow& row) { return say(tenant, row); };
            TRY_VOID(each_row(tenant, predictions_history().name, symbol.symbol, said_columns, take_one));
        }
    }
    for (auto& [place, series] : series_) TRY_VOID(settle(place, series));
    return {};
}

Result<void> Calibrator::take(const std::string& history, const std::vector<HistoryEntry>& entries) {
    std::set<Place> touched;
    for (const HistoryEntry& entry : entries) {
        if (history == predictions_history().name) {
            const HistoryRow row{entry.row.symbol, entry.row.known_at, chosen(entry.row, predictions_history(), said_columns)};
            TRY_VOID(say(entry.tenant, row));
            touched.insert({entry.tenant, row.symbol, text(row, 0)});
        } else if (history == bars_history().name) {
            const HistoryRow row{entry.row.symbol, entry.row.known_at, chosen(entry.row, bars_history(), bar_columns)};
            const auto found = series_.find({entry.tenant, row.symbol, text(row, 0)});
            const Bar bar = bar_of(row);
            if (found == series_.end() || !positive(bar)) continue;
            for (auto& [label, stream] : found->second.streams) stream.update(bar, row.known_at);
            touched.insert(found->first);
        }
    }
    for (const Place& place : touched)
        if (const auto found = series_.find(place); found != series_.end()) TRY_VOID(settle(place, found->second));
    return {};
}

Result<void> Calibrator::say(const std::string& tenant, const HistoryRow& row) {
    const Place place{tenant, row.symbol, text(row, 0)};
    const CalibrationKey key{text(row, 0), text(row, 2), value<std::int64_t>(row, 3), text(row, 4)};
    TRY(Line* const line, line_of(place, key));
    if (line != nullptr) line->line.say({value<UnixNanos>(row, 1), value<double>(row, 5), value<bool>(row, 6)});
    return {};
}

/// Null: the label is none that this build knows.
Result<Calibrator::Line*> Calibrator::line_of(const Place& place, const CalibrationKey& key) {
    Series& series = series_[place];
    if (const auto found = series.lines.find(key); found != series.lines.end()) return &found->second;
    if (!models::parse_label(key.label)) return nullptr;
    if (!series.streams.contains(key.label)) TRY_VOID(add_stream(place, key.label, series));
    Fingerprint print;
    for (const std::string& part : {place.tenant, place.symbol, key.timeframe, key.model, std::to_string(key.version), key.label}) print.add(part);
    Line line{CalibrationLine(place.symbol, key, options_.outcomes, {INT64_MIN}), "calibration/" + print.hex()};
    TRY(const auto marks, store_->marks(calibration_history().name, line.origin));
    if (!marks.empty()) {
        // It goes on behind the last bar of its last row.
        line.told = marks.front().offset;
        UnixNanos after{INT64_MIN};
        const auto take_one = [&](const HistoryRow& row) -> Result<void> {
            const CalibrationKey its{text(row, 0), text(row, 1), value<std::int64_t>(row, 2), text(row, 3)};
            if (its == key) after = std::max(after, value<UnixNanos>(row, 4));
            return {};
        };
        TRY_VOID(each_row(place.tenant, calibration_history().name, place.symbol, {"timeframe", "model", "version", "label", "to_bar"}, take_one));
        line.line = CalibrationLine(place.symbol, key, options_.outcomes, after);
    }
    return &series.lines.emplace(key, std::move(line)).first->second;
}

/// The stored bars from before the recorded ones, then those.
Result<void> Calibrator::add_stream(const Place& place, const std::string& label, Series& series) {
    std::vector<std::pair<Bar, UnixNanos>> recorded;
    const auto take_one = [&](const HistoryRow& row) -> Result<void> {
        if (text(row, 0) == place.timeframe && positive(bar_of(row))) recorded.emplace_back(bar_of(row), row.known_at);
        return {};
    };
    const auto there = each_row(place.tenant, bars_history().name, place.symbol, bar_columns, take_one);
    if (!there && there.error().code != ErrorCode::not_found) return there;
    BarColumns past;
    past.digits = digits_otherwise;
    if (const auto timeframe = parse_timeframe(place.timeframe); past_ && timeframe) {
        TRY(past, past_({place.symbol, *timeframe}));
    }
    TRY(OutcomeStream stream, OutcomeStream::of(label, past.digits));
    for (std::size_t i = 0; i < past.size(); ++i)
        if ((recorded.empty() || past.time[i] < recorded.front().first.time) && positive(past.bar(i))) stream.update(past.bar(i), past.time[i]);
    for (const auto& [bar, known] : recorded) stream.update(bar, known);
    series.streams.emplace(label, std::move(stream));
    return {};
}

Result<void> Calibrator::settle(const Place& place, Series& series) {
    for (auto& [key, line] : series.lines) {
        for (HistoryRow& row : line.line.settle(series.streams.at(key.label))) {
            const ports::HistoryMark mark{0, ++line.told};
            TRY(const auto told, store_->append(calibration_history().name, {line.origin, {mark}, {{place.tenant, std::move(row), mark}}}));
            rows_ += static_cast<std::uint64_t>(told.added);
        }
    }
    for (auto& [label, stream] : series.streams) {
        UnixNanos needed = stream.last();
        for (const auto& [key, line] : series.lines)
            if (key.label == label) needed = std::min(needed, line.line.waits_for());
        stream.forget({needed.value == INT64_MIN ? INT64_MIN : needed.value - 1});
    }
    return {};
}

}  // namespace aitrading::proving
