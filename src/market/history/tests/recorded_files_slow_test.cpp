// Every bar and tick file of the recorded data whose layout is known, against the counts and times of its README (times
// converted from the file's clock by hand).
#include <gtest/gtest.h>

#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

struct Recorded {
    const char* file;
    const char* symbol;
    const char* timeframe;
    std::int64_t rows;
    const char* first;
    const char* last;
    std::int64_t gaps = -1;            ///< -1: the README does not say
    const char* timezone = "";         ///< as `--timezone`
    std::int64_t refused = 0;          ///< unsound rows
};

const std::vector<Recorded>& recorded() {
    static const std::vector<Recorded> list{
        {"histdata/DAT_ASCII_EURUSD_M1_2018.csv.gz", "EURUSD", "M1", 372607, "2018-01-01T22:00:00Z", "2018-12-31T21:59:00Z", 798},
        {"histdata/DAT_ASCII_EURUSD_M1_2019_01-05.csv.gz", "EURUSD", "M1", 154683, "2019-01-01T22:02:00Z", "2019-05-31T20:59:00Z", 46},
        {"histdata/DAT_ASCII_GBPUSD_M1_2018.csv.gz", "GBPUSD", "M1", 372261, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 1031},
        {"histdata/DAT_ASCII_GBPUSD_M1_2019_01-05.csv.gz", "GBPUSD", "M1", 154619, "2019-01-01T22:06:00Z", "2019-05-31T20:59:00Z", 59},
        {"histdata/DAT_ASCII_USDJPY_M1_2018.csv.gz", "USDJPY", "M1", 371800, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 1567},
        {"histdata/DAT_ASCII_USDJPY_M1_2019_01-05.csv.gz", "USDJPY", "M1", 154968, "2019-01-01T22:00:00Z", "2019-05-31T20:59:00Z", 232},
        {"histdata/DAT_ASCII_XAUUSD_M1_2018.csv.gz", "XAUUSD", "M1", 353778, "2018-01-01T23:01:00Z", "2018-12-31T21:58:00Z", 475},
        {"histdata/DAT_ASCII_XAUUSD_M1_2019_01-05.csv.gz", "XAUUSD", "M1", 145602, "2019-01-01T23:00:00Z", "2019-05-31T20:58:00Z", 563},
        {"histdata/DAT_ASCII_USDCAD_M1_2018.csv.gz", "USDCAD", "M1", 367942, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 4884},
        {"histdata/DAT_ASCII_USDCAD_M1_2019_01-05.csv.gz", "USDCAD", "M1", 154531, "2019-01-01T22:06:00Z", "2019-05-31T20:59:00Z", 45},
        {"histdata/DAT_ASCII_USDCHF_M1_2018.csv.gz", "USDCHF", "M1", 370264, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 2412},
        {"histdata/DAT_ASCII_USDCHF_M1_2019_01-05.csv.gz", "USDCHF", "M1", 153915, "2019-01-01T22:05:00Z", "2019-05-31T20:59:00Z", 629},
        {"histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz", "SPXUSD", "M1", 310381, "2018-01-01T21:30:00Z", "2018-12-31T21:13:00Z", 22772},
        {"histdata/DAT_ASCII_SPXUSD_M1_2019_01-05.csv.gz", "SPXUSD", "M1", 128924, "2019-01-01T23:00:00Z", "2019-05-31T20:14:00Z", 7909},
        {"histdata/DAT_ASCII_EURUSD_T_sample.csv", "EURUSD", "ticks", 300, "2020-01-01T22:00:00.065Z", "2020-01-01T22:20:57.945Z"},
        {"ejtrader/GBPUSDh1_to_2019-05.csv.gz", "GBPUSD", "H1", 40447, "2012-11-16T04:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/USDJPYh1_to_2019-05.csv.gz", "USDJPY", "H1", 40448, "2012-11-16T11:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/XAUUSDh1_to_2019-05.csv.gz", "XAUUSD", "H1", 41323, "2012-05-17T05:00:00Z", "2019-05-31T20:00:00Z"},
        {"ejtrader/USDCADh1_to_2019-05.csv.gz", "USDCAD", "H1", 40449, "2012-11-16T17:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/USDCHFh1_to_2019-05.csv.gz", "USDCHF", "H1", 40449, "2012-11-15T13:00:00Z", "2019-05-31T20:00:00Z", 11},
        {"ejtrader/AUDUSDh1_to_2019-05.csv.gz", "AUDUSD", "H1", 40448, "2012-11-16T09:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/EURUSDh4_to_2019-05.csv.gz", "EURUSD", "H4", 10106, "2012-11-26T19:00:00Z", "2019-05-31T17:00:00Z"},
        {"ejtrader/EURUSDd1_to_2019-05.csv.gz", "EURUSD", "D1", 1684, "2012-12-03T23:00:00Z", "2019-05-30T21:00:00Z"},
        {"dukascopy/EURUSD_H1_to_2019-05.csv.gz", "EURUSD", "H1", 41427, "2012-10-07T23:00:00Z", "2019-05-31T20:00:00Z", 9},
        {"mt5-export/EURUSD_H1_2015-01_2015-03.csv", "EURUSD", "H1", 1501, "2015-01-02T07:00:00Z", "2015-03-31T20:00:00Z", -1, "", 54},
        {"mt5-export/US30m_H1_2024-01_2024-03.csv", "US30m", "H1", 1431, "2024-01-01T23:00:00Z", "2024-03-31T23:00:00Z", -1, "UTC"},
        {"mt5-export/US30m_H4_2024-01_2024-03.csv", "US30m", "H4", 390, "2024-01-01T20:00:00Z", "2024-03-31T20:00:00Z", -1, "UTC"},
        {"mt5-export/US30m_Daily_2024-01_2024-03.csv", "US30m", "D1", 77, "2024-01-01T00:00:00Z", "2024-03-31T00:00:00Z", -1, "UTC"},
        {"mt5-copyrates/XAUUSD_M15_sample.csv", "XAUUSD", "M15", 100, "2024-01-01T23:00:00Z", "2024-01-03T00:45:00Z", -1, "Europe/Athens"},
        {"mt5-copyrates/EURUSD_M15_sample.csv", "EURUSD", "M15", 100, "2024-05-15T05:00:00Z", "2024-05-16T05:45:00Z", -1, "Europe/Athens"},
        {"lean/forex/oanda/hour/eurusd.zip", "EURUSD", "H1", 74439, "2007-01-01T21:00:00Z", "2018-12-31T21:00:00Z", 16},
        {"lean/cfd/oanda/hour/xauusd.zip", "XAUUSD", "H1", 76499, "2006-03-20T00:00:00Z", "2019-02-25T23:00:00Z"},
        {"lean/forex/oanda/daily/eurusd.zip", "EURUSD", "D1", 3738, "2007-01-01T00:00:00Z", "2018-12-31T00:00:00Z"},
        {"lean/forex/oanda/daily/gbpusd.zip", "GBPUSD", "D1", 3738, "2007-01-01T00:00:00Z", "2018-12-31T00:00:00Z"},
        {"lean/cfd/oanda/daily/xauusd.zip", "XAUUSD", "D1", 3949, "2006-03-20T00:00:00Z", "2019-02-25T00:00:00Z"},
        {"lean/cfd/oanda/minute/xauusd/20140506_quote.zip", "XAUUSD", "M1", 1385, "2014-05-06T00:00:00Z", ""},
        {"lean/forex/oanda/minute/eurusd/20140506_quote.zip", "EURUSD", "M1", 1389, "2014-05-06T00:00:00Z", ""},
        {"fxcm/gbpusd-m1-bid-2012.csv.gz", "GBPUSD", "M1", 30117, "2012-02-01T00:00:00Z", "2012-03-01T00:00:00Z", 107},
        {"fxcm/usdjpy-m1-ask-2013.csv.gz", "USDJPY", "M1", 28761, "2013-02-01T00:00:00Z", "2013-03-01T00:00:00Z", 34},
        {"lean/cfd/oanda/tick/xauusd/20140501_quote.zip", "XAUUSD", "ticks", 129744, "2014-05-01T00:00:00.043142Z", ""},
        {"lean/cfd/oanda/tick/xauusd/20140505_quote.zip", "XAUUSD", "ticks", 186204, "2014-05-05T00:00:00.040186800Z", ""},
        {"lean/cfd/oanda/tick/xauusd/20140506_quote.zip", "XAUUSD", "ticks", 161552, "2014-05-06T00:00:00.808067200Z", ""},
        {"lean/cfd/oanda/tick/xauusd/20140509_quote.zip", "XAUUSD", "ticks", 141299, "2014-05-09T00:00:00.356017Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140501_quote.zip", "EURUSD", "ticks", 24179, "2014-05-01T00:00:00.292Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140505_quote.zip", "EURUSD", "ticks", 25177, "2014-05-05T00:00:23.668Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140506_quote.zip", "EURUSD", "ticks", 44864, "2014-05-06T00:00:00.158Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140509_quote.zip", "EURUSD", "ticks", 47634, "2014-05-09T00:00:01.216Z", ""},
        {"lean/forex/fxcm/tick/eurusd/20140501_quote.zip", "EURUSD", "ticks", 51053, "2014-05-01T00:00:01.787Z", ""},
        {"lean/forex/fxcm/tick/eurusd/20140505_quote.zip", "EURUSD", "ticks", 58143, "2014-05-05T00:00:03.074Z", ""},
        {"truefx/usdjpy-ticks.csv.gz", "USDJPY", "ticks", 1000, "2013-01-01T22:00:00.295Z", "2013-01-01T22:35:13.494Z"},
        {"crypto/Binance_BTCUSDT_1h_to_2019-05.csv.gz", "BTCUSDT", "H1", 15664, "2017-08-17T04:00:00Z", "2019-05-31T23:00:00Z"},
        {"crypto/Binance_ETHUSDT_1h_to_2019-05.csv.gz", "ETHUSDT", "H1", 15664, "2017-08-17T04:00:00Z", "2019-05-31T23:00:00Z"},
    };
    return list;
}

