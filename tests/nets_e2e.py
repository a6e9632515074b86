"""Deep nets from the command line: trained by aitrading-train, evaluated, kept, asked again."""
import csv
import json
import math
import os
import signal
import subprocess
import unittest

import e2e
from e2e import Case, random_walk

TRAINER = "aitrading-train"


class Nets(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not os.path.exists(os.path.join(os.path.dirname(e2e.BINARY), TRAINER)):
            raise unittest.SkipTest("this build has no aitrading-train: a sanitizer's, or libtorch is not installed")
        cls.market = cls.folder / "strong.csv"
        cls.must("--seed", 42, "synth", "market-strong", "--rows", 9001, "--out", cls.market)
        cls.words = ["evaluate", "--market", cls.market, "--train", 6000, "--test", 3000, "--models", "cnn", "--threads", 1]

    def test_a_net_learns_a_strong_market_twice_to_the_same_bytes(self):
        outs = [self.folder / "first.csv", self.folder / "second.csv"]
        results = [self.must_json(*self.words, "--predictions", out) for out in outs]
        self.check_panel(results[0]["models"]["cnn"])
        self.assertGreater(results[0]["models"]["cnn"]["accuracy"], 0.65)
        with open(outs[0], newline="") as file:
            self.assertEqual(list(csv.DictReader(file).fieldnames), "t p_up p_low p_high low high regime cnn".split())
        self.assertEqual(outs[0].read_bytes(), outs[1].read_bytes())
        self.assertEqual(os.listdir(self.home / "cache" / "nets"), [])

    def test_interrupted_it_keeps_a_checkpoint_and_goes_on_to_the_same_bytes(self):
        home, whole, out = self.folder / "stopped", self.folder / "whole.csv", self.folder / "resumed.csv"
        words = [*self.words[:-3], "lstm", "--threads", 1]
        self.must(*words, "--predictions", whole)
        kept = home / "cache" / "nets"
        with subprocess.Popen(self.command(*words, "--predictions", out, home=home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
            while not list(kept.glob("*.checkpoint")):  # the first epoch of the first net is over, many are to come
                with self.assertRaises(subprocess.TimeoutExpired, msg="it ended before a checkpoint was seen"):
                    run.wait(timeout=0.01)
            run.send_signal(signal.SIGTERM)
            said = run.stderr.read()
            self.assertEqual(run.wait(timeout=300), 130, said)
        self.assertIn("error[interrupted]", said)
        left = os.listdir(kept)
        self.assertTrue(left and all(name.endswith(".checkpoint") for name in left), left)
        self.must(*words, "--predictions", out, home=home)
        self.assertEqual(out.read_bytes(), whole.read_bytes())
        self.assertEqual(os.listdir(kept), [])

    def test_without_the_program_the_remedy_is_said(self):
        command = self.command(*self.words)
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "AITRADING_TRAIN": "/nowhere/aitrading-train"})
        self.assertEqual(done.returncode, 4, done.stderr)
        for part in ("/nowhere/aitrading-train", "./dev build", "libtorch"):
            self.assertIn(part, done.stderr)

    def test_all_members_answer_and_without_the_program_all_but_the_nets(self):
        words = ["evaluate", "--market", self.market, "--train", 2500, "--test", 500, "--models", "all", "--stack", "all"]
        told = self.must_json(*words)
        trees, nets = ["xgboost", "lightgbm", "random_forest"], ["lstm", "transformer", "cnn"]
        self.assertEqual(sorted(told["models"]), sorted([*trees, *nets, "markov_switching", "ensemble"]))
        self.assertEqual(len(told["followed"][0]), 8)
        self.assertAlmostEqual(sum(told["followed"][0]), 1, places=9)
        done = subprocess.run(self.command("--json", *words), capture_output=True, text=True, timeout=300,
                              env={**os.environ, "AITRADING_TRAIN": "/nowhere/aitrading-train"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(json.loads(done.stdout)["models"]), sorted([*trees, "markov_switching", "ensemble"]))
        self.assertIn("without lstm, transformer and cnn", done.stderr)

    def test_a_gpu_that_is_not_there(self):
        self.refuse(2, *self.words, "--device", "cuda", says=["--device cpu"])
        self.refuse(2, *self.words, "--device", "tpu", says=["--device"])


class KeptNet(Case):
    def test_a_kept_net_says_bar_by_bar_what_its_series_told(self):
        if not os.path.exists(os.path.join(os.path.dirname(e2e.BINARY), TRAINER)):
            self.skipTest("this build has no aitrading-train: a sanitizer's, or libtorch is not installed")
        path = self.write("EURUSD_H1.csv", random_walk(9000))
        self.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        self.must("train", "EURUSD", "H1", "--models", "cnn", "--folds", 2, "--to", "2016-05-01", "--name", "net")
        predictions = self.must_json("predict", "net")["predictions"]
        later = [p for p in predictions if not p["out_of_fold"]]
        self.assertGreater(len(later), 100)
        self.assertGreater(len({p["p_up"] for p in later}), 5)
        for p in later:
            self.assertTrue(0 <= p["p_low"] <= p["p_up"] <= p["p_high"] <= 1, p)
        # The state at a bar comes from all bars before it, and from none after.
        part = self.must_json("predict", "net", "--to", later[50]["time"])["predictions"]
        self.assertEqual([p["p_up"] for p in part], [p["p_up"] for p in predictions[:len(part)]])
        # What each feature added: sums are the answer, whatever was asked before, and no later bar changes them.
        explained = self.must_json("predict", "net", "--from", later[20]["time"], "--to", later[51]["time"], "--explain")["predictions"]
        self.assertEqual([p["p_up"] for p in explained], [p["p_up"] for p in later[20:51]])
        for p in explained:
            total = p["base_logit"] + p["others_contribution"] + sum(r["contribution"] for r in p["reasons"])
            self.assertAlmostEqual(total, math.log(p["p_up"] / (1 - p["p_up"])), delta=1e-4)
        last = self.must_json("predict", "net", "--from", later[50]["time"], "--explain")["predictions"][0]
        self.assertEqual(last, explained[-1])
        self.assertGreater(sum(len(p["reasons"]) for p in explained), len(explained))


if __name__ == "__main__":
    e2e.main()
