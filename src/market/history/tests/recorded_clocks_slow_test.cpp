// The clock of every intraday file of the recorded data against the clock that was measured by matching closes between
// independent sources (its README).
#include <gtest/gtest.h>

#include <algorithm>

#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

enum class Told { by_data, by_layout, asked };

struct Measured {
    const char* file;
    const char* clock;
    Told told = Told::by_data;
    const char* shift_from = "";  ///< Saturday before the weeks in which the clock differs from most weeks
};

constexpr const char* european_dates = "America/New_York until 2019-03-09, Europe/London-05:00 until 2019-03-30, America/New_York";
constexpr const char* two_brokers = "Europe/Berlin until 2014-11-22, Europe/Athens";

constexpr Measured measured[]{
    {"histdata/DAT_ASCII_EURUSD_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_GBPUSD_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_USDJPY_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_XAUUSD_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_USDCAD_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_USDCHF_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz", "America/New_York"},
    {"histdata/DAT_ASCII_EURUSD_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_GBPUSD_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_USDJPY_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_XAUUSD_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_USDCAD_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_USDCHF_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_SPXUSD_M1_2019_01-05.csv.gz", european_dates, Told::by_data, "2019-03-09"},
    {"histdata/DAT_ASCII_EURUSD_T_sample.csv", "America/New_York", Told::by_layout},
    {"ejtrader/GBPUSDh1_to_2019-05.csv.gz", two_brokers, Told::by_data, "2012-11-10"},
    {"ejtrader/USDJPYh1_to_2019-05.csv.gz", two_brokers, Told::by_data, "2012-11-10"},
    {"ejtrader/USDCADh1_to_2019-05.csv.gz", two_brokers, Told::by_data, "2012-11-10"},
    {"ejtrader/USDCHFh1_to_2019-05.csv.gz", two_brokers, Told::by_data, "2012-11-10"},
    {"ejtrader/AUDUSDh1_to_2019-05.csv.gz", two_brokers, Told::by_data, "2012-11-10"},
    {"ejtrader/EURUSDh4_to_2019-05.csv.gz", two_brokers, Told::by_layout},
    {"ejtrader/XAUUSDh1_to_2019-05.csv.gz", "Europe/Athens", Told::by_layout},
    {"mt5-export/EURUSD_H1_2015-01_2015-03.csv", "Europe/Athens"},
    {"mt5-export/US30m_H1_2024-01_2024-03.csv", "UTC"},
    {"mt5-export/US30m_H4_2024-01_2024-03.csv", "", Told::asked},
    {"mt5-copyrates/EURUSD_M15_sample.csv", "", Told::asked},
    {"dukascopy/EURUSD_H1_to_2019-05.csv.gz", "UTC"},
    {"lean/forex/oanda/hour/eurusd.zip", "UTC"},
    {"lean/cfd/oanda/hour/xauusd.zip", "UTC"},
    {"lean/forex/oanda/minute/eurusd/20140506_quote.zip", "UTC", Told::by_layout},
    {"lean/cfd/oanda/minute/xauusd/20140506_quote.zip", "UTC", Told::by_layout},
    {"lean/cfd/oanda/tick/xauusd/20140501_quote.zip", "UTC", Told::by_layout},
    {"lean/forex/oanda/tick/eurusd/20140501_quote.zip", "UTC", Told::by_layout},
    {"fxcm/gbpusd-m1-bid-2012.csv.gz", "UTC", Told::by_layout},
    {"fxcm/gbpusd-m1-ask-2012.csv.gz", "UTC", Told::by_layout},
    {"fxcm/usdjpy-m1-bid-2013.csv.gz", "UTC", Told::by_layout},
    {"fxcm/usdjpy-m1-ask-2013.csv.gz", "UTC", Told::by_layout},
    {"crypto/Binance_BTCUSDT_1h_to_2019-05.csv.gz", "UTC", Told::by_layout},
    {"crypto/Binance_ETHUSDT_1h_to_2019-05.csv.gz", "UTC", Told::by_layout},
};

TEST(RecordedClocks, are_those_that_were_measured) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    for (const Measured& expected : measured) {
        SCOPED_TRACE(expected.file);
        Folder folder;
        const auto report = folder.import(data / expected.file);
        if (expected.told == Told::asked) {
            ASSERT_FALSE(report.has_value()) << report->timezone;
            EXPECT_EQ(report.error().code, ErrorCode::bad_input);
            EXPECT_NE(report.error().text.find("--timezone"), std::string::npos) << report.error().text;
            continue;
        }
        ASSERT_TRUE(report.has_value()) << report.error().text;
        EXPECT_EQ(report->timezone, expected.clock) << report->clock.probability;
        const bool by_data = report->clock.source == ClockSource::data;
        EXPECT_EQ(by_data, expected.told == Told::by_data) << name(report->clock.source) << " " << report->clock.probability;
        const auto shift = std::ranges::find(report->defects, "clock_shift", &Defect::kind);
        ASSERT_EQ(shift != report->defects.end(), *expected.shift_from != '\0');
        if (shift != report->defects.end()) {
            EXPECT_NE(shift->text.find(std::string("from ") + expected.shift_from), std::string::npos) << shift->text;
        }
    }
}

TEST(RecordedClocks, give_way_to_the_timezone_that_the_user_says) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    ImportOptions options;
    options.timezone = "+03:00";
    const auto report = folder.import(data / "mt5-export/US30m_H1_2024-01_2024-03.csv", options);
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->timezone, "+03:00");
    EXPECT_EQ(to_iso8601(report->first), "2024-01-01T20:00:00Z");
    EXPECT_FALSE(report->warnings.empty());
}

}  // namespace
}  // namespace aitrading::market
