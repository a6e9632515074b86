"""Order books, instruments and calendars: in, listed, used, and refused in words that help."""
import gzip

import e2e
from e2e import Case, bytes_below, random_walk

BOOK = """\
1700000000000000001 {"stream":"abcusdt@depth@0ms","data":{"e":"depthUpdate","E":1700000000001,"T":1700000000000,"s":"ABCUSDT","U":10,"u":12,"pu":9,"b":[["100.10","2.5"]],"a":[]}}
1700000000000000002 {"lastUpdateId":12,"E":1,"T":1700000000003,"bids":[["100.10","2.5"],["99.90","1"]],"asks":[["100.30","4"]]}
1700000000000000003 {"stream":"abcusdt@depth@0ms","data":{"e":"depthUpdate","E":1700000000009,"T":1700000000008,"s":"ABCUSDT","U":14,"u":15,"pu":12,"b":[],"a":[["100.20","1"]]}}
1700000000000000004 {"e":"trade","E":1,"T":2,"s":"ABCUSDT","t":77,"p":"100.20","q":"0.006","m":false}
"""

CALENDAR = """\
Date,Day,Time,Cur.,Imp.,Event,Actual,Forecast,Previous
2018-01-05,Friday,21:30,USD,High,Nonfarm Payrolls  (Dec),148K,190K,252K
2018-07-06,Friday,20:30,USD,High,Nonfarm Payrolls  (Jun),213K,195K,244K
2018-01-01,Monday,All Day,,Holiday,Argentina - New Year's Day,,,
2018-01-05,Friday,21:30,CAD,Medium,"Trade Balance, total","-1,880.5M",,
"""


class Books(Case):
    def test_a_recording_is_stored_listed_checked_and_exported(self):
        file = self.folder / "recording.gz"
        file.write_bytes(gzip.compress(BOOK.encode()))
        report = self.must_json("data", "import", file)["files"][0]
        self.assertEqual((report["format"], report["symbol"], report["timeframe"]), ("binance-book", "ABCUSDT", "book"))
        self.assertEqual((report["rows_stored"], report["rows_rejected"]), (6, 0))
        before = bytes_below(self.home)
        self.assertEqual(self.must_json("data", "import", file)["files"][0]["rows_known"], 6)
        self.assertEqual(bytes_below(self.home), before)
        series = self.must_json("data", "list")["series"]
        self.assertEqual([(s["symbol"], s["timeframe"], s["rows"]) for s in series], [("ABCUSDT", "book", 6)])
        self.assertGreater(series[0]["bytes"], 0)
        self.assertEqual(self.must_json("data", "check", "ABCUSDT", "book")["series"][0]["defects"], [])
        out = self.folder / "book.csv"
        self.must("data", "export", "ABCUSDT", "book", "--out", out)
        lines = out.read_text().splitlines()
        self.assertEqual(len(lines), 7)
        self.assertEqual(lines[2], "2023-11-14T22:13:20.000000002Z,2023-11-14T22:13:20.003Z,snapshot,bid,100.1,2.5,12,12,,0")
        for words in (("backtest", "ABCUSDT", "book", "--strategy", "ema_cross(2,5)"), ("evaluate", "ABCUSDT", "book", "--label", "next_bar")):
            done = self.run_program(*words)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("order book", done.stderr)


