// The table of instruments, its hours, and what users write over it.
#include "market/calendar/instruments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "market/calendar/service/calendar_files.hpp"
#include "market/calendar/service/instrument_file.hpp"
#include "market/calendar/session.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Home {
  public:
    Home() : path_(fs::temp_directory_path() / ("aitrading-calendar-" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directories(path_);
    }
    ~Home() { fs::remove_all(path_); }
    void write(const std::string& name, std::string_view text) const { std::ofstream(path_ / name, std::ios::binary) << text; }
    std::string read(const std::string& name) const {
        std::ifstream in(path_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

TEST(Instruments, the_built_in_table_is_sound) {
    const InstrumentTable& table = InstrumentTable::built_in();
    EXPECT_GE(table.all().size(), 75U);
    for (const Instrument& i : table.all()) {
        EXPECT_EQ(table.find(i.symbol), &i) << i.symbol << " is an alias of another";
        EXPECT_TRUE(TradingHours::parse(i.hours, i.holidays).has_value()) << i.symbol;
        EXPECT_GT(i.contract_size.raw, 0) << i.symbol;
        EXPECT_EQ(i.pip.raw % i.point().raw, 0) << i.symbol;
        EXPECT_FALSE(i.quote.empty()) << i.symbol;
        if (i.kind == InstrumentClass::fx) {
            EXPECT_EQ(i.symbol, i.base + i.quote);
        }
        for (const std::string& alias : i.aliases) EXPECT_EQ(table.find(alias), &i) << alias;
        EXPECT_FALSE(i.swap_long.has_value()) << "brokers differ: the table must not pretend to know";
    }
    // All 28 pairs of the eight majors.
    int pairs = 0;
    const std::vector<std::string> legs{"EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF", "JPY"};
    for (std::size_t a = 0; a < legs.size(); ++a)
        for (std::size_t b = a + 1; b < legs.size(); ++b) pairs += table.find(legs[a] + legs[b]) != nullptr ? 1 : 0;
    EXPECT_EQ(pairs, 28);
    EXPECT_EQ(table.find("gold")->symbol, "XAUUSD");
    EXPECT_EQ(table.find("SPXUSD")->symbol, "US500");
    EXPECT_EQ(table.find("US30m")->symbol, "US30");
    EXPECT_EQ(table.find("XAUUSD")->contract_size.raw, 100 * Quantity::scale);
    EXPECT_EQ(table.find("USDJPY")->pip.raw, 10'000'000);
    EXPECT_EQ(table.find("EURUSD")->leverage_max, 30);
    EXPECT_EQ(table.find("AUDUSD")->leverage_max, 20);
    EXPECT_EQ(table.find("BTCUSDT")->leverage_max, 2);
    EXPECT_EQ(table.find("nonesuch"), nullptr);
}

bool open_at(const char* symbol, const char* utc) {
    const Instrument* i = InstrumentTable::built_in().find(symbol);
    return TradingHours::parse(i->hours, i->holidays)->is_open(*parse_iso8601(utc));
}

TEST(TradingHours, follow_the_week_on_their_own_clock) {
    EXPECT_FALSE(open_at("EURUSD", "2018-01-07T21:59"));  // Sunday 16:59 in New York
    EXPECT_TRUE(open_at("EURUSD", "2018-01-07T22:00"));
    EXPECT_TRUE(open_at("EURUSD", "2018-07-08T21:00"));   // an hour earlier in summer
    EXPECT_TRUE(open_at("EURUSD", "2018-01-12T21:59"));
    EXPECT_FALSE(open_at("EURUSD", "2018-01-12T22:00"));
    EXPECT_FALSE(open_at("EURUSD", "2018-12-25T15:00"));
    EXPECT_TRUE(open_at("XAUUSD", "2018-01-09T21:59"));
    EXPECT_FALSE(open_at("XAUUSD", "2018-01-09T22:30"));  // the daily hour
    EXPECT_TRUE(open_at("XAUUSD", "2018-01-09T23:00"));
    EXPECT_FALSE(open_at("XAUUSD", "2018-03-30T15:00"));  // Good Friday
    EXPECT_FALSE(open_at("GER40", "2018-01-09T23:30"));   // a break past midnight
    EXPECT_FALSE(open_at("GER40", "2018-01-10T00:05"));
    EXPECT_TRUE(open_at("GER40", "2018-01-10T00:10"));
    EXPECT_TRUE(open_at("BTCUSDT", "2018-01-06T03:00"));
    EXPECT_FALSE(open_at("UK100", "2018-05-07T12:00"));   // first Monday of May
    EXPECT_FALSE(open_at("UK100", "2018-08-27T12:00"));   // last Monday of August
    EXPECT_TRUE(open_at("UK100", "2018-05-14T12:00"));
    const Instrument* gold = InstrumentTable::built_in().find("GOLD");
    const auto hours = TradingHours::parse(gold->hours, gold->holidays);
    EXPECT_EQ(to_iso8601(hours->next_change(*parse_iso8601("2018-01-12T21:00:30"))), "2018-01-12T22:00:00Z");
    EXPECT_EQ(to_iso8601(hours->next_change(*parse_iso8601("2018-01-13T12:00"))), "2018-01-14T23:00:00Z");
}

TEST(TradingHours, easter_moves) {
    const auto hours = TradingHours::parse("always", "good-friday easter-monday Thu4-11");
    for (const auto& [y, m, d] : {std::tuple{2012, 4, 6}, {2016, 3, 25}, {2018, 3, 30}, {2019, 4, 19}, {2019, 4, 22}, {2018, 11, 22}})
        EXPECT_TRUE(hours->is_holiday(y, m, d)) << y << "-" << m << "-" << d;
    EXPECT_FALSE(hours->is_holiday(2018, 4, 1));
    for (const char* bad : {"Mon 09:00-Fri 17:00", "Nowhere/City Mon 09:00-Fri 17:00", "UTC Mon 9:00-Fri 17:00",
                            "UTC Mon 09:00-Fri 17:00 pause 12:00-13:00", "UTC Mon 09:00-Xyz 17:00", ""})
        EXPECT_FALSE(TradingHours::parse(bad, "").has_value()) << bad;
    for (const char* bad : {"13-01", "Xyz1-05", "Mon9-05", "christmas"}) EXPECT_FALSE(TradingHours::parse("always", bad).has_value()) << bad;
}

TEST(Instruments, a_users_file_lays_over_the_table) {
    const Home home;
    home.write("instruments.csv", "# my broker\nsymbol,digits,swap_long,swap_short,aliases\nXAUUSD,3,-12.5,4,GOLD XAUUSD.m\n");
    const auto table = load_instruments(home.path());
    ASSERT_TRUE(table.has_value()) << table.error().text;
    const Instrument* gold = table->find("xauusd.M");
    ASSERT_NE(gold, nullptr);
    EXPECT_EQ(gold->digits, 3);
    EXPECT_EQ(gold->swap_long, -12.5);
    EXPECT_EQ(gold->contract_size.raw, 100 * Quantity::scale);
}

TEST(Instruments, bad_rows_name_file_line_field_and_remedy) {
    const Home home;
    const auto error_of = [&](std::string_view text) {
        home.write("instruments.csv", text);
        const auto table = load_instruments(home.path());
        EXPECT_FALSE(table.has_value());
        return table ? std::string() : table.error().text;
    };
    EXPECT_THAT(error_of("symbol,digits\nXAUUSD,two\n"), HasSubstr("instruments.csv, line 2, field digits: \"two\" is not a number from 0 to 9"));
    EXPECT_THAT(error_of("symbol,digit\n"), HasSubstr("line 1: \"digit\" is no column"));
    EXPECT_THAT(error_of("symbol,digits\nNEW,5\n"), HasSubstr("field class: empty, and NEW is not a known instrument"));
    EXPECT_THAT(error_of("symbol,digits\nXAUUSD\n"), HasSubstr("1 fields, the header names 2"));
    EXPECT_THAT(error_of("symbol,session\nXAUUSD,nine to five\n"), HasSubstr("are no hours"));
    EXPECT_THAT(error_of("digits\n5\n"), HasSubstr("column symbol is missing"));
}

TEST(Instruments, set_keeps_the_rest_of_the_users_file) {
    const Home home;
    home.write("instruments.csv", "# my broker\nsymbol,digits\nEURUSD,5\n");
    auto set = set_instrument(home.path(), "gold", {{"swap_long", "-10"}, {"triple_day", "Fri"}});
    ASSERT_TRUE(set.has_value()) << set.error().text;
    EXPECT_EQ(set->symbol, "XAUUSD");
    EXPECT_EQ(set->triple_day, 4);
    ASSERT_TRUE(set_instrument(home.path(), "XAUUSD", {{"digits", "3"}}).has_value());
    const auto table = load_instruments(home.path());
    EXPECT_EQ(table->find("XAUUSD")->swap_long, -10.0);
    EXPECT_EQ(table->find("XAUUSD")->digits, 3);
    EXPECT_THAT(home.read("instruments.csv"), HasSubstr("# my broker\n"));
    const std::string before = home.read("instruments.csv");
    EXPECT_FALSE(set_instrument(home.path(), "XAUUSD", {{"digits", "12"}}).has_value());
    EXPECT_FALSE(set_instrument(home.path(), "ABC", {{"digits", "2"}}).has_value());
    EXPECT_EQ(home.read("instruments.csv"), before);
    ASSERT_TRUE(set_instrument(home.path(), "ABC", {{"digits", "2"}, {"class", "share"}, {"quote", "usd"}}).has_value());
    EXPECT_EQ(load_instruments(home.path())->find("ABC")->quote, "USD");
}

TEST(CalendarFiles, the_same_file_twice_changes_nothing_and_new_figures_fill_in) {
    const Home home;
    EconomicEvent event;
    event.time = *parse_iso8601("2018-01-05T13:30");
    event.day = "2018-01-05";
    event.currency = "USD";
    event.title = "Nonfarm Payrolls, \"headline\"";
    event.impact = Impact::high;
    event.forecast = "190K";
    EconomicEvent holiday = event;
    holiday.time.reset();
    holiday.title = "New Year";
    EXPECT_EQ(store_events(home.path(), {event, holiday}, false)->stored, 2);
    const std::string first = home.read("calendar/events.csv");
    EXPECT_EQ(store_events(home.path(), {event, holiday}, false)->known, 2);
    EXPECT_EQ(home.read("calendar/events.csv"), first);
    event.actual = "148K";
    EXPECT_EQ(store_events(home.path(), {event}, false)->stored, 1);
    event.actual = "150K";
    EXPECT_EQ(store_events(home.path(), {event}, false)->conflicting, 1);
    auto all = load_events(home.path());
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ((*all)[0].actual, "148K");
    EXPECT_EQ((*all)[0].title, event.title);
    EXPECT_FALSE((*all)[1].time.has_value());
    EXPECT_EQ(store_events(home.path(), {event}, true)->stored, 1);
    EXPECT_EQ((*load_events(home.path()))[0].actual, "150K");
    Headline headline;
    headline.day = "2016-01-28";
    headline.known_from = *parse_iso8601("2016-01-29T12:00");
    headline.text = "gold, down";
    EXPECT_EQ(store_news(home.path(), {headline, headline})->stored, 1);
    EXPECT_EQ(load_news(home.path())->at(0), headline);
}

}  // namespace
}  // namespace aitrading::market
