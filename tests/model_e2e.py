"""A model's life: trained, listed, asked, traded; refused where it knows nothing or is damaged."""
import math
import shutil
import unittest

import e2e
from e2e import Case, random_walk


class StoredModel(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.folder / "EURUSD_H1.csv"
        path.write_text(random_walk(3000))
        cls.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        other = cls.folder / "GBPUSD_H1.csv"
        other.write_text(random_walk(400, seed=9))
        cls.must("data", "import", other, "--symbol", "GBPUSD", "--timeframe", "H1", "--timezone", "UTC")
        # The last weeks of the series stay unseen: what is traded there is the model itself.
        cls.trained = cls.must_json("train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--to", "2015-06-01",
                                    "--name", "walk")

    def test_train_tells_what_it_kept(self):
        self.assertEqual((self.trained["model"], self.trained["version"]), ("walk", 1))
        for word in ("EURUSD", "next_bar", "Protocol"):
            self.assertIn(word, self.trained["card"])

    def test_list_and_show(self):
        models = self.must_json("models", "list")["models"]
        self.assertEqual([(m["name"], m["version"]) for m in models], [("walk", 1)])
        self.assertEqual(self.must_json("models", "show", "walk")["models"][0]["card"], self.trained["card"])

    def test_predict_tells_what_was_out_of_fold(self):
        predictions = self.must_json("predict", "walk")["predictions"]
        self.assertTrue(predictions)
        for key in "time p_up low high regime layers reasons".split():
            self.assertIn(key, predictions[0])
        for p in predictions:
            self.assertTrue(0 <= p["p_low"] <= p["p_up"] <= p["p_high"] <= 1, p)
            self.assertEqual(p["out_of_fold"], p["time"] < "2015-06-01", p)
        later = self.must_json("predict", "walk", "--from", "2015-06-10")["predictions"]
        self.assertEqual(later, [p for p in predictions if p["time"] >= "2015-06-10"])

    def test_the_card_tells_what_features_are_worth_and_how_the_answer_follows_them(self):
        card = self.trained["card"]
        for part in ("What features are worth on tested bars", "95 % band", "How the answer follows its strongest features", "Mean p_up"):
            self.assertIn(part, card)
        page = self.must("models", "card", "walk", "--html")
        for part in ("worth nothing", "Mean answer with the feature set"):
            self.assertIn(part, page)
        told = self.must_json("evaluate", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--to", "2015-06-01", "--importance", "4",
                              "--report", self.folder / "worth")["importance"]
        self.assertIsNone(told["reason"])
        self.assertTrue(1 <= len(told["features"]) <= 4, told)  # those that the fit on a walk asks for at all
        for f in told["features"]:
            self.assertTrue(f["low"] < f["loss"] < f["high"] or f["loss"] == 0, f)
        self.assertIn("fitted on", told["how"])
        self.assertIn("worth nothing", (self.folder / "worth" / "report.html").read_text())

    def test_reasons_add_up_to_the_answer(self):
        predictions = self.must_json("predict", "walk", "--from", "2015-05-25", "--explain")["predictions"]
        explained = 0
        for p in predictions:
            if p["out_of_fold"]:
                self.assertEqual((p["reasons"], p["logit"]), ([], None))
                self.assertIn("not available", p["reasons_note"])
                continue
            explained += 1
            total = p["base_logit"] + p["others_contribution"] + sum(r["contribution"] for r in p["reasons"])
            self.assertAlmostEqual(total, math.log(p["p_up"] / (1 - p["p_up"])), delta=1e-4)
            self.assertAlmostEqual(total, p["logit"], delta=1e-4)
            sizes = [abs(r["contribution"]) for r in p["reasons"]]
            self.assertEqual(sizes, sorted(sizes, reverse=True))
            self.assertLessEqual(len(sizes), 12)
            for r in p["reasons"]:
                self.assertIn(f"{r['contribution']:+.3f}", r["words"])
        self.assertGreater(explained, 100)
        plain = self.must_json("predict", "walk", "--from", "2015-05-25")["predictions"]
        self.assertEqual([p["p_up"] for p in plain], [p["p_up"] for p in predictions])
        # Later bars change no reason.
        earlier = self.must_json("predict", "walk", "--from", "2015-06-02", "--to", "2015-06-04", "--explain")["predictions"]
        self.assertEqual(earlier, [p for p in predictions if "2015-06-02" <= p["time"] < "2015-06-04"])
        text = self.must("predict", "walk", "--explain")
        self.assertIn("log-odds", text)
        self.assertNotIn("not available", text)

    def test_backtest_trades_what_was_not_seen(self):
        words = ["backtest", "EURUSD", "H1", "--strategy", "model:walk", "--spread", "0.1pip"]
        result = self.must_json(*words)
        self.assertIn("out-of-fold", " ".join(result["notes"]).replace("out of fold", "out-of-fold"))
        self.assertEqual(self.must_json(*words)["hash"], result["hash"])

    def test_nobody_is_missing_and_nobody_was_dropped(self):
        for p in self.must_json("predict", "walk", "--from", "2015-06-10")["predictions"]:
            self.assertEqual(p["missing_members"], [])
        self.assertEqual(self.trained["dropped"], [])
        self.refuse(2, "train", "EURUSD", "H1", "--name", "walk", "--stack", "gates", says=["gates", "drop"])

    def test_another_series_is_refused(self):
        self.refuse(5, "predict", "walk", "GBPUSD", "H1", says=["walk", "EURUSD", "GBPUSD"])
        self.refuse(5, "backtest", "GBPUSD", "H1", "--strategy", "model:walk", says=["walk", "EURUSD", "GBPUSD"])

    def test_unknown_model_is_not_found(self):
        self.refuse(4, "predict", "nobody", says=["nobody"])
        self.refuse(4, "models", "show", "nobody", says=["nobody"])
        self.refuse(4, "backtest", "EURUSD", "H1", "--strategy", "model:nobody", says=["nobody"])

    def test_damaged_model_is_refused(self):
        home = self.folder / "damaged"
        shutil.copytree(self.home, home)
        model = next(home.rglob("model.bin"))
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 1
        model.chmod(0o600)
        model.write_bytes(content)
        self.refuse(5, "predict", "walk", says=["walk"], home=home)
        self.refuse(5, "backtest", "EURUSD", "H1", "--strategy", "model:walk", says=["walk"], home=home)
        self.assertIn("walk", self.must("models", "list", home=home))

    def test_second_training_is_a_second_version(self):
        home = self.folder / "versions"
        shutil.copytree(self.home, home)
        words = ["train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--to", "2015-06-01", "--name", "walk"]
        self.assertEqual(self.must_json(*words, home=home)["version"], 2)
        self.assertEqual(len(self.must_json("models", "list", home=home)["models"]), 2)

    def test_a_name_that_leaves_the_home_is_wrong_usage(self):
        self.refuse(2, "train", "EURUSD", "H1", "--name", "../out", says=["../out"])


if __name__ == "__main__":
    e2e.main()
