// Layouts that vendors write and the recorded data lack, or have in one variant only.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>

#include <algorithm>
#include <cstring>

#include "market/history/month_names.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

ImportReport imported(UtcFolder& folder, const std::string& name, std::string_view content, const ImportOptions& options = {}) {
    const auto report = folder.import(folder.write(name, content), options);
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().text);
    return report.value_or(ImportReport{});
}

template <class T>
void put(std::string& out, T value, bool big = false) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    if (big) std::reverse(bytes, bytes + sizeof value);
    out.append(bytes, sizeof value);
}

std::string lzma_alone(std::string_view text) {
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 6);
    lzma_stream stream = LZMA_STREAM_INIT;
    EXPECT_EQ(lzma_alone_encoder(&stream, &options), LZMA_OK);
    std::string out(text.size() * 2 + 1000, '\0');
    stream.next_in = reinterpret_cast<const std::uint8_t*>(text.data());
    stream.avail_in = text.size();
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = out.size();
    EXPECT_EQ(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
    out.resize(stream.total_out);
    lzma_end(&stream);
    return out;
}

std::string bi5(int ticks) {
    std::string out;
    for (int i = 0; i < ticks; ++i) {
        for (const std::int32_t value : {i * 1000 + 5, 110'009 + i, 110'000 + i}) put(out, value, true);
        for (const float volume : {1.5F, 0.75F}) put(out, volume, true);
    }
    return out;
}

std::string hst(int version, int minutes, int bars, std::int32_t spread = 0) {
    std::string out;
    put<std::int32_t>(out, version);
    out += std::string(64, '\0') + std::string("GBPUSD\0\0\0\0\0\0", 12);
    put<std::int32_t>(out, minutes);
    put<std::int32_t>(out, 5);
    out += std::string(60, '\0');
    for (int i = 0; i < bars; ++i) {
        const std::int64_t time = 1'514'850'000 + std::int64_t{60} * minutes * i;
        const double open = 1.35, high = 1.36123, low = 1.34, close = 1.355;
        if (version == 400) {
            put(out, static_cast<std::int32_t>(time));
            for (const double value : {open, low, high, close, 17.0}) put(out, value);
        } else {
            put(out, time);
            for (const double value : {open, high, low, close}) put(out, value);
            put<std::int64_t>(out, 17);
            put(out, spread);
            put<std::int64_t>(out, 0);
        }
    }
    return out;
}

