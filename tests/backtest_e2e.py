"""The costed back-test: the contract's figures, one hash for one input, and a page that needs no network."""
import re
import unittest

import e2e
from e2e import Case, random_walk

KEYS = """fills trades wins gross costs net final_equity max_drawdown sharpe psr dsr bars ticks seconds hash stages""".split()
COSTS = ["--spread", "1.0pip", "--commission", "7/lot"]
CROSS = ["--strategy", "ema_cross(10,30)", *COSTS]


class Backtest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.csv = cls.folder / "EURUSD.csv"
        cls.csv.write_text(random_walk(1500))
        cls.result = cls.must_json("backtest", "EURUSD", "--input", cls.csv, *CROSS)

    def test_document_has_the_keys_of_the_contract(self):
        for key in KEYS:
            self.assertIn(key, self.result)
            if self.result[key] is None:
                self.assertTrue(self.result["reasons"][key], key)
        self.assertEqual(self.result["bars"], 1500)
        self.assertGreater(self.result["fills"], 10)
        self.assertTrue(self.result["stages"])

    def test_money_adds_up(self):
        r = self.result
        self.assertAlmostEqual(r["gross"] - r["costs"], r["net"], places=2)
        self.assertAlmostEqual(r["cash"] + r["net"], r["final_equity"], places=2)
        # 0.1 lot: half a pip and 0.7 of commission a fill, reversals trade twice the size.
        self.assertGreater(r["costs"], r["fills"] * (0.5 + 0.7) - 0.01)

    def test_costs_are_what_the_free_run_lacks(self):
        free = self.must_json("backtest", "EURUSD", "--input", self.csv, "--strategy", "ema_cross(10,30)")
        self.assertEqual((free["fills"], free["costs"]), (self.result["fills"], 0))
        self.assertAlmostEqual(free["net"], self.result["gross"], places=2)

    def test_same_hash_at_every_run_and_from_the_store(self):
        self.assertEqual(self.must_json("backtest", "EURUSD", "--input", self.csv, *CROSS)["hash"], self.result["hash"])
        self.must("data", "import", self.csv, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        stored = self.must_json("backtest", "EURUSD", "H1", *CROSS)
        for key in ("hash", "fills", "trades", "net"):
            self.assertEqual(stored[key], self.result[key], key)

    def test_vectorised_makes_the_same_fills(self):
        other = self.must_json("backtest", "EURUSD", "--input", self.csv, *CROSS, "--mode", "vectorised")
        self.assertEqual((other["fills"], other["trades"]), (self.result["fills"], self.result["trades"]))
        self.assertAlmostEqual(other["net"], self.result["net"], delta=0.01 * max(1, self.result["fills"] / 100))

    def test_ticks(self):
        path = self.folder / "ticks.csv"
        self.must("synth", "ticks", "--rows", 5000, "--out", path)
        words = ["backtest", "--input", path, "--strategy", "ema_cross(10,30)"]
        first = self.must_json(*words)
        self.assertEqual(first["ticks"], 5000)
        self.assertEqual(self.must_json(*words)["hash"], first["hash"])

    def test_report_needs_no_network(self):
        folder = self.folder / "report"
        self.must("backtest", "EURUSD", "--input", self.csv, *CROSS, "--report", folder)
        page = (folder / "report.html").read_text()
        self.assertIn("<svg", page)
        without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
        self.assertEqual(re.findall(r'(?:src|href|url\()\s*=?\s*["\'(]?\s*(?:https?:)?//[^"\')\s>]+', without_names), [])
        self.assertNotRegex(without_names, r"https?://")

    def test_bad_strategy_is_wrong_usage(self):
        for bad in ("ema_cross(30,10)", "ema_cross(10)", "ema_cross(a,b)", "moon_phase(3)"):
            self.refuse(2, "backtest", "EURUSD", "--input", self.csv, "--strategy", bad, says=[bad.split("(")[0]])
        self.refuse(2, "backtest", "EURUSD", "--input", self.csv, "--strategy", "ema_cross(10,30)", "--spread", "wide",
                    says=["wide"])
        self.refuse(2, "backtest", "--strategy", "ema_cross(10,30)", says=["--input"])

    def test_crossed_quotes_are_bad_input(self):
        path = self.write("crossed.csv", "time,bid,ask\n2018-01-02T00:00:00Z,1.20000,1.20010\n"
                          "2018-01-02T00:00:01Z,1.20020,1.20010\n2018-01-02T00:00:02Z,1.20000,1.20010\n")
        self.refuse(3, "backtest", "--input", path, "--strategy", "ema_cross(10,30)", says=["crossed.csv", "line 3", "ask", "bid", "data import"])

    def test_a_bad_price_is_named(self):
        lines = random_walk(20).splitlines()
        lines[7] = re.sub(r",[^,]*,", ",oops,", lines[7], count=1)
        path = self.write("oops.csv", "\n".join(lines) + "\n")
        self.refuse(3, "backtest", "--input", path, "--strategy", "ema_cross(2,3)", says=["oops.csv", "line 8", "open", "oops"])

    def test_nothing_there(self):
        self.refuse(4, "backtest", "--input", self.folder / "gone.csv", "--strategy", "ema_cross(10,30)", says=["gone.csv"])
        self.refuse(4, "backtest", "NOTHING", "H1", "--strategy", "ema_cross(10,30)", says=["NOTHING"])


if __name__ == "__main__":
    e2e.main()
