#include "market/history/merge_bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

Result<void> check_columns(const BarColumns& old, const BarColumns& incoming) {
    const bool lacks_ask = old.has_ask() && !incoming.has_ask(), lacks_spread = old.has_spread() && !incoming.has_spread();
    if (!lacks_ask && !lacks_spread) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("the stored series {} has {} columns that this file lacks; import it under a --symbol of its own, "
                            "or remove the series first",
                            to_string(old.key), lacks_ask ? "ask" : "spread"));
}

}  // namespace

Result<MergedBars> merge_bars(const BarColumns& old, const BarColumns& incoming_all, bool replace) {
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
    std::size_t i = 0, j = 0;
    while (i < old.size() || j < incoming->size()) {
        if (j == incoming->size() || (i < old.size() && old.time[i] < incoming->time[j])) {
            copy_row(out.bars, old, i++);
        } else if (i == old.size() || incoming->time[j] < old.time[i]) {
            copy_row(out.bars, *incoming, j++);
            ++out.added;
        } else {
            const bool same = same_row(old, i, *incoming, j);
            ++(same ? out.known : out.conflicting);
            if (replace && !same)
                copy_row(out.bars, *incoming, j);
            else
                copy_row(out.bars, old, i);
            ++i, ++j;
        }
    }
    return out;
}

}  // namespace aitrading::market
