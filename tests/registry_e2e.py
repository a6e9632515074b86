"""The registry at the command line: versions promoted, rolled back, compared, taken along; refused where they must be."""
import json
import shutil
import unittest

import e2e
from e2e import Case, random_walk

TRAIN = ["train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "2", "--to", "2015-04-10"]


class Registry(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.folder / "EURUSD_H1.csv"
        path.write_text(random_walk(1800))
        cls.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        cls.must(*TRAIN, "--name", "walk")
        cls.must(*TRAIN, "--name", "walk", "--seed", "2")

    def setUp(self):
        """Each test has a copy of the home with the two versions."""
        self.own = self.folder / self._testMethodName
        shutil.copytree(self.home, self.own)
        self.addCleanup(shutil.rmtree, self.own, ignore_errors=True)

    def told(self, *words):
        return self.must_json(*words, home=self.own)

    def force(self, version, reason="a walk has no skill; for the test"):
        return self.told("models", "promote", "walk", version, "--force", "--reason", reason)

    def test_versions_are_named_by_their_contents(self):
        first, second = self.told("models", "list")["models"]
        self.assertEqual([first["version"], second["version"]], [1, 2])
        self.assertEqual(len(first["content_hash"]), 64)
        self.assertNotEqual(first["content_hash"], second["content_hash"])
        for key in "parameters calibration conformal scoring trials data_fingerprint feature_manifest_hash code_version seed panel".split():
            self.assertIn(key, first)
        self.assertIsNone(first["production"])

    def test_a_panel_without_skill_is_refused_unless_forced_with_a_reason(self):
        done = self.refuse(5, "models", "promote", "walk", "1", says=["does not pass", "--force", "refused"], home=self.own)
        self.assertIn("log-loss skill", done.stderr)
        self.refuse(2, "models", "promote", "walk", "1", "--force", says=["--reason"], home=self.own)
        self.refuse(4, "models", "promote", "walk", "3", "--force", "--reason", "x", says=["no version 3", "1, 2"], home=self.own)
        self.refuse(4, "models", "promote", "nobody", "1", says=["nobody"], home=self.own)
        self.assertEqual(self.told("models", "history")["changes"], [])
        told = self.force(1)
        self.assertEqual(told["models"][0]["production"]["forced"], True)
        kept = self.told("models", "history")["changes"]
        self.assertEqual([(c["kind"], c["version"], c["forced"], c["reason"]) for c in kept],
                         [("promotion", 1, True, "a walk has no skill; for the test")])
        self.assertIn("refused", kept[0]["gates"])
        self.assertIn("models promote walk 1", kept[0]["command_line"])

    def test_one_serves_and_a_rollback_brings_back_the_one_before(self):
        self.force(1)
        self.force(2)
        self.assertEqual([m["production"] is not None for m in self.told("models", "list")["models"]], [False, True])
        self.assertEqual(self.told("predict", "EURUSD/H1/next_bar", "--from", "2015-04-15")["version"], 2)
        self.must("models", "rollback", home=self.own)
        self.assertEqual(self.told("predict", "EURUSD/H1/next_bar", "--from", "2015-04-15")["version"], 1)
        self.assertEqual(self.told("predict", "walk@production", "--from", "2015-04-15")["version"], 1)
        self.refuse(4, "models", "rollback", "walk", says=["nothing served it before"], home=self.own)
        self.assertEqual([c["kind"] for c in self.told("models", "history")["changes"]], ["promotion", "promotion", "rollback"])
        self.assertIn("rollback", self.must("models", "history", home=self.own))
        self.assertIn("in production for EURUSD H1 next_bar", self.must("models", "show", "walk@1", home=self.own))

    def test_where_nothing_serves_it_is_said(self):
        self.refuse(4, "models", "rollback", says=["nothing is in production"], home=self.own)
        self.refuse(4, "predict", "EURUSD/H1/next_bar", says=["nothing is in production for EURUSD H1 next_bar"], home=self.own)
        self.refuse(4, "predict", "walk@production", says=["no version of walk is in production"], home=self.own)
        self.refuse(2, "predict", "walk@new", says=["walk@2"], home=self.own)
        self.refuse(2, "predict", "EURUSD/H1", says=["SYMBOL/TIMEFRAME/LABEL"], home=self.own)
        self.refuse(2, "predict", "walk@1", "--version", "2", says=["names a version already"], home=self.own)

    def test_cards(self):
        card = self.told("models", "card", "walk")["models"][0]
        for word in ("# walk", "What it is", "Calibration", "fingerprint", "Out of fold", "What it does not tell"):
            self.assertIn(word, card["card"])
        page = self.own / "cards" / "card.html"
        self.must("models", "card", "walk", "--out", page, home=self.own)
        self.assertEqual(page.read_text(), card["html"])
        for word in ("Model card", "EURUSD H1", "What it knew", "What could be wrong", "<svg"):
            self.assertIn(word, card["html"])
        self.assertNotIn("http://", card["html"].replace("http://www.w3.org", ""))
        self.assertEqual(self.must("models", "card", "walk@2", home=self.own).strip(), card["card"].strip())

    def test_compare_says_what_differs(self):
        told = self.told("models", "compare", "walk@1", "walk@2")
        self.assertIn("seed", told["differs"])
        self.assertNotIn("data_fingerprint", told["differs"])
        self.assertTrue(told["same_bars"])
        self.assertIn("Both panels speak of the same bars", self.must("models", "compare", "walk@1", "walk", home=self.own))
        self.refuse(4, "models", "compare", "walk@1", "walk@9", says=["no version 9"], home=self.own)

    def test_an_exported_version_is_one_elsewhere(self):
        out = self.own / "taken"
        self.must("models", "export", "walk@1", "--out", out, home=self.own)
        self.refuse(1, "models", "export", "walk@2", "--out", out, says=["is there already"], home=self.own)
        other = self.own / "other"
        shutil.copytree(out, other / "models" / "moved" / "1")
        there = self.must_json("models", "list", home=other)["models"]
        self.assertEqual([(m["name"], m["version"]) for m in there], [("moved", 1)])
        self.assertEqual(there[0]["content_hash"], self.told("models", "list")["models"][0]["content_hash"])

    def test_what_was_changed_or_is_newer_is_refused(self):
        first, second = (self.own / "models" / "walk" / v for v in "12")
        shutil.rmtree(first)
        shutil.copytree(second, first)
        self.refuse(5, "predict", "walk@1", says=["versions do not change"], home=self.own)
        self.refuse(5, "models", "promote", "walk", "1", "--force", "--reason", "x", says=["versions do not change"], home=self.own)
        self.assertIn("damaged", self.must("models", "list", home=self.own))
        list_of = second / "checksums.txt"
        list_of.chmod(0o600)
        list_of.write_text(list_of.read_text().replace("format 2", "format 9"))
        self.refuse(3, "predict", "walk@2", says=["format 9 is newer than this build knows"], home=self.own)
        (self.own / "models" / "registry.sqlite").write_bytes(b"no registry")
        self.refuse(5, "models", "list", says=["registry.sqlite", "damaged", "move it away"], home=self.own)
        self.refuse(5, *TRAIN, "--name", "other", says=["registry.sqlite"], home=self.own)

    def test_a_backtest_inside_the_training_span_without_out_of_fold_predictions_is_a_leak(self):
        words = ["backtest", "EURUSD", "H1", "--strategy", "model:walk@1", "--spread", "0.1pip"]
        self.refuse(5, *words, "--to", "2015-01-09", says=["fitted on EURUSD H1", "a leak"], home=self.own)
        self.assertGreater(self.told(*words)["bars"], 0)

    def test_json_stays_one_document(self):
        for words in (["models", "history"], ["models", "list"], ["models", "show", "walk"], ["models", "card", "walk"]):
            self.assertIsInstance(json.loads(self.must(*words, "--json", home=self.own)), dict)


if __name__ == "__main__":
    e2e.main()
