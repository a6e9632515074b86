// The defects that the README of the recorded data names, and sound files in which none of them may be seen.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

struct Known {
    const char* file;
    const char* defects;       ///< kinds that must be named, with `:n` for an exact count
    int digits;
    const char* timezone = "";
};

/// Kinds that say that a price, a time or a clock is wrong. What is no defect of the file (a volume that is not written, thin
/// minutes, a late opening) is not among them.
constexpr const char* alarms[]{"duplicate",  "out_of_order",    "clock_shift",     "day_in_bar",      "misfit_bar",       "spike",
                               "crossed",    "false_first_bar", "mixed_timeframe", "missing_week",    "outside_high_low", "high_below_low",
                               "flat",       "float_noise",     "zero",            "hour_missing",    "weekend_row",      "future"};

constexpr Known known[]{
    {"histdata/DAT_ASCII_EURUSD_M1_2018.csv.gz", "no_volume", 5},
    {"histdata/DAT_ASCII_GBPUSD_M1_2018.csv.gz", "no_volume", 5},
    {"histdata/DAT_ASCII_USDJPY_M1_2018.csv.gz", "no_volume", 3},
    {"histdata/DAT_ASCII_XAUUSD_M1_2018.csv.gz", "no_volume", 3},
    {"histdata/DAT_ASCII_USDCAD_M1_2018.csv.gz", "no_volume thin", 5},
    {"histdata/DAT_ASCII_USDCHF_M1_2018.csv.gz", "no_volume", 5},
    {"histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz", "no_volume thin gap", 3},
    {"histdata/DAT_ASCII_EURUSD_M1_2019_01-05.csv.gz", "no_volume clock_shift gap", 5},
    {"histdata/DAT_ASCII_GBPUSD_M1_2019_01-05.csv.gz", "no_volume clock_shift gap", 5},
    {"histdata/DAT_ASCII_USDJPY_M1_2019_01-05.csv.gz", "no_volume clock_shift gap", 3},
    {"histdata/DAT_ASCII_XAUUSD_M1_2019_01-05.csv.gz", "no_volume clock_shift gap", 3},
    {"histdata/DAT_ASCII_USDCAD_M1_2019_01-05.csv.gz", "no_volume clock_shift gap", 5},
    {"histdata/DAT_ASCII_USDCHF_M1_2019_01-05.csv.gz", "no_volume clock_shift gap", 5},
    {"histdata/DAT_ASCII_SPXUSD_M1_2019_01-05.csv.gz", "no_volume clock_shift gap thin", 3},
    {"histdata/DAT_ASCII_EURUSD_T_sample.csv", "no_volume", 5},
    {"ejtrader/GBPUSDh1_to_2019-05.csv.gz", "clock_shift hour_missing gap misfit_bar:1 float_noise", 5},
    {"ejtrader/USDJPYh1_to_2019-05.csv.gz", "clock_shift hour_missing gap misfit_bar:2", 3},
    {"ejtrader/USDCHFh1_to_2019-05.csv.gz", "clock_shift hour_missing gap float_noise misfit_bar", 5},
    {"ejtrader/USDCADh1_to_2019-05.csv.gz", "clock_shift hour_missing gap float_noise", 5},
    {"ejtrader/AUDUSDh1_to_2019-05.csv.gz", "clock_shift hour_missing gap float_noise", 5},
    {"ejtrader/XAUUSDh1_to_2019-05.csv.gz", "gap float_noise", 2},
    {"ejtrader/EURUSDh4_to_2019-05.csv.gz", "float_noise gap", 5},
    {"ejtrader/EURUSDd1_to_2019-05.csv.gz", "float_noise", 5},
    {"mt5-export/EURUSD_H1_2015-01_2015-03.csv", "day_in_bar:63 hour_missing", 5},
    {"mt5-export/US30m_H1_2024-01_2024-03.csv", "hour_missing gap", 1},
    {"mt5-export/US30m_Daily_2024-01_2024-03.csv", "weekend_row:13", 1},
    {"mt5-copyrates/EURUSD_M15_sample.csv", "float_noise", 5, "Europe/Athens"},
    {"mt5-copyrates/XAUUSD_M15_sample.csv", "", 2, "Europe/Athens"},
    {"dukascopy/EURUSD_H1_to_2019-05.csv.gz", "", 5},
    {"lean/forex/oanda/hour/eurusd.zip", "no_volume gap missing_week:1", 5},
    {"lean/cfd/oanda/hour/xauusd.zip", "no_volume gap missing_week:1 hour_missing", 3},
    {"lean/forex/oanda/daily/eurusd.zip", "missing_week:1 weekend_row", 5},
    {"lean/forex/oanda/daily/gbpusd.zip", "missing_week:1 weekend_row", 5},
    {"lean/cfd/oanda/daily/xauusd.zip", "missing_week:1 weekend_row", 3},
    {"lean/forex/oanda/minute/eurusd/20140506_quote.zip", "", 5},
    {"lean/cfd/oanda/minute/xauusd/20140506_quote.zip", "", 3},
    {"fxcm/gbpusd-m1-bid-2012.csv.gz", "no_volume", 5},
    {"fxcm/usdjpy-m1-bid-2013.csv.gz", "no_volume", 3},
    {"lean/forex/fxcm/tick/eurusd/20140501_quote.zip", "crossed", 5},
    {"lean/forex/fxcm/tick/eurusd/20140505_quote.zip", "crossed", 5},
    {"lean/forex/oanda/tick/eurusd/20140501_quote.zip", "", 5},
    {"crypto/Binance_BTCUSDT_1h_to_2019-05.csv.gz", "false_first_bar:1 flat:85 gap:1", 2},
    {"crypto/Binance_ETHUSDT_1h_to_2019-05.csv.gz", "false_first_bar:1 flat gap:1 spike:1", 2},
    {"daily/yahoo/DXY_to_2019-05.csv.gz", "no_value:2734 missing_week:1", 2},
    {"daily/yahoo/GOLD_to_2019-05.csv.gz", "no_value:81 flat", 1},
    {"daily/yahoo/TNX_to_2019-05.csv.gz", "no_value:526 missing_week:1", 3},
    {"daily/yahoo/GSPC_to_2019-05.csv.gz", "missing_week:1", 4},
    {"daily/datasets/vix-daily_to_2019-05.csv.gz", "outside_high_low:47 missing_week:1", 2},
    {"daily/datasets/wti-daily_to_2019-05.csv.gz", "", 2},
    {"daily/datasets/brent-daily_to_2019-05.csv.gz", "", 2},
    {"daily/datasets/gold-monthly_to_2019-05.csv.gz", "", 3},
    {"daily/fred/DGS2_to_2019-05.csv.gz", "no_value:209", 2},
    {"daily/fred/DGS10_to_2019-05.csv.gz", "", 2},
    {"daily/fred/DFF_to_2019-05.csv.gz", "", 2},
    {"daily/fred/T10YIE_to_2019-05.csv.gz", "no_value:175", 2},
    {"daily/fred/DTWEXBGS_to_2019-05.csv.gz", "no_value:131 missing_week", 4},
    {"daily/fred/DEXJPUS_to_2019-05.csv.gz", "missing_week:1", 2},
    {"daily/fred/DEXUSEU_to_2019-05.csv.gz", "", 4},
    {"daily/fred/ECBDFR_to_2019-05.csv.gz", "", 2},
    {"daily/usdsek/USDSEK_to_2019-05.csv.gz", "weekend_row:1433", 5},
    {"mt4/AUDUSD43200.hst", "", 5},
    {"mt5-export/US30m_H4_2024-01_2024-03.csv", "", 1, "UTC"},
    {"dukascopy/GBPJPY/2012/11/03/03h_ticks.bi5", "", 3},
};

