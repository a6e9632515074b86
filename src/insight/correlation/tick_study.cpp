#include "insight/correlation/tick_study.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// Feeds all ticks in time order and keeps the last steps' parts of each pair.
class Streams {
  public:
    Streams(std::span<const NamedTicks> markets, const TickStudyOptions& options, TickStudy& out)
        : markets_(markets), options_(options), out_(out), next_(markets.size()), streams_(pair_count(markets.size())) {}

    void run() {
        std::int64_t end = 0;
        bool open = false;
        for (std::size_t m = earliest(); m != none; m = earliest()) {
            const UnixNanos time = markets_[m].path.time[next_[m]];
            if (open && time.value > end) close({end});
            if (!open || time.value > end) end = end_of(time.value);
            open = true;
            take(m, time, markets_[m].path.log_price[next_[m]]);
            ++next_[m];
        }
        // The last step is whole only when a tick stands at its very end: what may still come is not known.
        if (open && out_last_ == end) close({end});
    }

  private:
    std::size_t earliest() const {
        std::size_t best = none;
        std::int64_t first = std::numeric_limits<std::int64_t>::max();
        for (std::size_t m = 0; m < markets_.size(); ++m)
            if (next_[m] < markets_[m].path.size() && markets_[m].path.time[next_[m]].value < first)
                first = markets_[m].path.time[next_[m]].value, best = m;
        return best;
    }
    std::int64_t end_of(std::int64_t time) const {
        const std::int64_t step = options_.step_nanos, rest = ((time % step) + step) % step;
        return rest == 0 ? time : time - rest + step;
    }
    void take(std::size_t market, UnixNanos time, double price) {
        out_last_ = time.value;
        for (std::size_t other = 0; other < markets_.size(); ++other)
            if (other != market) streams_[pair_index(market, other)].update(market < other ? 0 : 1, time, price);
    }
    void close(UnixNanos end) {
        const std::size_t pairs = streams_.size();
        for (HayashiYoshidaStream& stream : streams_) parts_.push_back(stream.take());
        out_.known.push_back(end);
        const std::size_t rows = out_.known.size();
        for (std::size_t p = 0; p < pairs; ++p) {
            HayashiYoshida sum;
            for (std::size_t back = 0; back < options_.window && rows >= options_.window; ++back) {
                const HayashiYoshida& part = parts_[(rows - 1 - back) * pairs + p];
                sum.covariance += part.covariance;
                sum.variance_first += part.variance_first;
                sum.variance_second += part.variance_second;
            }
            out_.path.push_back(rows >= options_.window ? sum.correlation() : NAN);
        }
    }

    std::span<const NamedTicks> markets_;
    const TickStudyOptions& options_;
    TickStudy& out_;
    std::int64_t out_last_ = 0;
    std::vector<std::size_t> next_;
    std::vector<HayashiYoshidaStream> streams_;
    std::vector<HayashiYoshida> parts_;  ///< [rows x pairs]
};

}  // namespace

Result<TickStudy> tick_study(std::span<const NamedTicks> markets, const TickStudyOptions& options, int threads) {
    if (markets.size() < 2) return fail(ErrorCode::usage, "correlation needs at least two markets");
    if (options.step_nanos <= 0 || options.window < 2) return fail(ErrorCode::usage, "a window of ticks needs at least two steps");
    TickStudy out;
    for (const NamedTicks& market : markets) out.names.push_back(market.name);
    for (std::size_t high = 1; high < markets.size(); ++high)
        for (std::size_t low = 0; low < high; ++low) {
            TickPair pair{.first = low, .second = high};
            auto told = lead_lag(markets[low].path, markets[high].path, options.lead_lag, threads);
            if (!told) return fail(told.error().code, fmt::format("{} and {}: {}", out.names[low], out.names[high], told.error().text));
            pair.lead_lag = std::move(*told);
            pair.whole = hayashi_yoshida(markets[low].path, markets[high].path);
            pair.half_width = pair.lead_lag.half_width[pair.lead_lag.lag.size() / 2];
            out.pairs.push_back(std::move(pair));
        }
    Streams(markets, options, out).run();
    return out;
}

}  // namespace aitrading::insight
