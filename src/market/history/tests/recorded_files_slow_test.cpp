// Every bar and tick file of the recorded data whose layout is known, against the counts and times of its README (times
// converted from the file's clock by hand).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "market/history/import_many.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

struct Recorded {
    const char* file;
    const char* symbol;
    const char* timeframe;
    const char* format;
    int digits;                        ///< decimals of the prices, counted over the whole file
    std::int64_t rows;
    const char* first;
    const char* last;
    std::int64_t gaps = -1;            ///< -1: the README does not say
    const char* timezone = "";         ///< as `--timezone`
    std::int64_t rejected = 0;
    const char* defect = "";           ///< kind of the rejected rows
    const char* columns = "";          ///< as `--columns`
};

/// Bars of a minute and ticks by histdata.com.
const std::vector<Recorded>& histdata() {
    static const std::vector<Recorded> list{
        {"histdata/DAT_ASCII_EURUSD_M1_2018.csv.gz", "EURUSD", "M1", "histdata", 5, 372607, "2018-01-01T22:00:00Z", "2018-12-31T21:59:00Z", 798},
        {"histdata/DAT_ASCII_EURUSD_M1_2019_01-05.csv.gz", "EURUSD", "M1", "histdata", 5, 154683, "2019-01-01T22:02:00Z", "2019-05-31T20:59:00Z", 46},
        {"histdata/DAT_ASCII_GBPUSD_M1_2018.csv.gz", "GBPUSD", "M1", "histdata", 5, 372261, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 1031},
        {"histdata/DAT_ASCII_GBPUSD_M1_2019_01-05.csv.gz", "GBPUSD", "M1", "histdata", 5, 154619, "2019-01-01T22:06:00Z", "2019-05-31T20:59:00Z", 59},
        {"histdata/DAT_ASCII_USDJPY_M1_2018.csv.gz", "USDJPY", "M1", "histdata", 3, 371800, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 1567},
        {"histdata/DAT_ASCII_USDJPY_M1_2019_01-05.csv.gz", "USDJPY", "M1", "histdata", 3, 154968, "2019-01-01T22:00:00Z", "2019-05-31T20:59:00Z", 232},
        {"histdata/DAT_ASCII_XAUUSD_M1_2018.csv.gz", "XAUUSD", "M1", "histdata", 3, 353778, "2018-01-01T23:01:00Z", "2018-12-31T21:58:00Z", 475},
        {"histdata/DAT_ASCII_XAUUSD_M1_2019_01-05.csv.gz", "XAUUSD", "M1", "histdata", 3, 145602, "2019-01-01T23:00:00Z", "2019-05-31T20:58:00Z", 563},
        {"histdata/DAT_ASCII_USDCAD_M1_2018.csv.gz", "USDCAD", "M1", "histdata", 5, 367942, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 4884},
        {"histdata/DAT_ASCII_USDCAD_M1_2019_01-05.csv.gz", "USDCAD", "M1", "histdata", 5, 154531, "2019-01-01T22:06:00Z", "2019-05-31T20:59:00Z", 45},
        {"histdata/DAT_ASCII_USDCHF_M1_2018.csv.gz", "USDCHF", "M1", "histdata", 5, 370264, "2018-01-01T22:00:00Z", "2018-12-31T21:58:00Z", 2412},
        {"histdata/DAT_ASCII_USDCHF_M1_2019_01-05.csv.gz", "USDCHF", "M1", "histdata", 5, 153915, "2019-01-01T22:05:00Z", "2019-05-31T20:59:00Z", 629},
        {"histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz", "SPXUSD", "M1", "histdata", 3, 310381, "2018-01-01T21:30:00Z", "2018-12-31T21:13:00Z", 22772},
        {"histdata/DAT_ASCII_SPXUSD_M1_2019_01-05.csv.gz", "SPXUSD", "M1", "histdata", 3, 128924, "2019-01-01T23:00:00Z", "2019-05-31T20:14:00Z", 7909},
        {"histdata/DAT_ASCII_EURUSD_T_sample.csv", "EURUSD", "ticks", "histdata-ticks", 5, 300, "2020-01-01T22:00:00.065Z", "2020-01-01T22:20:57.945Z"},
    };
    return list;
}