TEST(RecordedDefects, are_named_and_sound_files_raise_no_alarm) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    for (const Known& expected : known) {
        SCOPED_TRACE(expected.file);
        Folder folder;
        ImportOptions options;
        options.timezone = expected.timezone;
        const auto report = folder.import(data / expected.file, options);
        ASSERT_TRUE(report.has_value()) << report.error().text;
        EXPECT_EQ(report->digits, expected.digits);
        std::vector<std::string> wanted;
        std::istringstream words(expected.defects);
        for (std::string word; words >> word;) {
            const std::size_t colon = word.find(':');
            wanted.push_back(word.substr(0, colon));
            const auto found = std::ranges::find(report->defects, wanted.back(), &Defect::kind);
            ASSERT_NE(found, report->defects.end()) << word;
            EXPECT_FALSE(found->text.empty()) << word;
            if (colon != std::string::npos) {
                EXPECT_EQ(std::to_string(found->count), word.substr(colon + 1)) << word;
            }
        }
        for (const Defect& defect : report->defects) {
            const bool alarm = std::ranges::find(alarms, defect.kind) != std::end(alarms);
            EXPECT_TRUE(!alarm || std::ranges::find(wanted, defect.kind) != wanted.end()) << defect.kind << ": " << defect.text;
        }
    }
}

/// README: the bars of 2018-07-05 and 2018-07-19 00:00 broker time, and nothing else of 40,448 rows.
TEST(RecordedDefects, lie_at_the_rows_that_the_readme_names) {
    const auto data = recorded_data();
    if (data.empty()) GTEST_SKIP() << "no recorded market data (AITRADING_SHARED)";
    Folder folder;
    const auto yen = folder.import(data / "ejtrader/USDJPYh1_to_2019-05.csv.gz");
    ASSERT_TRUE(yen.has_value());
    const auto misfit = std::ranges::find(yen->defects, "misfit_bar", &Defect::kind);
    EXPECT_NE(misfit->text.find("2018-07-04T21:00:00Z"), std::string::npos) << misfit->text;
    const auto daily = folder.import(data / "mt5-export/EURUSD_H1_2015-01_2015-03.csv");
    ASSERT_TRUE(daily.has_value());
    const auto day = std::ranges::find(daily->defects, "day_in_bar", &Defect::kind);
    EXPECT_EQ(day->row, 2);
    EXPECT_EQ(day->count, 63);  // all 63 days of the file
    EXPECT_TRUE(day->refused);
}

}  // namespace
}  // namespace aitrading::market
