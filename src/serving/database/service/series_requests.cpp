#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"
#include "base/hash.hpp"
#include "kit/contracts/bar_news.hpp"
#include "serving/database/page_marks.hpp"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {
namespace {

constexpr int rows_otherwise = 1'000;
constexpr std::size_t symbol_bytes_max = 100;

Result<void> check_symbol(const std::string& symbol) {
    if (!symbol.empty() && symbol.size() <= symbol_bytes_max) return {};
    return fail(ErrorCode::bad_input, fmt::format("symbol: 1 to {} bytes", symbol_bytes_max));
}

TimeRange range_of(std::int64_t from, std::int64_t to) { return {{from}, {to == 0 ? std::numeric_limits<std::int64_t>::max() : to}}; }

void set_bar(v1::Bar& to, const BarColumns& bars, std::size_t i) {
    to.set_open_time_ns(bars.time[i].value);
    to.set_known_ns(bars.time[i].value + duration_nanos(bars.key.timeframe));
    to.set_open_e9(bars.open[i].raw);
    to.set_high_e9(bars.high[i].raw);
    to.set_low_e9(bars.low[i].raw);
    to.set_close_e9(bars.close[i].raw);
    to.set_volume_e6(bars.volume[i].raw);
    if (!bars.has_ask()) return;
    to.set_ask_open_e9(bars.ask_open[i].raw);
    to.set_ask_high_e9(bars.ask_high[i].raw);
    to.set_ask_low_e9(bars.ask_low[i].raw);
    to.set_ask_close_e9(bars.ask_close[i].raw);
}

void set_tick(v1::Tick& to, const Tick& tick) {
    to.set_time_ns(tick.time.value);
    to.set_known_ns(tick.time.value);
    to.set_bid_e9(tick.bid.raw);
    to.set_ask_e9(tick.ask.raw);
    to.set_bid_size_e6(tick.bid_size.raw);
    to.set_ask_size_e6(tick.ask_size.raw);
}

Result<v1::ListSeriesReply> list_series(DatabaseState&, const DatabaseStores& stores, const v1::ListSeriesRequest&, const kit::Call&) {
    TRY(const auto all, stores.series->list());
    v1::ListSeriesReply reply;
    for (const SeriesInfo& info : all) {
        if (info.key.timeframe > Timeframe::mn1) continue;  // recordings of order books have no request yet
        v1::SeriesSummary& to = *reply.add_series();
        to.set_symbol(info.key.symbol);
        to.set_timeframe(kit::to_contract(info.key.timeframe));
        to.set_rows(info.rows);
        to.set_first_ns(info.first.value);
        to.set_last_ns(info.last.value);
        to.set_gaps(info.gaps);
    }
    return reply;
}

Result<v1::ReadBarsReply> read_bars(DatabaseState& state, const DatabaseStores& stores, const v1::ReadBarsRequest& request, const kit::Call& call) {
    TRY_VOID(check_symbol(request.symbol()));
    if (request.timeframe() <= v1::TIMEFRAME_TICKS || request.timeframe() > v1::TIMEFRAME_MN1) return fail(ErrorCode::bad_input, "timeframe: one of bars is expected, TIMEFRAME_M1 to TIMEFRAME_MN1");
    TRY(const int rows_max, page_size("rows_max", request.rows_max(), rows_otherwise, state.limits().page_rows_max));
    const SeriesKey key{request.symbol(), static_cast<Timeframe>(request.timeframe() - 1)};
    const auto rows = static_cast<std::size_t>(rows_max);
    // One more than the page, which tells where the next one begins.
    TRY(const auto cursor, stores.series->open_bars(key, range_of(request.from_ns(), request.to_ns()), rows + 1));
    v1::ReadBarsReply reply;
    BarColumns batch;
    while (true) {
        TRY_VOID(time_left(state, call));
        TRY(const bool more, cursor->next(batch));
        if (!more) return reply;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (reply.bars_size() == rows_max) {
                reply.set_next_from_ns(batch.time[i].value);
                return reply;
            }
            set_bar(*reply.add_bars(), batch, i);
        }
    }
}

/// One page of ticks behind a place; where the next one begins, none at the end.
class TickPage {
  public:
    TickPage(v1::ReadTicksReply& reply, TickPlace place, int rows_max) : reply_(reply), place_(place), skip_(place.given), rows_max_(rows_max) {}
    /// False: the page is full, and there is more.
    bool take(const Tick& tick) {
        if (tick.time.value != place_.time_ns) place_ = {tick.time.value, 0}, skip_ = 0;
        if (skip_ > 0) return --skip_, true;
        if (reply_.ticks_size() == rows_max_) return false;
        set_tick(*reply_.add_ticks(), tick);
        ++place_.given;
        last_ = place_;
        return true;
    }
    TickPlace last() const { return last_; }

  private:
    v1::ReadTicksReply& reply_;
    TickPlace place_, last_;
    std::int64_t skip_;
    int rows_max_;
};

Result<v1::ReadTicksReply> read_ticks(DatabaseState& state, const DatabaseStores& stores, const v1::ReadTicksRequest& request, const kit::Call& call) {
    TRY_VOID(check_symbol(request.symbol()));
    TRY(const int rows_max, page_size("rows_max", request.rows_max(), rows_otherwise, state.limits().page_rows_max));
    Fingerprint print;
    print.add(std::string_view("ticks"));
    print.add(request.symbol());
    print.add(request.from_ns());
    print.add(request.to_ns());
    TickPlace place{std::numeric_limits<std::int64_t>::min(), 0};
    TimeRange range = range_of(request.from_ns(), request.to_ns());
    if (!request.page().empty()) {
        TRY(const std::string packed, read_mark(request.page(), print.value()));
        TRY(place, unpack_tick_place(packed));
        range.from.value = std::max(range.from.value, place.time_ns);
    }
    TRY(const auto cursor, stores.series->open_ticks({request.symbol(), Timeframe::ticks}, range, static_cast<std::size_t>(rows_max) + 1));
    v1::ReadTicksReply reply;
    TickPage page(reply, place, rows_max);
    TickColumns batch;
    while (true) {
        TRY_VOID(time_left(state, call));
        TRY(const bool more, cursor->next(batch));
        if (!more) return reply;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (page.take(batch.tick(i))) continue;
            reply.set_next_page(make_mark(print.value(), pack(page.last())));
            return reply;
        }
    }
}

}  // namespace

void add_series_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state) {
    answer(handlers, state, "aitrading.v1.SeriesService/ListSeries", list_series);
    answer(handlers, state, "aitrading.v1.SeriesService/ReadBars", read_bars);
    answer(handlers, state, "aitrading.v1.SeriesService/ReadTicks", read_ticks);
}

}  // namespace aitrading::serving
