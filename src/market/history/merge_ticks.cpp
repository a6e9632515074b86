#include "market/history/merge_ticks.hpp"

#include <algorithm>

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536;

}  // namespace

TickMerge::TickMerge(TickInput& input, ports::TickWriter& writer, bool replace)
    : input_(input), writer_(writer), replace_(replace) {}

Result<void> TickMerge::begin() {
    TRY(has_new_, input_.next());
    return {};
}

Result<void> TickMerge::take_old(const Tick& tick) {
    if (!old_group_.empty() && old_group_.front().time != tick.time) TRY_VOID(end_old_group());
    old_group_.push_back(tick);
    return {};
}

Result<void> TickMerge::finish() {
    if (!old_group_.empty()) TRY_VOID(end_old_group());
    while (has_new_) TRY_VOID(put_new());
    return flush();
}

Result<void> TickMerge::put(const Tick& tick) {
    out_.append(tick);
    return out_.size() < batch_rows ? Result<void>{} : flush();
}

Result<void> TickMerge::flush() {
    out_.digits = input_.digits();
    TRY_VOID(writer_.append(out_));
    out_.clear();
    return {};
}

Result<void> TickMerge::put_new() {
    ++input_.counts().stored;
    TRY_VOID(put(input_.current()));
    TRY(has_new_, input_.next());
    return {};
}

/// The stored ticks of one instant are complete: what comes in before them goes first, what comes in at that instant is
/// compared. The ticks of one instant are of one file.
Result<void> TickMerge::end_old_group() {
    const UnixNanos time = old_group_.front().time;
    while (has_new_ && input_.current().time < time) TRY_VOID(put_new());
    incoming_.clear();
    TickCounts* const counts = has_new_ ? &input_.counts() : nullptr;
    while (has_new_ && input_.current().time == time) {
        incoming_.push_back(input_.current());
        TRY(has_new_, input_.next());
    }
    std::int64_t known = 0;
    for (const Tick& tick : incoming_) known += std::ranges::find(old_group_, tick) != old_group_.end();
    const auto contradicting = static_cast<std::int64_t>(incoming_.size()) - known;
    const bool take_new = replace_ && contradicting > 0;
    if (counts != nullptr) {
        counts->known += known;
        (take_new ? counts->stored : counts->conflicting) += contradicting;
    }
    for (const Tick& tick : take_new ? incoming_ : old_group_) TRY_VOID(put(tick));
    old_group_.clear();
    return {};
}

}  // namespace aitrading::market
