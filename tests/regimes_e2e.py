"""Regimes everywhere a user meets them: as columns, as a CSV and a page, in an evaluation, in a stored model and in a back-test."""
import csv
import json
import shutil
import unittest

import e2e
from e2e import Case, random_walk

NAMES = ["regime"] + [f"regime_p_{k}" for k in range(1, 13)] + ["regime_remaining", "regime_shock"]


def table(path):
    with path.open() as lines:
        return list(csv.DictReader(lines))


class Regimes(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.folder / "EURUSD_H1.csv"
        path.write_text(random_walk(3600))
        cls.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        cls.csv = cls.folder / "regimes.csv"
        cls.told = cls.must_json("regimes", "EURUSD", "H1", "--out", cls.csv)
        cls.rows = {row["time"]: row for row in table(cls.csv)}

    def test_features_have_them_as_columns_and_in_the_manifest(self):
        out = self.folder / "features.csv"
        told = self.must_json("features", "EURUSD", "H1", "--with", "regimes", "--out", out)
        columns = [c["name"] for c in told["manifest"]["columns"]]
        self.assertEqual(columns[-15:], NAMES)
        self.assertIn("window 64", told["manifest"]["parameters"]["regimes"])
        rows = table(out)
        self.assertEqual(rows[1000]["regime"], "")
        for row in rows[1500::97]:
            self.assertEqual(row["regime"], self.rows[row["time"]]["regime"])
            self.assertAlmostEqual(float(row["regime_p_5"]), float(self.rows[row["time"]]["p_5"]), 5)
        plain = self.must_json("features", "EURUSD", "H1", "--out", self.folder / "plain.csv")
        self.assertNotEqual(plain["manifest"]["hash"], told["manifest"]["hash"])
        self.assertEqual(columns[:-15], [c["name"] for c in plain["manifest"]["columns"]])
        late = self.folder / "late.csv"
        self.must("features", "EURUSD", "H1", "--with", "regimes", "--out", late, "--from", rows[2000]["time"])
        self.assertEqual(table(late), rows[2000:])
        self.refuse(2, "features", "EURUSD", "H1", "--with", "GBPUSD", "--out", late, says=["wide", "regimes"])

    def test_a_stored_calendar_tells_shocks_at_its_releases(self):
        self.assertIsNone(self.told["releases"])
        self.assertIn("economic calendar", " ".join(self.told["not_available"]))
        home, calendar = self.folder / "with_calendar", self.folder / "calendar.csv"
        shutil.copytree(self.home, home)
        times = [row["time"] for row in table(self.csv)][::7]
        calendar.write_text("Date,Day,Time,Cur.,Imp.,Event,Actual,Forecast,Previous\n" + "".join(
            f"{time[:10]},Monday,{time[11:16]},{currency},High,Rate,1,1,1\n" for time in times for currency in ("USD", "JPY")))
        self.must("calendar", "import", calendar, "--timezone", "UTC", home=home)
        told = self.must_json("regimes", "EURUSD", "H1", "--out", self.folder / "released.csv", home=home)
        self.assertEqual(told["releases"], {"count": len(times), "currencies": ["EUR", "USD"]})
        self.assertNotIn("economic calendar", " ".join(told["not_available"]))
        self.assertGreaterEqual(told["news_shock_bars"], self.told["news_shock_bars"])
        hashes = [self.must_json("features", "EURUSD", "H1", "--with", "regimes", "--out", self.folder / "f.csv", home=h)["manifest"]["hash"]
                  for h in (self.home, home)]
        self.assertNotEqual(*hashes)  # a model learnt with a calendar does not answer without one

    def test_a_page_or_a_table_or_both(self):
        folder = self.folder / "page"
        told = self.must_json("regimes", "EURUSD", "H1", "--report", folder, "--from", "2015-03-15")
        self.assertIsNone(told["out"])
        page = (folder / "report.html").read_text()
        for words in ("Regimes of EURUSD H1", "To regime", "in the median", "The numbers as a table", "economic calendar"):
            self.assertIn(words, page)
        self.refuse(2, "regimes", "EURUSD", "H1", says=["--out", "--report"])
        self.refuse(3, "regimes", "EURUSD", "H1", "--to", "2015-01-20", "--report", folder, says=["--window"])

    def test_an_evaluation_tells_the_regime_of_each_bar_and_the_panel_of_each_regime(self):
        predictions, folder = self.folder / "predictions.csv", self.folder / "evaluation"
        result = self.must_json("evaluate", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--predictions", predictions,
                                "--report", folder)
        rows = table(predictions)
        for row in rows:
            self.assertEqual(row["regime"], self.rows[row["time"]]["regime"])
        known = [row for row in rows if row["regime"]]
        self.assertGreater(len(known), 1000)
        self.assertEqual(sum(r["n"] for r in result["regimes"]), sum(1 for row in known
                         if sum(other["regime"] == row["regime"] for other in known) > 1))
        for r in result["regimes"]:
            low, high = r["accuracy_ci95"]
            self.assertTrue(low <= r["accuracy"] <= high, r)
            self.assertTrue(0.5 <= r["majority_rate"] <= 1, r)
            self.assertAlmostEqual(r["net_bp"], r["gross_bp"] - r["cost_bp"], 9)
        page = (folder / "report.html").read_text()
        for words in ("The regimes it worked in", "majority rate of the same bars", "To regime", "Price of EURUSD"):
            self.assertIn(words, page)

    def test_learnt_columns_join_the_evaluation(self):
        words = ["evaluate", "EURUSD", "H1", "--models", "lightgbm", "--folds", "2", "--with", "regimes"]
        first, again = self.folder / "with_1.csv", self.folder / "with_2.csv"
        result = self.must_json(*words, "--threads", "1", "--predictions", first)
        self.assertTrue(any("learnt anew for each fit" in line for line in result["protocol"]), result["protocol"])
        for row in table(first)[::97]:
            self.assertEqual(list(row)[-12:], [f"regime_p_{k}" for k in range(1, 13)])
            for k in range(1, 13) if row["regime"] else []:
                self.assertAlmostEqual(float(row[f"regime_p_{k}"]), float(self.rows[row["time"]][f"p_{k}"]), 5)
        home = self.folder / "other"
        self.must("data", "import", self.folder / "EURUSD_H1.csv", "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC", home=home)
        self.must(*words, "--threads", "2", "--predictions", again, home=home)
        self.assertEqual(first.read_bytes(), again.read_bytes())
        self.check_coin(result["panel"])
        self.refuse(5, *words, "--placebo", "leak", says=["gate_refused"])

    def test_a_stored_model_keeps_them(self):
        trained = self.must_json("train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "2", "--to", "2015-05-20", "--with", "regimes",
                                 "--name", "aware")
        self.assertIn("learnt anew for each fit", trained["card"])
        kept = json.loads(next((self.home / "models").rglob("metadata.json")).read_text()) if list((self.home / "models").rglob("metadata.json")) else None
        if kept is not None:
            self.assertEqual(kept["with"], ["regimes"])
        told = self.must_json("predict", "aware")
        later = [p for p in told["predictions"] if not p["out_of_fold"]]
        self.assertGreater(len(later), 100)
        for p in later:
            self.assertEqual(str(p["regime"]), self.rows[p["time"]]["regime"])
            self.assertAlmostEqual(sum(p["regime_p"]), 1, 6)
            self.assertAlmostEqual(sum(p["regime_states"]), 1, 6)
            self.assertEqual(len(p["regime_states"]), 4)
            self.assertAlmostEqual(sum(p["regime_next_p"]), 1, 6)
            self.assertGreater(p["regime_remaining_bars"], 0)
        # A later bar changes nothing of an earlier one.
        cut = self.must_json("predict", "aware", "--to", later[60]["time"])["predictions"]
        self.assertEqual(cut, told["predictions"][: len(cut)])

    def test_a_model_without_them_still_tells_the_regime(self):
        self.must("train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "2", "--to", "2015-05-20", "--name", "plain")
        p = self.must_json("predict", "plain", "--from", "2015-05-25")["predictions"][0]
        self.assertEqual(str(p["regime"]), self.rows[p["time"]]["regime"])
        self.assertIsNone(p["regime_states"])
        lines = self.must("predict", "plain", "--from", "2015-05-25").splitlines()
        self.assertEqual(lines[1].split(",")[6], str(p["regime"]))

    def test_a_backtest_shows_where_it_traded_and_what_other_costs_would_do(self):
        folder = self.folder / "backtest"
        self.must("backtest", "EURUSD", "H1", "--strategy", "ema_cross(10,30)", "--spread", "1.0pip", "--report", folder, "--from", "2015-03-01")
        page = (folder / "report.html").read_text()
        for words in ("The regimes it traded in", "Regime at entry", "costs 1.5×: net", "costs 2×: net", "no costs: net", "filled at the same close: net"):
            self.assertIn(words, page)
        self.assertNotIn("<strong>Sensitivity: not available.", page)


if __name__ == "__main__":
    e2e.main()
