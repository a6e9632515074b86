"""Correlation of stored series: the CSV in time, the JSON summary, the page, ticks, positions, and what is refused."""
import csv
import datetime
import json
import math
import random
import re
import unittest

import e2e
from e2e import Case


def bars(closes, start="2015-01-05T00:00:00", hours=1, digits=5):
    time = datetime.datetime.fromisoformat(start)
    lines = ["time,open,high,low,close,volume"]
    before = closes[0]
    for close in closes:
        high, low = max(before, close), min(before, close)
        lines.append(f"{time:%Y-%m-%dT%H:%M:%SZ},{before:.{digits}f},{high:.{digits}f},{low:.{digits}f},{close:.{digits}f},100")
        before = close
        time += datetime.timedelta(hours=hours)
        while time.weekday() >= 5:
            time += datetime.timedelta(hours=hours)
    return "\n".join(lines) + "\n"


def walk(moves, start):
    out, level = [], math.log(start)
    for move in moves:
        level += move
        out.append(round(math.exp(level), 5))
    return out


def ticks(times, prices):
    begin = datetime.datetime(2018, 1, 2, 10)
    rows = [f"{begin + datetime.timedelta(seconds=t):%Y-%m-%dT%H:%M:%S.%fZ},{p - 1e-5:.6f},{p + 1e-5:.6f}" for t, p in zip(times, prices)]
    return "time,bid,ask\n" + "\n".join(rows) + "\n"


