"""The feature matrix of a stored series as CSV and as Parquet."""
import csv
import unittest

import e2e
from e2e import Case, random_walk


def table(path):
    with path.open() as lines:
        return list(csv.reader(lines))


class Features(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = cls.folder / "EURUSD.csv"
        source.write_text(random_walk(1200))
        cls.must("data", "import", source, "--symbol", "EURUSD", "--timezone", "UTC")

    def test_csv_has_a_row_for_each_bar_and_rows_do_not_depend_on_from(self):
        whole, late = self.folder / "whole.csv", self.folder / "late.csv"
        told = self.must_json("features", "EURUSD", "H1", "--out", whole)
        rows = table(whole)
        self.assertEqual((told["rows"], len(rows)), (1200, 1201))
        self.assertEqual(rows[0], ["time"] + [c["name"] for c in told["manifest"]["columns"]])
        begin = rows[700][0]
        self.assertEqual(self.must_json("features", "EURUSD", "H1", "--out", late, "--from", begin)["rows"], 501)
        self.assertEqual(table(late)[1:], rows[700:])

    def test_parquet_is_whole_and_carries_the_manifest(self):
        out = self.folder / "matrix.parquet"
        told = self.must_json("features", "EURUSD", "H1", "--out", out)
        content = out.read_bytes()
        self.assertEqual((content[:4], content[-4:]), (b"PAR1", b"PAR1"))
        self.assertEqual(told["rows"], 1200)
        self.assertIn(told["manifest"]["hash"].encode(), content)
        again = self.folder / "again.parquet"
        self.must("features", "EURUSD", "H1", "--out", again)
        self.assertEqual(again.read_bytes(), content)

    def test_nothing_half_written(self):
        self.refuse(1, "features", "EURUSD", "H1", "--out", self.folder / "no" / "x.parquet", says=["x.parquet", "--out"])
        self.refuse(4, "features", "GBPUSD", "H1", "--out", self.folder / "x.parquet", says=["GBPUSD"])
        self.assertFalse((self.folder / "x.parquet").exists())

    def test_wide_set_begins_with_the_default_and_sees_other_markets(self):
        alone, beside = self.folder / "alone.csv", self.folder / "beside.csv"
        told = self.must_json("features", "EURUSD", "H1", "--set", "wide", "--out", alone)
        absent = {c["name"]: c["reason"] for c in told["manifest"]["absent"]}
        self.assertIn("USDJPY", absent["dxy"])
        self.assertIn("XAUUSD", absent["gold"])
        for seed, symbol in enumerate(("USDJPY", "GBPUSD", "USDCAD", "USDCHF", "XAUUSD", "AUDUSD")):
            source = self.write(f"{symbol}.csv", random_walk(1200, seed=seed + 20))
            self.must("data", "import", source, "--symbol", symbol, "--timezone", "UTC")
        told = self.must_json("features", "EURUSD", "H1", "--set", "wide", "--with", "AUDUSD", "--out", beside)
        rows, few = table(beside), table(alone)
        self.assertGreaterEqual(len(rows[0]), 151)
        for column in ("dxy_return_1", "gold_correlation_100", "audusd_beta_100"):
            self.assertNotEqual(rows[-1][rows[0].index(column)], "", column)
        self.assertIn("without EURUSD and USDSEK", str(told["manifest"]["columns"]), "its own leg and the one that is not stored")
        self.assertEqual([r[: len(few[0])] for r in rows], few)
        default = self.folder / "default.csv"
        self.must("features", "EURUSD", "H1", "--out", default)
        self.assertEqual([r[: len(table(default)[0])] for r in few], table(default))
        self.refuse(4, "features", "EURUSD", "H1", "--set", "wide", "--with", "NZDUSD", "--out", beside, says=["NZDUSD"])
        self.refuse(2, "features", "EURUSD", "H1", "--set", "widest", "--out", beside, says=["default and wide"])

    def test_features_of_quotes_need_bars_and_say_what_quotes_cannot_tell(self):
        quotes = "time,bid,ask\n" + "".join(f"2018-01-02T10:{i // 4:02d}:{i % 4 * 15:02d}Z,{1.2 + i % 7 * 1e-5:.5f},{1.2001 + i % 7 * 1e-5:.5f}\n"
                                            for i in range(200))
        self.must("data", "import", self.write("quotes.csv", quotes), "--symbol", "QUOTES", "--timeframe", "ticks", "--timezone", "UTC")
        out = self.folder / "quotes_out.csv"
        self.refuse(2, "features", "QUOTES", "ticks", "--out", out, says=["--bars"])
        told = self.must_json("features", "QUOTES", "ticks", "--bars", "M5", "--out", out)
        self.assertEqual(told["rows"], 10)
        self.assertIn("no trades", {c["name"]: c["reason"] for c in told["manifest"]["absent"]}["effective_spread"])
        rows = table(out)
        self.assertAlmostEqual(float(rows[5][rows[0].index("spread_mean")]), 0.833, 2)


if __name__ == "__main__":
    e2e.main()