/// Bars and ticks by brokers, exchanges and collectors of theirs.
const std::vector<Recorded>& quoted() {
    static const std::vector<Recorded> list{
        {"ejtrader/GBPUSDh1_to_2019-05.csv.gz", "GBPUSD", "H1", "ejtrader", 5, 40447, "2012-11-16T04:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/USDJPYh1_to_2019-05.csv.gz", "USDJPY", "H1", "ejtrader", 3, 40448, "2012-11-16T11:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/XAUUSDh1_to_2019-05.csv.gz", "XAUUSD", "H1", "ejtrader", 2, 41323, "2012-05-17T05:00:00Z", "2019-05-31T20:00:00Z"},
        {"ejtrader/USDCADh1_to_2019-05.csv.gz", "USDCAD", "H1", "ejtrader", 5, 40449, "2012-11-16T17:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/USDCHFh1_to_2019-05.csv.gz", "USDCHF", "H1", "ejtrader", 5, 40449, "2012-11-15T13:00:00Z", "2019-05-31T20:00:00Z", 11},
        {"ejtrader/AUDUSDh1_to_2019-05.csv.gz", "AUDUSD", "H1", "ejtrader", 5, 40448, "2012-11-16T09:00:00Z", "2019-05-31T20:00:00Z", 10},
        {"ejtrader/EURUSDh4_to_2019-05.csv.gz", "EURUSD", "H4", "ejtrader", 5, 10106, "2012-11-26T19:00:00Z", "2019-05-31T17:00:00Z"},
        {"ejtrader/EURUSDd1_to_2019-05.csv.gz", "EURUSD", "D1", "ejtrader", 5, 1684, "2012-12-03T23:00:00Z", "2019-05-30T21:00:00Z"},
        {"dukascopy/EURUSD_H1_to_2019-05.csv.gz", "EURUSD", "H1", "dukascopy", 5, 41427, "2012-10-07T23:00:00Z", "2019-05-31T20:00:00Z", 9},
        {"mt5-export/EURUSD_H1_2015-01_2015-03.csv", "EURUSD", "H1", "mt5-export", 5, 1501, "2015-01-02T07:00:00Z", "2015-03-31T20:00:00Z", -1, "", 63, "day_in_bar"},
        {"mt5-export/US30m_H1_2024-01_2024-03.csv", "US30m", "H1", "mt5-export", 1, 1431, "2024-01-01T23:00:00Z", "2024-03-31T23:00:00Z", -1, "UTC"},
        {"mt5-export/US30m_H4_2024-01_2024-03.csv", "US30m", "H4", "mt5-export", 1, 390, "2024-01-01T20:00:00Z", "2024-03-31T20:00:00Z", -1, "UTC"},
        {"mt5-export/US30m_Daily_2024-01_2024-03.csv", "US30m", "D1", "mt5-export", 1, 77, "2024-01-01T00:00:00Z", "2024-03-31T00:00:00Z", -1, "UTC"},
        {"mt5-copyrates/XAUUSD_M15_sample.csv", "XAUUSD", "M15", "mt5-rates", 2, 100, "2024-01-01T23:00:00Z", "2024-01-03T00:45:00Z", -1, "Europe/Athens"},
        {"mt5-copyrates/EURUSD_M15_sample.csv", "EURUSD", "M15", "mt5-rates", 5, 100, "2024-05-15T05:00:00Z", "2024-05-16T05:45:00Z", -1, "Europe/Athens"},
        {"lean/forex/oanda/hour/eurusd.zip", "EURUSD", "H1", "lean", 5, 74439, "2007-01-01T21:00:00Z", "2018-12-31T21:00:00Z", 16},
        {"lean/cfd/oanda/hour/xauusd.zip", "XAUUSD", "H1", "lean", 3, 76499, "2006-03-20T00:00:00Z", "2019-02-25T23:00:00Z"},
        {"lean/forex/oanda/daily/eurusd.zip", "EURUSD", "D1", "lean", 5, 3738, "2007-01-01T00:00:00Z", "2018-12-31T00:00:00Z"},
        {"lean/forex/oanda/daily/gbpusd.zip", "GBPUSD", "D1", "lean", 5, 3738, "2007-01-01T00:00:00Z", "2018-12-31T00:00:00Z"},
        {"lean/cfd/oanda/daily/xauusd.zip", "XAUUSD", "D1", "lean", 3, 3949, "2006-03-20T00:00:00Z", "2019-02-25T00:00:00Z"},
        {"lean/cfd/oanda/minute/xauusd/20140506_quote.zip", "XAUUSD", "M1", "lean-day", 3, 1385, "2014-05-06T00:00:00Z", ""},
        {"lean/forex/oanda/minute/eurusd/20140506_quote.zip", "EURUSD", "M1", "lean-day", 5, 1389, "2014-05-06T00:00:00Z", ""},
        {"fxcm/gbpusd-m1-bid-2012.csv.gz", "GBPUSD", "M1", "generic", 5, 30117, "2012-02-01T00:00:00Z", "2012-03-01T00:00:00Z", 107},
        {"fxcm/usdjpy-m1-ask-2013.csv.gz", "USDJPY", "M1", "generic", 3, 28761, "2013-02-01T00:00:00Z", "2013-03-01T00:00:00Z", 34},
        {"lean/cfd/oanda/tick/xauusd/20140501_quote.zip", "XAUUSD", "ticks", "lean-day", 3, 129744, "2014-05-01T00:00:00.043142Z", ""},
        {"lean/cfd/oanda/tick/xauusd/20140505_quote.zip", "XAUUSD", "ticks", "lean-day", 3, 186204, "2014-05-05T00:00:00.040186800Z", ""},
        {"lean/cfd/oanda/tick/xauusd/20140506_quote.zip", "XAUUSD", "ticks", "lean-day", 3, 161552, "2014-05-06T00:00:00.808067200Z", ""},
        {"lean/cfd/oanda/tick/xauusd/20140509_quote.zip", "XAUUSD", "ticks", "lean-day", 3, 141299, "2014-05-09T00:00:00.356017Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140501_quote.zip", "EURUSD", "ticks", "lean-day", 5, 24179, "2014-05-01T00:00:00.292Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140505_quote.zip", "EURUSD", "ticks", "lean-day", 5, 25177, "2014-05-05T00:00:23.668Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140506_quote.zip", "EURUSD", "ticks", "lean-day", 5, 44864, "2014-05-06T00:00:00.158Z", ""},
        {"lean/forex/oanda/tick/eurusd/20140509_quote.zip", "EURUSD", "ticks", "lean-day", 5, 47634, "2014-05-09T00:00:01.216Z", ""},
        {"lean/forex/fxcm/tick/eurusd/20140501_quote.zip", "EURUSD", "ticks", "lean-day", 5, 51053, "2014-05-01T00:00:01.787Z", ""},
        {"lean/forex/fxcm/tick/eurusd/20140505_quote.zip", "EURUSD", "ticks", "lean-day", 5, 58143, "2014-05-05T00:00:03.074Z", ""},
        {"truefx/usdjpy-ticks.csv.gz", "USDJPY", "ticks", "generic", 3, 1000, "2013-01-01T22:00:00.295Z", "2013-01-01T22:35:13.494Z"},
        {"crypto/Binance_BTCUSDT_1h_to_2019-05.csv.gz", "BTCUSDT", "H1", "cryptodatadownload", 2, 15664, "2017-08-17T04:00:00Z", "2019-05-31T23:00:00Z"},
        {"crypto/Binance_ETHUSDT_1h_to_2019-05.csv.gz", "ETHUSDT", "H1", "cryptodatadownload", 2, 15664, "2017-08-17T04:00:00Z", "2019-05-31T23:00:00Z"},
        {"fxcm/gbpusd-m1-ask-2012.csv.gz", "GBPUSD", "M1", "generic", 5, 30117, "2012-02-01T00:00:00Z", "2012-03-01T00:00:00Z", 107},
        {"fxcm/usdjpy-m1-bid-2013.csv.gz", "USDJPY", "M1", "generic", 3, 28761, "2013-02-01T00:00:00Z", "2013-03-01T00:00:00Z", 34},
        {"mt4/AUDUSD43200.hst", "AUDUSD", "MN1", "mt4-hst", 5, 264, "1993-04-01T00:00:00Z", "2015-03-01T00:00:00Z"},
        {"dukascopy/GBPJPY/2012/11/03/00h_ticks.bi5", "GBPJPY", "ticks", "dukascopy-bi5", 3, 2054, "2012-12-03T00:00:01.883Z", ""},
        {"dukascopy/GBPJPY/2012/11/03/23h_ticks.bi5", "GBPJPY", "ticks", "dukascopy-bi5", 3, 1675, "", "2012-12-03T23:59:59.629Z"},
    };
    return list;
}