class Instruments(Case):
    def test_list_show_and_set(self):
        metals = self.must_json("instruments", "list", "--class", "metal")["instruments"]
        self.assertIn("XAUUSD", [i["symbol"] for i in metals])
        gold = self.must_json("instruments", "show", "GOLD")["instruments"][0]
        self.assertEqual((gold["symbol"], gold["contract_size"], gold["swap_long"]), ("XAUUSD", 100, None))
        changed = self.must_json("instruments", "set", "GOLD", "swap_long=-12.5", "triple_day=Fri")["instruments"][0]
        self.assertEqual((changed["swap_long"], changed["triple_day"]), (-12.5, "Fri"))
        refused = self.run_program("instruments", "set", "GOLD", "digits=eleven")
        self.assertEqual(refused.returncode, 3)
        self.assertIn("digits", refused.stderr)
        self.assertEqual(self.run_program("instruments", "show", "NONE").returncode, 4)

    def test_a_bad_table_is_named_by_line_and_field(self):
        home = self.folder / "other"
        home.mkdir()
        (home / "instruments.csv").write_text("symbol,digits\nXAUUSD,many\n")
        done = self.run_program("instruments", "list", home=home)
        self.assertEqual(done.returncode, 3)
        self.assertIn("instruments.csv, line 2, field digits", done.stderr)

    def test_a_lot_is_a_contract_where_asked_and_another_name_finds_the_series(self):
        csv = self.folder / "XAUUSD_H1.csv"
        csv.write_text(random_walk(400))
        self.must("data", "import", csv, "--symbol", "XAUUSD", "--timeframe", "H1", "--timezone", "UTC")
        words = ("--strategy", "ema_cross(3,9)", "--lots", "1", "--spread", "0", "--commission", "7/lot")
        run = self.must_json("backtest", "GOLD", "H1", *words)
        self.assertTrue(any("1 lot = 100,000 units" in note for note in run["notes"]), run["notes"])
        run = self.must_json("backtest", "GOLD", "H1", *words, "--contract-lots")
        self.assertTrue(any("1 lot = 100 units" in note for note in run["notes"]), run["notes"])
        self.must("data", "import", csv, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        pair = self.must_json("backtest", "EURUSD", "H1", *words)
        self.assertTrue(any("1 lot = 100,000 units" in note for note in pair["notes"]), pair["notes"])


class Calendar(Case):
    def test_events_with_their_instants_figures_and_surprises(self):
        file = self.folder / "2018_calendar.csv"
        file.write_text(CALENDAR)
        report = self.must_json("calendar", "import", file)["files"][0]
        self.assertEqual((report["clock"], report["rows_stored"], report["without_time"]), ("+08:00", 4, 1))
        self.assertIn("payrolls", report["clock_reason"])
        before = bytes_below(self.home)
        self.assertEqual(self.must_json("calendar", "import", file)["files"][0]["rows_known"], 4)
        self.assertEqual(bytes_below(self.home), before)
        high = self.must_json("calendar", "list", "--currency", "USD", "--impact", "high", "--to", "2018-02-01")["events"]
        self.assertEqual(len(high), 1)
        self.assertEqual((high[0]["time"], high[0]["actual"], high[0]["surprise"]), ("2018-01-05T13:30:00Z", 148000, -42000))
        every = self.must_json("calendar", "list")["events"]
        self.assertIsNone(every[0]["time"])
        self.assertEqual(every[1]["actual"], -1880.5e6)
        self.assertIn("Nonfarm Payrolls", self.must("calendar", "list", "--impact", "high"))

    def test_news_and_what_bears_no_dates(self):
        news = self.folder / "gold.csv"
        news.write_text("Dates\tURL\tNews\tPrice Direction Up\tPrice Direction Constant\tPrice Direction Down\tAsset Comparision\t"
                        "Past Information\tFuture Information\tPrice Sentiment\n"
                        "28-01-2016\thttp://x/a\tgold down\t0\t0\t1\t0\t1\t0\tnegative\n")
        self.assertEqual(self.must_json("calendar", "import", news)["files"][0]["rows_stored"], 1)
        self.assertEqual(self.must_json("calendar", "list", "--kind", "news")["news"][0]["known_from"], "2016-01-29T12:00:00Z")
        bank = self.folder / "Sentences.txt"
        bank.write_text("Profit rose .@positive\n")
        done = self.run_program("calendar", "import", bank)
        self.assertEqual(done.returncode, 3)
        self.assertIn("without dates", done.stderr)


if __name__ == "__main__":
    e2e.main()
