"""The honest evaluation: the panel's keys, its placebos, its determinism and its cache, on a fair random walk."""
import csv
import json
import signal
import subprocess
import unittest

import e2e
from e2e import Case, random_walk

RUN = ["evaluate", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3"]


class OnARandomWalk(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.folder / "EURUSD_H1.csv"
        path.write_text(random_walk(3000))
        cls.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        cls.predictions = cls.folder / "predictions.csv"
        cls.result = cls.must_json(*RUN, "--threads", "1", "--predictions", cls.predictions)

    def test_document_has_the_keys_of_the_contract(self):
        for key in "protocol panel models costs trials timing".split():
            self.assertIn(key, self.result)
        for name in ("lightgbm", "majority", "reverse_last_bar"):
            self.assertIn(name, self.result["models"])
        for panel in [self.result["panel"], *self.result["models"].values()]:
            self.check_panel(panel)
        self.assertIsNone(self.result["panel"]["pbo"])
        self.assertEqual(self.result["timing"]["fits_from_cache"], 0)

    def test_a_fair_walk_stays_a_coin(self):
        self.check_coin(self.result["panel"])

    def test_stack_may_be_of_another_form_and_members_disagreement_is_told(self):
        self.assertEqual(self.result["dropped"], [[], [], []])
        self.assertIsNone(self.result["agreement"])
        both = self.must_json("evaluate", "EURUSD", "H1", "--models", "lightgbm,random_forest", "--folds", "3", "--stack", "drop,disagreement")
        self.check_coin(both["panel"])
        self.assertEqual(len(both["dropped"]), 3)
        self.assertEqual(both["agreement"]["accuracy_at"]["1.0"], both["panel"]["accuracy"])
        self.assertTrue(0.4 < both["agreement"]["error_auc"] < 0.6, both["agreement"])
        self.assertTrue(any("width for each regime" in line for line in both["protocol"]), both["protocol"])
        self.refuse(2, *RUN, "--stack", "plain,drop", says=["plain"])

    def test_predictions_file(self):
        with open(self.predictions, newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), "time p_up p_low p_high low high regime lightgbm".split())
        self.assertEqual(len(rows), self.result["panel"]["n"])
        times = [r["time"] for r in rows]
        self.assertEqual(times, sorted(set(times)))
        for row in rows:
            self.assertTrue(0 <= float(row["p_low"]) <= float(row["p_up"]) <= float(row["p_high"]) <= 1, row)

    def test_second_run_fits_nothing_and_says_the_same(self):
        again = self.folder / "again.csv"
        second = self.must_json(*RUN, "--threads", "2", "--predictions", again)
        self.assertGreater(second["timing"]["fits"], 0)
        self.assertEqual(second["timing"]["fits_from_cache"], second["timing"]["fits"])
        self.assertEqual(self.untimed(second), self.untimed(self.result))
        self.assertEqual(again.read_bytes(), self.predictions.read_bytes())

    def test_two_threads_make_the_same_bytes_afresh(self):
        home = self.folder / "threads"
        self.must("data", "import", self.folder / "EURUSD_H1.csv", "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC",
                  home=home)
        other = self.folder / "threads.csv"
        result = self.must_json(*RUN, "--threads", "2", "--predictions", other, home=home)
        self.assertEqual(result["timing"]["fits_from_cache"], 0)
        self.assertEqual(self.untimed(result), self.untimed(self.result))
        self.assertEqual(other.read_bytes(), self.predictions.read_bytes())

    def test_leak_is_refused(self):
        self.refuse(5, *RUN, "--placebo", "leak", says=["gate_refused"])

    def test_shuffled_labels_stay_a_coin(self):
        result = self.must_json(*RUN, "--placebo", "shuffled")
        self.check_coin(result["panel"])
        self.assertTrue(any("PLACEBO" in line for line in result["protocol"]))

    def test_wrong_words(self):
        self.refuse(2, *RUN, "--placebo", "sugar", says=["sugar"])
        self.refuse(2, "evaluate", "EURUSD", "H1", "--label", "tomorrow", says=["tomorrow"])
        self.refuse(2, "evaluate", "EURUSD", "H1", "--models", "oracle", says=["oracle"])
        self.refuse(2, *RUN, "--from", "2016-01-01", "--to", "2015-01-01", says=["--from"])
        self.refuse(2, "evaluate", says=["SYMBOL"])
        self.refuse(4, "evaluate", "GBPUSD", "H1", says=["GBPUSD"])

    def test_too_short_a_span_is_bad_input(self):
        done = self.refuse(3, *RUN, "--to", "2015-01-08")
        self.assertIn("error[bad_input]", done.stderr)

    @staticmethod
    def untimed(result):
        return json.dumps({key: value for key, value in result.items() if key != "timing"})


class Interrupted(Case):
    def test_keeps_what_was_finished(self):
        path = self.write("EURUSD_H1.csv", random_walk(3000, seed=11))
        self.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        words = ["evaluate", "EURUSD", "H1", "--models", "random_forest,lightgbm", "--folds", "6", "--threads", "1", "--json"]
        running = subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        cache = self.home / "cache" / "fits"
        # The first kept fit is the sign that there is something to keep and something left to do.
        while running.poll() is None and not (cache.exists() and any(p.is_file() for p in cache.rglob("*"))):
            pass
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=300)
        self.assertEqual(running.returncode, 130, err)
        self.assertEqual(out, "")
        timing = self.must_json(*words[:-1])["timing"]
        self.assertGreater(timing["fits_from_cache"], 0)
        self.assertLess(timing["fits_from_cache"], timing["fits"])


if __name__ == "__main__":
    e2e.main()