class Correlation(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        g = random.Random(3)
        common = [g.gauss(0, 0.001) for _ in range(1500)]
        moves = {
            "EURUSD": [0.9 * c + g.gauss(0, 0.0004) for c in common],
            "GBPUSD": [(0.8 if i < 900 else -0.8) * c + g.gauss(0, 0.0006) for i, c in enumerate(common)],
            "USDJPY": [-0.7 * c + g.gauss(0, 0.0007) for c in common],
            "USDCAD": [-0.6 * c + g.gauss(0, 0.0008) for c in common],
            "USDCHF": [-0.9 * c + g.gauss(0, 0.0004) for c in common],
        }
        for symbol, steps in moves.items():
            cls.load(symbol, bars(walk(steps, 110 if "JPY" in symbol else 1.2)))

    @classmethod
    def load(cls, symbol, text, timeframe="H1"):
        path = cls.folder / f"{symbol}_{timeframe}.csv"
        path.write_text(text)
        cls.must("data", "import", path, "--symbol", symbol, "--timeframe", timeframe, "--timezone", "UTC")

    def run_json(self, *words, out="c.csv"):
        told = self.must_json("correlation", *words, "--out", self.folder / out)
        with (self.folder / out).open() as lines:
            return told, list(csv.reader(lines))

    def test_csv_is_empty_until_known_and_does_not_depend_on_from(self):
        told, rows = self.run_json("EURUSD", "GBPUSD", "USDJPY", "--timeframe", "H1", "--window", "100")
        self.assertEqual(rows[0], ["time", "EURUSD_GBPUSD", "EURUSD_USDJPY", "GBPUSD_USDJPY"])
        self.assertEqual((told["rows"], told["known"], len(rows)), (1499, 1450, 1500))
        self.assertEqual(rows[1][1:], ["", "", ""])
        self.assertEqual(rows[1][0], "2015-01-05T01:00:00Z")
        _, late = self.run_json("EURUSD", "GBPUSD", "USDJPY", "--timeframe", "H1", "--window", "100", "--from", "2015-02-02", out="late.csv")
        self.assertEqual(late[1:], rows[len(rows) - len(late) + 1:])
        for method in ("ewma", "dcc"):
            _, other = self.run_json("EURUSD", "GBPUSD", "--timeframe", "H1", "--method", method, "--window", "100", out="m.csv")
            self.assertNotEqual(other[-1][1], "")
            _, cut = self.run_json("EURUSD", "GBPUSD", "--timeframe", "H1", "--method", method, "--window", "100", "--to", other[-200][0], out="m.csv")
            self.assertEqual(cut[1:], other[1:len(cut)], "what is known does not change when the future is not there")

    def test_summary_names_alignment_breaks_tree_and_the_missing_leg(self):
        told, _ = self.run_json("EURUSD", "GBPUSD", "USDJPY", "USDCHF", "--timeframe", "H1")
        self.assertIn("nothing is filled in", told["alignment"]["rule"])
        self.assertEqual([s["returns"] for s in told["alignment"]["series"]], [1499] * 4)
        self.assertEqual(len(told["correlations"]), 6)
        for pair in told["correlations"]:
            self.assertLess(pair["low"], pair["value"])
            self.assertEqual(pair["n"], 1499)
        broken = [b for b in told["breaks"] if "GBPUSD" in (b["first"], b["second"])]
        self.assertTrue(all(b["cusum"]["p"] < 0.001 for b in broken))
        at = datetime.datetime.fromisoformat(broken[0]["cusum"]["at"].replace("Z", "+00:00"))
        self.assertLess(abs((at - datetime.datetime(2015, 2, 25, 12, tzinfo=datetime.timezone.utc)).days), 4)
        self.assertEqual(len(told["structure"]["tree"]), 3)
        self.assertEqual(sorted(told["structure"]["clusters"]["order"]), ["EURUSD", "GBPUSD", "USDCHF", "USDJPY"])
        self.assertEqual([l["best_lag"] for l in told["lead_lag"]], [0] * 6)
        dollar = told["dollar_index"]
        self.assertEqual((dollar["available"], dollar["missing"]), (False, ["USDSEK"]))
        self.assertIn("0.958", dollar["index"])
        self.assertEqual(dollar["source_claim"], 0.85)
        euro = dollar["instruments"][0]
        self.assertEqual((euro["symbol"], euro["own_legs"]), ("EURUSD", ["EURUSD"]))
        self.assertLess(abs(euro["without_own_legs"]["value"]), abs(euro["with"]["value"]))
        self.assertIn("--position", told["risk"]["not_available"])

    def test_positions_share_out_the_risk_and_meet_episodes(self):
        words = ["EURUSD", "USDJPY", "--timeframe", "H1", "--position", "EURUSD=100000", "--position", "USDJPY=-50000", "--report", self.folder / "page"]
        told, _ = self.run_json(*words)
        risk = told["risk"]
        for name in ("normal_var", "normal_cvar", "historical_var", "historical_cvar"):
            self.assertAlmostEqual(sum(risk[name]["components"].values()), risk[name]["total"], 6)
            self.assertLess(risk[name]["low"], risk[name]["total"])
        self.assertAlmostEqual(sum(e["in_account"] for e in risk["exposures"]), 0, 6)
        self.assertEqual(risk["exposures"][0]["currency"], "EUR")
        swiss = [s for s in risk["stress"] if s["episode"] == "Swiss floor dropped"][0]
        self.assertIn("profit", swiss)
        referendum = [s for s in risk["stress"] if s["episode"] == "UK referendum"][0]
        self.assertIn("ends at", referendum["not_available"])
        page = (self.folder / "page" / "correlation.html").read_text()
        for text in ("How markets move together", "Who moves first", "The dollar index as published", "Exposure of each currency leg", "Swiss floor dropped"):
            self.assertIn(text, page)
        self.assertNotIn("NaN", re.sub(r"<script>.*?</script>", "", page, flags=re.S))
        again = json.dumps(self.run_json(*words)[0])
        self.assertEqual(json.dumps(told), again)

    def test_ticks_tell_who_leads(self):
        g = random.Random(5)
        level, path = 0.0, [0.0]
        for _ in range(7200):
            level += g.gauss(0, 0.00005)
            path.append(level)
        price = lambda t: 1.2 * math.exp(path[max(0, min(7200, int(t)))])
        for symbol, lag in (("AAA", 0), ("BBB", 3)):
            times = sorted(g.uniform(0, 7200) for _ in range(5000))
            self.load(symbol, ticks(times, [price(t - lag) for t in times]), "ticks")
        told, rows = self.run_json("AAA", "BBB", "--timeframe", "ticks", "--window", "30")
        lead = told["lead_lag"][0]
        self.assertLess(abs(lead["best_lag"] - 3), 0.6)
        self.assertGreater(lead["ratio"], 2)
        self.assertLess(lead["p"], 0.01)
        self.assertEqual(rows[0], ["time", "AAA_BBB"])
        self.assertEqual(rows[1][1], "")
        self.assertNotEqual(rows[-1][1], "")
        self.assertIn("not_available", told["breaks"])

    def test_what_is_refused_says_why(self):
        out = self.folder / "no.csv"
        self.refuse(4, "correlation", "EURUSD", "NOSUCH", "--timeframe", "H1", "--out", out, says=["NOSUCH"])
        self.refuse(2, "correlation", "EURUSD", "--timeframe", "H1", "--out", out)
        self.refuse(2, "correlation", "EURUSD", "EURUSD", "--timeframe", "H1", "--out", out, says=["twice"])
        self.refuse(2, "correlation", "EURUSD", "GBPUSD", "--timeframe", "H1", "--method", "magic", "--out", out, says=["rolling"])
        self.refuse(2, "correlation", "EURUSD", "GBPUSD", "--timeframe", "H1", "--position", "XAUUSD=1", "--out", out, says=["XAUUSD"])
        self.load("STILL", bars([1.5] * 300))
        self.refuse(3, "correlation", "EURUSD", "STILL", "--timeframe", "H1", "--out", out, says=["STILL", "never moves"])
        self.load("LATER", bars(walk([0.001, -0.001] * 200, 1.1), start="2017-01-02T00:00:00"))
        self.refuse(3, "correlation", "EURUSD", "LATER", "--timeframe", "H1", "--out", out, says=["LATER", "clocks"])
        self.assertFalse(out.exists())


if __name__ == "__main__":
    e2e.main()
