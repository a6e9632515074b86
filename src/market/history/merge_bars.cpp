#include "market/history/merge_bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

#include "base/check.hpp"

namespace aitrading::market {
namespace {

template <class Bars>
auto price_columns(Bars& b) {
    return std::array{&b.open,     &b.high,    &b.low,       &b.close, &b.ask_open,
                      &b.ask_high, &b.ask_low, &b.ask_close, &b.spread};
}

bool same_row(const BarColumns& a, std::size_t i, const BarColumns& b, std::size_t j) {
    if (a.volume[i] != b.volume[j]) return false;
    const auto left = price_columns(a), right = price_columns(b);
    for (std::size_t c = 0; c < left.size(); ++c)
        if (!left[c]->empty() && !right[c]->empty() && (*left[c])[i] != (*right[c])[j]) return false;
    return true;
}

void copy_row(BarColumns& out, const BarColumns& from, std::size_t i) {
    out.time.push_back(from.time[i]);
    out.volume.push_back(from.volume[i]);
    const auto target = price_columns(out);
    const auto source = price_columns(from);
    for (std::size_t c = 0; c < target.size(); ++c)
        if (!source[c]->empty()) target[c]->push_back((*source[c])[i]);
}

void set_row(BarColumns& out, std::size_t at, const BarColumns& from, std::size_t i) {
    out.volume[at] = from.volume[i];
    const auto target = price_columns(out);
    const auto source = price_columns(from);
    for (std::size_t c = 0; c < target.size(); ++c)
        if (!source[c]->empty()) (*target[c])[at] = (*source[c])[i];
}

}  // namespace

Result<void> check_columns(const BarColumns& old, const BarColumns& incoming) {
    const bool lacks_ask = old.has_ask() && !incoming.has_ask(), lacks_spread = old.has_spread() && !incoming.has_spread();
    if (!lacks_ask && !lacks_spread) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("the stored series {} has {} columns that this file lacks; import it under a --symbol of its own, "
                            "or remove the series first",
                            to_string(old.key), lacks_ask ? "ask" : "spread"));
}

Result<MergedBars> merge_bars(const BarColumns& old, const BarColumns& incoming_all, bool replace,
                              std::vector<RowFate>* fates) {
    CHECK(old.key == incoming_all.key);
    BarColumns narrowed;
    const BarColumns* incoming = &incoming_all;
    MergedBars out;
    out.bars.key = old.key;
    out.bars.digits = std::max(old.digits, incoming_all.digits);
    if (old.size() > 0) {
        TRY_VOID(check_columns(old, incoming_all));
        if (old.has_ask() != incoming_all.has_ask() || old.has_spread() != incoming_all.has_spread()) {
            narrowed = incoming_all;
            const auto have = price_columns(old);
            const auto columns = price_columns(narrowed);
            for (std::size_t c = 0; c < columns.size(); ++c)
                if (have[c]->empty()) columns[c]->clear();
            incoming = &narrowed;
        }
    }
    out.bars.reserve(old.size() + incoming->size());
    const auto note = [&](RowFate fate) {
        if (fates != nullptr) fates->push_back(fate);
    };
    std::size_t i = 0, j = 0;
    while (i < old.size() || j < incoming->size()) {
        if (j == incoming->size() || (i < old.size() && old.time[i] < incoming->time[j])) {
            copy_row(out.bars, old, i++);
        } else if (i == old.size() || incoming->time[j] < old.time[i]) {
            copy_row(out.bars, *incoming, j++);
            note(RowFate::added);
            ++out.added;
        } else {
            const bool same = same_row(old, i, *incoming, j);
            ++(same ? out.known : out.conflicting);
            note(same ? RowFate::known : RowFate::conflicting);
            if (replace && !same)
                copy_row(out.bars, *incoming, j);
            else
                copy_row(out.bars, old, i);
            ++i, ++j;
        }
    }
    return out;
}

CombinedBars combine_bars(std::span<const BarColumns* const> files, bool replace) {
    struct Place {
        UnixNanos time;
        std::uint32_t file;
        std::size_t row;
        bool operator>(const Place& other) const { return std::tie(time, file) > std::tie(other.time, other.file); }
    };
    CombinedBars out;
    out.known.resize(files.size());
    out.conflicting.resize(files.size());
    out.bars.key = files[0]->key;
    out.bars.digits = 0;
    std::vector<Place> first;
    std::size_t rows = 0;
    for (std::uint32_t file = 0; file < files.size(); ++file) {
        CHECK(files[file]->key == out.bars.key);
        rows += files[file]->size();
        out.bars.digits = std::max(out.bars.digits, files[file]->digits);
        if (files[file]->size() > 0) first.push_back({files[file]->time[0], file, 0});
    }
    out.bars.reserve(rows);
    out.owner.reserve(rows);
    std::priority_queue<Place, std::vector<Place>, std::greater<>> queue({}, std::move(first));
    while (!queue.empty()) {
        const Place place = queue.top();
        queue.pop();
        const BarColumns& from = *files[place.file];
        if (place.row + 1 < from.size()) queue.push({from.time[place.row + 1], place.file, place.row + 1});
        if (out.bars.size() == 0 || out.bars.time.back() != place.time) {
            copy_row(out.bars, from, place.row);
            out.owner.push_back(place.file);
        } else if (same_row(out.bars, out.bars.size() - 1, from, place.row)) {
            ++out.known[place.file];
        } else if (!replace) {
            ++out.conflicting[place.file];
        } else {
            ++out.conflicting[out.owner.back()];
            set_row(out.bars, out.bars.size() - 1, from, place.row);
            out.owner.back() = place.file;
        }
    }
    return out;
}

JoinedSides join_sides(const BarColumns& bid, const BarColumns& ask) {
    JoinedSides out;
    out.bars.key = bid.key;
    out.bars.digits = std::max(bid.digits, ask.digits);
    for (std::size_t i = 0, j = 0; i < bid.size() && j < ask.size();) {
        if (bid.time[i] != ask.time[j]) {
            ++(bid.time[i] < ask.time[j] ? i : j);
            continue;
        }
        out.bars.append({bid.time[i], bid.open[i], bid.high[i], bid.low[i], bid.close[i], bid.volume[i]});
        out.bars.ask_open.push_back(ask.open[j]);
        out.bars.ask_high.push_back(ask.high[j]);
        out.bars.ask_low.push_back(ask.low[j]);
        out.bars.ask_close.push_back(ask.close[j]);
        out.bid_row.push_back(i++);
        out.ask_row.push_back(j++);
    }
    return out;
}

}  // namespace aitrading::market
