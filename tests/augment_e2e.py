"""Drawn bars from the command line: a tiny generator trained by aitrading-train, its facts, its trial and its page."""
import os
import unittest

import e2e
from e2e import Case, random_walk

# Two steps of a generator of four units: what is tested is the way, not the likeness.
TINY = "width=4 noise=6 critic_width=4 steps=2 critic_steps=1 batch=2 length=8 warm_up=2"


class Augment(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not os.path.exists(os.path.join(os.path.dirname(e2e.BINARY), "aitrading-train")):
            raise unittest.SkipTest("this build has no aitrading-train: a sanitizer's, or libtorch is not installed")
        (cls.folder / "walk.csv").write_text(random_walk(5200), encoding="utf-8")
        cls.must("data", "import", cls.folder / "walk.csv", "--symbol", "WALK", "--timeframe", "H1")

    def test_facts_and_distances_of_every_source(self):
        words = ["augment", "WALK", "H1", "--facts-only", "--generator", TINY]
        result = self.must_json(*words)
        self.assertEqual([s["name"] for s in result["realism"]["sources"]], ["gan", "block_bootstrap", "garch_t", "jitter"])
        by_name = {s["name"]: s for s in result["realism"]["sources"]}
        self.assertFalse(by_name["block_bootstrap"]["memorisation_passed"])
        self.assertGreater(by_name["garch_t"]["nearest_neighbour_ratio"], 0.9)
        self.assertEqual(len(result["realism"]["real"]["acf_abs"]), 100)
        self.assertNotIn("trial", result)
        again = self.must_json(*words)
        for run in (result, again):
            for source in run["realism"]["sources"]:
                del source["seconds"]
        self.assertEqual(result, again)
        self.assertEqual(os.listdir(self.home / "cache" / "nets"), [])

    def test_noise_does_not_enter_a_training_and_the_page_says_so(self):
        result = self.must_json("augment", "WALK", "H1", "--trial-only", "--folds", 2, "--generator", TINY, "--report", self.folder / "page")
        trial = result["trial"]
        self.assertEqual([a["name"] for a in trial["arms"]], ["none", "gan", "block_bootstrap", "garch_t", "jitter"])
        self.assertFalse(trial["accepted"])
        self.assertIn("did not help and is not in the training", trial["verdict"])
        page = (self.folder / "page" / "report.html").read_text(encoding="utf-8")
        self.assertIn("Bars from the GAN do not help", page)
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))

    def test_a_training_whose_augmentation_did_not_help_says_so_in_its_card(self):
        words = ["train", "WALK", "H1", "--models", "lightgbm", "--folds", 3, "--augment-folds", 2, "--generator", TINY]
        plain = self.must_json(*words, "--name", "plain")
        result = self.must_json(*words, "--name", "augmented", "--augment", "gan")
        self.assertNotIn("augmentation", plain)
        self.assertFalse(result["augmentation"]["entered"])
        self.assertIn("did not help and is not in the training: against no augmentation the log loss changed by", result["card"])
        self.assertEqual(result["panel"], plain["panel"])  # nothing drawn was learnt from
        self.refuse(2, *words, "--name", "both", "--augment", "gan", "--with", "regimes", says=["--with regimes"])

    def test_what_is_wrong_is_said(self):
        self.refuse(4, "augment", "NONE", "H1", says=["NONE"])
        self.refuse(2, "augment", "WALK", "H1", "--generator", "speed=3", says=["speed", "learning_rate"])
        self.refuse(3, "augment", "WALK", "H1", "--from", "2015-01-05", "--to", "2015-02-01", "--facts-only", "--generator", TINY, says=["take a longer span"])


if __name__ == "__main__":
    e2e.main()
