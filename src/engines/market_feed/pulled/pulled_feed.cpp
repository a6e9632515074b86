#include "engines/market_feed/pulled/pulled_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace aitrading::engines {
namespace {

class SteadyPaceClock final : public PaceClock {
  public:
    std::int64_t now_nanos() override {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    void wait_until(std::int64_t nanos, const std::stop_token& stop) override {
        const std::chrono::steady_clock::time_point end{std::chrono::nanoseconds(nanos)};
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, stop, end, [] { return false; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable_any wake_;
};

}  // namespace

std::shared_ptr<PaceClock> steady_pace_clock() { return std::make_shared<SteadyPaceClock>(); }

PulledFeed::PulledFeed(std::string name, std::vector<ports::FedSymbol> symbols, PullRows pull, Pace pace, std::shared_ptr<PaceClock> clock)
    : name_(std::move(name)), symbols_(std::move(symbols)), pull_(std::move(pull)), pace_(pace), clock_(std::move(clock)), sequence_(symbols_.size()) {}

Result<void> PulledFeed::fill() {
    while (at_ == rows_.size() && !dry_) {
        at_ = 0;
        rows_.clear();
        const auto more = pull_(rows_);
        if (!more) {
            rows_.clear();
            return std::unexpected(more.error());
        }
        dry_ = !*more;
        if (dry_) rows_.clear();
    }
    return {};
}

std::int64_t PulledFeed::due_nanos(const ports::FeedItem& item, std::uint64_t row) const {
    if (pace_.rows_per_second > 0) return start_nanos_ + static_cast<std::int64_t>(1e9 * static_cast<double>(row) / pace_.rows_per_second);
    if (pace_.speed <= 0) return start_nanos_;
    const auto after = static_cast<double>(ports::known_at(item).value - first_known_.value);
    return start_nanos_ + static_cast<std::int64_t>(after / pace_.speed);
}

Result<void> PulledFeed::poll(std::vector<ports::FeedItem>& out, std::size_t items_max, std::chrono::milliseconds wait, const std::stop_token& stop) {
    out.clear();
    if (late_error_) return std::unexpected(*std::exchange(late_error_, std::nullopt));
    TRY_VOID(fill());
    if (ended()) return {};
    std::int64_t now = clock_->now_nanos();
    if (!started_) {
        started_ = true;
        start_nanos_ = now;
        first_known_ = ports::known_at(rows_[at_]);
    }
    if (const std::int64_t due = due_nanos(rows_[at_], given_); due > now) {
        const std::int64_t end = now + std::min(due - now, std::chrono::nanoseconds(std::min(wait, std::chrono::milliseconds(std::chrono::hours(24)))).count());
        clock_->wait_until(end, stop);
        now = clock_->now_nanos();
    }
    while (out.size() < items_max && !stop.stop_requested()) {
        // Rows that were given already must not be lost with an error: it is told at the next poll.
        if (const auto filled = fill(); !filled) {
            if (out.empty()) return filled;
            late_error_ = filled.error();
            return {};
        }
        if (ended() || due_nanos(rows_[at_], given_) > now) break;
        ports::FeedItem& item = rows_[at_++];
        if (item.symbol >= symbols_.size()) return fail(ErrorCode::failed, fmt::format("{}: a row of symbol {} where there are {}", name_, item.symbol, symbols_.size()));
        item.sequence = ++sequence_[item.symbol];
        ++given_;
        out.push_back(std::move(item));
    }
    // The end is known as soon as the last row is given.
    if (const auto filled = fill(); !filled) late_error_ = filled.error();
    return {};
}

}  // namespace aitrading::engines
