#include <gmock/gmock.h>

#include "aitrading/v1/database.pb.h"
#include "ports/series_store/conformance/made_up_series.hpp"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

using testing::HasSubstr;

struct Series : testing::Test {
    Served served;
    BarColumns bars = ports::conformance::some_bars({"EURUSD", Timeframe::m1}, 50, 0, true);
    TickColumns ticks;
    Series() {
        ticks.key = {"EURUSD", Timeframe::ticks};
        // Instants with 1 to 6 ticks each.
        std::int64_t n = 0;
        for (std::int64_t time = 0; time < 40; ++time)
            for (std::int64_t i = 0; i <= time % 6; ++i) ticks.append({{time * 1'000}, {++n}, {n + 1}, {}, {}});
        served.series->bars[bars.key] = bars;
        served.series->ticks[ticks.key] = ticks;
    }
    Result<v1::ReadTicksReply> read(const v1::ReadTicksRequest& request) { return served.ask<v1::ReadTicksReply>("SeriesService/ReadTicks", request); }
    Result<v1::ReadBarsReply> read(const v1::ReadBarsRequest& request) { return served.ask<v1::ReadBarsReply>("SeriesService/ReadBars", request); }
};

TEST_F(Series, are_listed_without_what_has_no_request) {
    const auto reply = served.ask<v1::ListSeriesReply>("SeriesService/ListSeries", v1::ListSeriesRequest());
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->series_size(), 1);
    EXPECT_EQ(reply->series(0).timeframe(), v1::TIMEFRAME_M1);
    EXPECT_EQ(reply->series(0).rows(), 50);
    EXPECT_EQ(reply->series(0).gaps(), 2);
}

TEST_F(Series, bars_come_page_by_page_with_the_time_at_which_they_are_known) {
    for (const int rows_max : {1, 7, 49, 50, 51}) {
        v1::ReadBarsRequest request;
        request.set_symbol("EURUSD");
        request.set_timeframe(v1::TIMEFRAME_M1);
        request.set_rows_max(rows_max);
        std::size_t at = 0;
        do {
            const auto page = read(request);
            ASSERT_TRUE(page) << error_of(page);
            ASSERT_LE(page->bars_size(), rows_max);
            for (const v1::Bar& bar : page->bars()) {
                ASSERT_EQ(bar.open_time_ns(), bars.time[at].value);
                ASSERT_EQ(bar.known_ns(), bars.time[at].value + nanos_per_minute);
                ASSERT_EQ(bar.close_e9(), bars.close[at].raw);
                ASSERT_EQ(bar.ask_high_e9(), bars.ask_high[at].raw);
                ++at;
            }
            request.set_from_ns(page->next_from_ns());
        } while (request.from_ns() != 0);
        EXPECT_EQ(at, 50U);
    }
    v1::ReadBarsRequest part;
    part.set_symbol("EURUSD");
    part.set_timeframe(v1::TIMEFRAME_M1);
    part.set_from_ns(10 * nanos_per_minute);
    part.set_to_ns(12 * nanos_per_minute);
    EXPECT_EQ(read(part)->bars_size(), 2) << "[from, to)";
}

TEST_F(Series, ticks_that_share_an_instant_are_given_once_each) {
    for (const int rows_max : {1, 2, 3, 5, 139, 140, 200}) {
        v1::ReadTicksRequest request;
        request.set_symbol("EURUSD");
        request.set_rows_max(rows_max);
        std::size_t at = 0;
        do {
            const auto page = read(request);
            ASSERT_TRUE(page) << error_of(page);
            for (const v1::Tick& tick : page->ticks()) ASSERT_EQ(tick.bid_e9(), ticks.bid[at++].raw) << rows_max;
            request.set_page(page->next_page());
        } while (!request.page().empty());
        EXPECT_EQ(at, ticks.size());
    }
}

TEST_F(Series, damaged_marks_and_marks_of_another_range_are_refused) {
    v1::ReadTicksRequest request;
    request.set_symbol("EURUSD");
    request.set_rows_max(5);
    const std::string mark = read(request)->next_page();
    request.set_page(mark.substr(1));
    EXPECT_EQ(code_of(read(request)), ErrorCode::bad_input);
    request.set_page(mark);
    request.set_to_ns(20'000);
    EXPECT_EQ(code_of(read(request)), ErrorCode::bad_input);
}

TEST_F(Series, what_is_not_there_or_no_series_is_said) {
    v1::ReadBarsRequest request;
    request.set_symbol("GBPUSD");
    request.set_timeframe(v1::TIMEFRAME_H1);
    EXPECT_EQ(code_of(read(request)), ErrorCode::not_found);
    request.set_timeframe(v1::TIMEFRAME_TICKS);
    EXPECT_THAT(error_of(read(request)), HasSubstr("TIMEFRAME_M1 to TIMEFRAME_MN1"));
    request.set_symbol("");
    EXPECT_THAT(error_of(read(request)), HasSubstr("symbol"));
    request.set_symbol("EURUSD");
    request.set_timeframe(v1::TIMEFRAME_M1);
    request.set_rows_max(10'001);
    EXPECT_THAT(error_of(read(request)), HasSubstr("rows_max"));
}

}  // namespace
}  // namespace aitrading::serving