TEST(Layouts, bi5_takes_instrument_and_hour_from_its_path_and_the_month_from_0) {
    UtcFolder folder;
    const auto report = imported(folder, "EURUSD/2018/00/31/07h_ticks.bi5", lzma_alone(bi5(30)));
    EXPECT_EQ(report.format, "dukascopy-bi5");
    EXPECT_EQ(report.key.symbol, "EURUSD");
    EXPECT_EQ(report.rows_stored, 30);
    EXPECT_EQ(to_iso8601(report.first), "2018-01-31T07:00:00.005Z");
    EXPECT_EQ(report.digits, 5);
    ASSERT_TRUE(folder.store().stream_ticks(report.key, {}, 100, [](const TickColumns& ticks) {
        EXPECT_EQ(ticks.bid[0].raw, 1'100'000'000);
        EXPECT_EQ(ticks.ask[0].raw, 1'100'090'000);
        EXPECT_EQ(ticks.ask_size[0].raw, 1'500'000);
        EXPECT_EQ(ticks.bid_size[0].raw, 750'000);
        return true;
    }).has_value());
}

TEST(Layouts, bi5_without_its_folders_or_with_an_unknown_point_asks) {
    UtcFolder folder;
    const auto moved = folder.import(folder.write("ticks.bi5", lzma_alone(bi5(30))));
    EXPECT_EQ(moved.error().code, ErrorCode::bad_input);
    EXPECT_THAT(moved.error().text, HasSubstr("SYMBOL/YYYY/MM/DD/HHh_ticks.bi5"));
    EXPECT_EQ(folder.import(folder.write("EURUSD/2018/12/31/07h_ticks.bi5", lzma_alone(bi5(3)))).error().code, ErrorCode::bad_input);
    const auto index = folder.write("USA500IDXUSD/2018/00/31/07h_ticks.bi5", lzma_alone(bi5(30)));
    EXPECT_THAT(folder.import(index).error().text, HasSubstr("--point"));
    ImportOptions options;
    options.layout.point = Price{1'000'000};
    EXPECT_EQ(folder.import(index, options)->rows_stored, 30);
}

TEST(Layouts, bi5_that_is_cut_or_damaged_is_refused) {
    UtcFolder folder;
    const std::string whole = lzma_alone(bi5(3000));
    const auto cut = folder.import(folder.write("EURUSD/2018/00/31/07h_ticks.bi5", whole.substr(0, whole.size() / 2)));
    EXPECT_THAT(cut.error().text, HasSubstr("truncated"));
    const auto half = folder.import(folder.write("EURUSD/2018/00/31/08h_ticks.bi5", lzma_alone(bi5(3000) + "1234567")));
    EXPECT_THAT(half.error().text, HasSubstr("truncated in record 3001"));
    EXPECT_TRUE(folder.store().list()->empty());
}

TEST(Layouts, an_hour_of_dukascopy_without_ticks_is_no_error) {
    UtcFolder folder;
    const auto report = imported(folder, "EURUSD/2018/00/06/07h_ticks.bi5", "");
    EXPECT_EQ(report.rows_read, 0);
    EXPECT_EQ(report.key.symbol, "EURUSD");
}

TEST(Layouts, hst_of_both_versions) {
    for (const int version : {400, 401}) {
        UtcFolder folder;
        const auto report = imported(folder, "x.hst", hst(version, 60, 24, 12));
        EXPECT_EQ(report.format, "mt4-hst");
        EXPECT_EQ(to_string(report.key), "GBPUSD H1");
        EXPECT_EQ(report.rows_stored, 24);
        const auto bars = folder.store().read_bars(report.key, {});
        EXPECT_EQ(bars->high[0].raw, 1'361'230'000);
        EXPECT_EQ(bars->low[0].raw, 1'340'000'000);
        EXPECT_EQ(bars->volume[0].raw, 17'000'000);
        EXPECT_EQ(bars->has_spread(), version == 401);
        if (version == 401) {
            EXPECT_EQ(bars->spread[0].raw, 120'000);
        }
    }
    UtcFolder folder;
    EXPECT_THAT(folder.import(folder.write("x.hst", hst(401, 120, 24))).error().text, HasSubstr("bars of 120 minutes"));
    EXPECT_THAT(folder.import(folder.write("y.hst", hst(401, 60, 24).substr(0, 1000))).error().text, HasSubstr("truncated in record 15"));
    EXPECT_THAT(folder.import(folder.write("z.hst", hst(401, 60, 0))).error().text, HasSubstr("without rows"));
}

TEST(Layouts, monthly_bars_are_kept_as_mn1) {
    UtcFolder folder;
    std::string text = "Date,Price\n";
    for (int month = 1; month <= 12; ++month) text += fmt::format("2017-{:02},{}\n", month, 1200 + month);
    const auto report = imported(folder, "gold.csv", text);
    EXPECT_EQ(report.key.timeframe, Timeframe::mn1);
    EXPECT_EQ(report.gaps, 0);
    EXPECT_THAT(report.warnings.at(0), HasSubstr("one value a row"));
}

TEST(Layouts, mt5_rates_read_epochs_as_the_brokers_clock) {
    UtcFolder folder;
    ImportOptions athens;
    athens.timezone = "Europe/Athens";
    const std::string rows = "time,open,high,low,close,tick_volume,spread,real_volume\n1704157200,2064.98,2066.54,2063.82,2065.7,942,20,0\n"
                             "1704158100,2065.7,2066.32,2065.07,2065.11,979,21,0\n1704159000,2065.7,2066.32,2065.07,2065.11,979,22,0\n";
    const auto report = imported(folder, "XAUUSD.csv", rows, athens);
    EXPECT_EQ(report.format, "mt5-rates");
    EXPECT_EQ(to_iso8601(report.first), "2024-01-01T23:00:00Z");
    EXPECT_EQ(folder.store().read_bars(report.key, {})->spread[1].raw, 210'000'000);
    const auto indexed = imported(folder, "GOLD.csv", ",time,open,high,low,close,tick_volume,spread,real_volume\n"
                                                      "0,2024-01-02 01:00:00,1,2,1,2,9,1,0\n1,2024-01-02 01:15:00,1,2,1,2,9,1,0\n", athens);
    EXPECT_EQ(indexed.format, "mt5-rates");
    EXPECT_EQ(to_iso8601(indexed.first), "2024-01-01T23:00:00Z");
    const auto ticks = imported(folder, "EURUSD.csv", "time,bid,ask,last,volume,time_msc,flags,volume_real\n"
                                                      "1704157200,1.1,1.2,0,0,1704157200123,6,0\n", athens);
    Folder nobody_says;
    EXPECT_EQ(nobody_says.import(nobody_says.write("XAUUSD.csv", rows)).error().code, ErrorCode::bad_input);
    EXPECT_EQ(ticks.key.timeframe, Timeframe::ticks);
    EXPECT_EQ(to_iso8601(ticks.first), "2024-01-01T23:00:00.123Z");
}

TEST(Layouts, mt5_ticks_keep_the_side_that_did_not_change) {
    Folder folder;
    ImportOptions athens;
    athens.timezone = "Europe/Athens";
    const auto report = folder.import(folder.write("EURUSD_201801030900_201801030901.csv",
                                                   "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n"
                                                   "2018.01.03\t09:00:00.000\t\t1.20010\t\t\t4\r\n"
                                                   "2018.01.03\t09:00:00.250\t1.20000\t1.20010\t\t\t6\r\n"
                                                   "2018.01.03\t09:00:01.125\t1.20003\t\t\t\t2\r\n"
                                                   "2018.01.03\t09:00:02.500\t\t1.20014\t\t\t4\r\n"), athens);
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->format, "mt5-export");
    EXPECT_EQ(report->rows_stored, 3);
    EXPECT_EQ(report->rows_rejected, 1);  // the bid is not known yet
    EXPECT_EQ(to_iso8601(report->first), "2018-01-03T07:00:00.250Z");
    TickColumns ticks;
    ASSERT_TRUE(folder.store().stream_ticks(report->key, {}, 100, [&](const TickColumns& batch) { return ticks = batch, true; }).has_value());
    ASSERT_EQ(ticks.size(), 3U);
    EXPECT_EQ(ticks.bid[1].raw, 1'200'030'000);
    EXPECT_EQ(ticks.ask[1].raw, 1'200'100'000);
    EXPECT_EQ(ticks.bid[2].raw, 1'200'030'000);
    EXPECT_EQ(ticks.ask[2].raw, 1'200'140'000);
}

TEST(Layouts, klines_of_binance) {
    UtcFolder folder;
    std::string text;
    for (int i = 0; i < 5; ++i) text += fmt::format("{}000,100.5,101,100,100.7,12.5,{}999,1258.1,99,6.1,600.2,0\n", 1'546'300'800 + 60 * i, 1'546'300'859 + 60 * i);
    const auto report = imported(folder, "BTCUSDT-1m-2019-01.csv", text);
    EXPECT_EQ(report.format, "binance");
    EXPECT_EQ(to_string(report.key), "BTCUSDT M1");
    EXPECT_EQ(to_iso8601(report.first), "2019-01-01T00:00:00Z");
    const auto header = imported(folder, "ETHBTC-1m.csv", "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
                                                          "taker_buy_quote_volume,ignore\n" + text);
    EXPECT_EQ(header.rows_stored, 5);
    EXPECT_EQ(header.key.symbol, "ETHBTC");
    const auto downloaded = imported(folder, "x.csv", "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume LTC,Volume USDT,tradecount\n"
                                                      "1546304400000,2019-01-01 01-AM,LTC/USDT,30,31,29,30,7.5,225,1\n1546300800000,2019-01-01 12-AM,LTC/USDT,30,31,29,30,7.25,217,1\n");
    EXPECT_EQ(to_string(downloaded.key), "LTCUSDT H1");
    EXPECT_EQ(folder.store().read_bars(downloaded.key, {})->volume[0].raw, 7'250'000);
}

TEST(Layouts, truefx_without_a_header) {
    UtcFolder folder;
    const auto report = imported(folder, "x.csv", "EUR/USD,20180102 00:00:00.123,1.20001,1.20009\nEUR/USD,20180102 00:00:00.456,1.20002,1.20009\n");
    EXPECT_EQ(report.format, "truefx");
    EXPECT_EQ(to_string(report.key), "EURUSD ticks");
    EXPECT_EQ(to_iso8601(report.last), "2018-01-02T00:00:00.456Z");
}

TEST(Layouts, rates_may_be_negative_and_days_without_a_value_are_no_fault_of_the_file) {
    UtcFolder folder;
    const auto report = imported(folder, "ECBDFR.csv", "observation_date,ECBDFR\n2014-06-10,0.1\n2014-06-11,-0.10\n2014-06-12,.\n2014-06-13,\n2014-06-16,.\n2014-06-17,-0.1\n");
    EXPECT_EQ(report.format, "single-value");
    EXPECT_EQ(report.rows_stored, 3);
    EXPECT_EQ(report.rows_rejected, 3);
    EXPECT_EQ(folder.store().read_bars(report.key, {})->low[1].raw, -100'000'000);
    EXPECT_EQ(report.defects.at(0).kind, "not_positive");
}

TEST(Layouts, one_column_of_a_wide_table_by_name) {
    UtcFolder folder;
    ImportOptions options;
    options.layout.columns = "close=SEK";
    const std::string text = "Date,USD,JPY,SEK,\n2019-05-31,1.1151,121.27,10.639,\n2019-05-30,1.1134,122.1,N/A,\n2019-05-29,1.1156,122.06,10.7,\n";
    const auto report = imported(folder, "eurofxref-hist.csv", text, options);
    EXPECT_EQ(to_string(report.key), "EURSEK D1");
    EXPECT_EQ(report.rows_stored, 2);
    EXPECT_EQ(folder.store().read_bars(report.key, {})->open[1].raw, 10'639'000'000);
}

TEST(Layouts, investing_with_thousands_and_month_first) {
    UtcFolder folder;
    const auto report = imported(folder, "NKY_Historical_Data.csv", "\xEF\xBB\xBF\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n"
                                 "\"03/17/2014\",\"1,366.95\",\"1,382.07\",\"1,392.37\",\"1,362.53\",\"1.25M\",\"-1.11%\"\n"
                                 "\"03/14/2014\",\"998\",\"997\",\"999.5\",\"990\",\"\",\"0.85%\"\n");
    EXPECT_EQ(report.format, "investing");
    EXPECT_EQ(to_iso8601(report.last), "2014-03-17T00:00:00Z");
    const auto bars = folder.store().read_bars(report.key, {});
    EXPECT_EQ(bars->close[1].raw, 1'366'950'000'000);
    EXPECT_EQ(bars->volume[1].raw, 1'250'000'000'000);
}

TEST(Layouts, named_months_of_many_languages) {
    UtcFolder folder;
    int at = 0;
    for (const char* date : {"17 March 2014", "Mar 17, 2014", "17-Mar-2014", "17. März 2014", "17 mars 2014", "17 de marzo de 2014",
                             "2014-mar-17", "17.MÄR.2014", "17 marca 2014", "17 марта 2014", "17 МАР 2014", "17 mrt 2014"}) {
        const auto report = imported(folder, fmt::format("EUR{:c}SD.csv", 'A' + at++),
                                     fmt::format("time;open;high;low;close\n{} 10:00;1;2;1;2\n{} 11:00;1;2;1;2\n", date, date));
        EXPECT_EQ(to_iso8601(report.first), "2014-03-17T10:00:00Z") << date;
    }
    EXPECT_EQ(month_of_name("f\xE9vrier"), 2);
    EXPECT_EQ(month_of_name("Août"), 8);
    EXPECT_EQ(month_of_name("października"), 10);
    EXPECT_EQ(month_of_name("Şubat"), 2);
    for (const char* word : {"", "ma", "marx", "янвв", "time"}) EXPECT_EQ(month_of_name(word), 0) << word;
}

}  // namespace
}  // namespace aitrading::market