/// One value or bar a day or month.
const std::vector<Recorded>& daily() {
    static const std::vector<Recorded> list{
        {"daily/yahoo/DXY_to_2019-05.csv.gz", "DXY", "D1", "open-close", 2, 15043, "1971-01-04T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 2734, "no_value"},
        {"daily/yahoo/GOLD_to_2019-05.csv.gz", "GOLD", "D1", "open-close", 1, 4781, "2000-08-30T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 81, "no_value"},
        {"daily/yahoo/TNX_to_2019-05.csv.gz", "TNX", "D1", "open-close", 3, 12891, "1970-01-02T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 526, "no_value"},
        {"daily/yahoo/GSPC_to_2019-05.csv.gz", "GSPC", "D1", "open-close", 4, 12465, "1970-01-02T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/datasets/vix-daily_to_2019-05.csv.gz", "vix", "D1", "generic", 2, 7408, "1990-01-02T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 47, "outside_high_low"},
        {"daily/datasets/wti-daily_to_2019-05.csv.gz", "wti", "D1", "single-value", 2, 8423, "1986-01-02T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/datasets/brent-daily_to_2019-05.csv.gz", "brent", "D1", "single-value", 2, 8130, "1987-05-20T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/datasets/gold-monthly_to_2019-05.csv.gz", "gold", "MN1", "single-value", 3, 2237, "1833-01-01T00:00:00Z", "2019-05-01T00:00:00Z"},
        {"daily/fred/DGS10_to_2019-05.csv.gz", "DGS10", "D1", "single-value", 2, 14338, "1962-01-02T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/fred/DGS2_to_2019-05.csv.gz", "DGS2", "D1", "single-value", 2, 5065, "2000-01-03T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 209, "no_value"},
        {"daily/fred/DFF_to_2019-05.csv.gz", "DFF", "D1", "single-value", 2, 23711, "1954-07-01T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/fred/T10YIE_to_2019-05.csv.gz", "T10YIE", "D1", "single-value", 2, 4282, "2003-01-02T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 175, "no_value"},
        {"daily/fred/DTWEXBGS_to_2019-05.csv.gz", "DTWEXBGS", "D1", "single-value", 4, 3500, "2006-01-02T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 131, "no_value"},
        {"daily/fred/DEXJPUS_to_2019-05.csv.gz", "DEXJPUS", "D1", "single-value", 2, 12140, "1971-01-04T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/fred/DEXUSEU_to_2019-05.csv.gz", "DEXUSEU", "D1", "single-value", 4, 5125, "1999-01-04T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/fred/ECBDFR_to_2019-05.csv.gz", "ECBDFR", "D1", "single-value", 2, 7091, "2000-01-01T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/usdsek/USDSEK_to_2019-05.csv.gz", "USDSEK", "D1", "generic", 5, 5193, "2005-01-03T00:00:00Z", "2019-05-31T00:00:00Z"},
        {"daily/investing/XAU_USD_Historical_Data.csv.gz", "XAUUSD", "D1", "generic", 2, 5000, "1995-01-02T00:00:00Z", "2014-03-17T00:00:00Z", -1, "", 0, "", "time=Date,close=Price"},
        {"daily/ecb/eurofxref-hist_to_2019-05.csv.gz", "EURUSD", "D1", "rates-table", 4, 5225, "1999-01-04T00:00:00Z", "2019-05-31T00:00:00Z", -1, "", 0, "", "close=USD"},
        {"daily/ecb/eurofxref-hist_to_2019-05.csv.gz", "EURLTL", "D1", "rates-table", 4, 5225, "1999-01-04T00:00:00Z", "2014-12-31T00:00:00Z", -1, "", 1128, "no_value", "close=LTL"},
    };
    return list;
}

void check_import(const std::filesystem::path& data, const Recorded& expected) {
    SCOPED_TRACE(expected.file);
    Folder folder;
    ImportOptions options;
    options.timezone = expected.timezone;
    options.layout.columns = expected.columns;
    const auto report = folder.import(data / expected.file, options);
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->key.symbol, expected.symbol);
    EXPECT_EQ(name(report->key.timeframe), expected.timeframe);
    EXPECT_EQ(report->rows_read, expected.rows);
    EXPECT_EQ(report->format, expected.format);
    EXPECT_EQ(report->digits, expected.digits);
    EXPECT_EQ(report->rows_rejected, expected.rejected) << (report->defects.empty() ? "" : report->defects[0].text);
    if (expected.rejected > 0) {
        const auto of_kind = [&](const Defect& defect) { return defect.kind == expected.defect && defect.count == expected.rejected; };
        EXPECT_TRUE(std::ranges::any_of(report->defects, of_kind));
    }
    EXPECT_EQ(report->rows_stored, expected.rows - expected.rejected);
    if (*expected.first != '\0') {
        EXPECT_EQ(to_iso8601(report->first), expected.first);
    }
    if (*expected.last != '\0') {
        EXPECT_EQ(to_iso8601(report->last), expected.last);
    }
    if (expected.gaps >= 0) {
        EXPECT_EQ(report->gaps, expected.gaps);
    }
    EXPECT_EQ(folder.store().describe(report->key)->rows, expected.rows - expected.rejected);
    EXPECT_EQ(folder.store().describe(report->key)->digits, expected.digits);
}

TEST(RecordedFiles, import_with_the_rows_and_times_that_were_counted) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    for (const auto* list : {&histdata(), &quoted(), &daily()})
        for (const Recorded& expected : *list) ASSERT_NO_FATAL_FAILURE(check_import(data, expected));
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

TEST(RecordedFiles, a_folder_of_hours_becomes_one_series) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    const auto found = find_files(std::vector{data / "dukascopy/GBPJPY"});
    ASSERT_EQ(found->files.size(), 24U);
    std::int64_t rows = 0;
    for (const FileOutcome& outcome : import_files(found->files, {}, folder.store())) {
        ASSERT_TRUE(outcome.report.has_value()) << outcome.report.error().text;
        EXPECT_EQ(outcome.report->rows_rejected, 0);
        rows += outcome.report->rows_stored;
    }
    EXPECT_EQ(rows, 58953);
    const SeriesKey key{"GBPJPY", Timeframe::ticks};
    EXPECT_EQ(folder.store().describe(key)->rows, 58953);
    Tick first;
    ASSERT_TRUE(folder.store().stream_ticks(key, {}, 1, [&](const TickColumns& batch) {
        first = batch.tick(0);
        return false;
    }).has_value());
    EXPECT_EQ(first, (Tick{*parse_iso8601("2012-12-03T00:00:01.883Z"), {132'141'000'000}, {132'158'000'000}, {1'130'000}, {1'500'000}}));
}

TEST(RecordedFiles, bid_and_ask_of_fxcm_are_joined_and_their_crossed_minutes_counted) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    struct Joined {
        const char* pair;
        int year;
        std::int64_t rows, crossed;
    };
    for (const Joined& expected : {Joined{"gbpusd", 2012, 30117, 347}, Joined{"usdjpy", 2013, 28761, 683}}) {
        Folder folder;
        const auto file = [&](const char* side) { return data / fmt::format("fxcm/{}-m1-{}-{}.csv.gz", expected.pair, side, expected.year); };
        const auto outcomes = import_files(std::vector{file("ask"), file("bid")}, {}, folder.store());
        for (const FileOutcome& outcome : outcomes) EXPECT_EQ(outcome.report->rows_stored, expected.rows);
        const auto& defects = outcomes[1].report->defects;
        const auto found = std::ranges::find(defects, "crossed", &Defect::kind);
        ASSERT_NE(found, defects.end());
        EXPECT_EQ(found->count, expected.crossed);
        EXPECT_TRUE(folder.store().describe(outcomes[0].report->key)->has_ask);
    }
}

TEST(RecordedFiles, investing_is_read_whole_and_refused_for_its_prices) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    const auto report = folder.import(data / "daily/investing/XAU_USD_Historical_Data.csv.gz");
    ASSERT_FALSE(report.has_value());
    EXPECT_NE(report.error().text.find("2824 of 5000 rows are unsound, 2824 of them so: outside_high_low"), std::string::npos)
        << report.error().text;
}

TEST(RecordedFiles, a_table_of_currencies_asks_which) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    const auto report = folder.import(data / "daily/ecb/eurofxref-hist_to_2019-05.csv.gz");
    EXPECT_EQ(report.error().code, ErrorCode::bad_input);
    EXPECT_NE(report.error().text.find("--columns close=USD --symbol EURUSD"), std::string::npos) << report.error().text;
}

}  // namespace
}  // namespace aitrading::market