TEST(RecordedFiles, import_with_the_rows_and_times_that_were_counted) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    for (const Recorded& expected : recorded()) {
        SCOPED_TRACE(expected.file);
        Folder folder;
        ImportOptions options;
        options.timezone = expected.timezone;
        const auto report = folder.import(data / expected.file, options);
        ASSERT_TRUE(report.has_value()) << report.error().text;
        EXPECT_EQ(report->key.symbol, expected.symbol);
        EXPECT_EQ(name(report->key.timeframe), expected.timeframe);
        EXPECT_EQ(report->rows_read, expected.rows);
        EXPECT_EQ(report->rows_rejected, expected.refused) << (report->defects.empty() ? "" : report->defects[0].text);
        EXPECT_EQ(report->rows_stored, expected.rows - expected.refused);
        EXPECT_EQ(to_iso8601(report->first), expected.first);
        if (*expected.last != '\0') {
            EXPECT_EQ(to_iso8601(report->last), expected.last);
        }
        if (expected.gaps >= 0) {
            EXPECT_EQ(report->gaps, expected.gaps);
        }
        EXPECT_EQ(folder.store().describe(report->key)->rows, expected.rows - expected.refused);
    }
}

TEST(RecordedFiles, give_prices_of_whole_points_their_place) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    for (const char* file : {"ejtrader/GBPUSDh1_to_2019-05.csv.gz", "ejtrader/USDJPYh1_to_2019-05.csv.gz",
                             "ejtrader/XAUUSDh1_to_2019-05.csv.gz"})
        ASSERT_TRUE(folder.import(data / file).has_value()) << file;
    const auto pound = folder.store().read_bars({"GBPUSD", Timeframe::h1}, {});
    EXPECT_EQ(pound->open[0].raw, 1'586'110'000);
    EXPECT_EQ(pound->digits, 5);
    EXPECT_EQ(folder.store().describe({"USDJPY", Timeframe::h1})->digits, 3);
    EXPECT_EQ(folder.store().describe({"XAUUSD", Timeframe::h1})->digits, 2);
}

TEST(RecordedFiles, keep_crossed_quotes_and_say_how_many) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    const auto report = folder.import(data / "lean/forex/fxcm/tick/eurusd/20140501_quote.zip");
    ASSERT_TRUE(report.has_value());
    ASSERT_EQ(report->defects.size(), 2U);
    EXPECT_EQ(report->defects[0].kind, "crossed");
    EXPECT_EQ(report->defects[1].kind, "no_volume");
    EXPECT_NEAR(static_cast<double>(report->defects[0].count), 0.08 * 51053, 0.02 * 51053);
}

}  // namespace
}  // namespace aitrading::market
