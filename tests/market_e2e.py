"""Synthetic markets: skill where there is some, none where there is none, the files of the contract."""
import csv
import unittest

import e2e
from e2e import Case


class Markets(Case):
    def market(self, name, rows, seed):
        path = self.folder / f"{name}-{seed}.csv"
        self.must("--seed", seed, "synth", name, "--rows", rows, "--out", path)
        return path

    def evaluate(self, path, *words):
        return self.must_json("evaluate", "--market", path, "--train", 6000, "--test", 3000, "--models", "lightgbm", *words)

    def test_strong_market_is_learnt(self):
        path, out = self.market("market-strong", 9001, 42), self.folder / "strong.csv"
        result = self.evaluate(path, "--predictions", out)
        for key in "protocol panel models costs trials timing".split():
            self.assertIn(key, result)
        self.check_panel(result["panel"])
        self.assertGreater(result["panel"]["accuracy"], 0.65)
        with open(out, newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), "t p_up p_low p_high low high regime lightgbm".split())
        self.assertEqual(len(rows), 3000)
        self.check_that_p_up_speaks_of_the_next_row(path, rows, result["panel"]["accuracy"])

    def check_that_p_up_speaks_of_the_next_row(self, path, predictions, accuracy):
        with open(path, newline="") as file:
            table = list(csv.DictReader(file))
        place = {row["t"]: i for i, row in enumerate(table)}
        right = [(float(p["p_up"]) > 0.5) == (float(table[place[p["t"]] + 1]["r_bp"]) > 0) for p in predictions]
        self.assertAlmostEqual(sum(right) / len(right), accuracy, delta=0.002)

    def test_null_market_stays_a_coin(self):
        self.check_coin(self.evaluate(self.market("market-null", 9001, 42))["panel"])

    def test_too_few_rows(self):
        path = self.market("market-strong", 500, 1)
        self.refuse(3, "evaluate", "--market", path, "--train", 600, "--test", 100, says=[path.name, "500", "--train"])

    def test_train_and_test_are_needed(self):
        path = self.market("market-strong", 400, 1)
        self.refuse(2, "evaluate", "--market", path, says=["--train"])

    def test_a_broken_row_is_named(self):
        lines = self.market("market-strong", 300, 1).read_text().splitlines()
        lines[9] = lines[9].replace(",", ",oops", 1)
        path = self.write("broken.csv", "\n".join(lines) + "\n")
        self.refuse(3, "evaluate", "--market", path, "--train", 200, "--test", 50, says=["broken.csv", "10"])

    def test_same_seed_same_bytes(self):
        first = self.market("market-realistic", 200, 5).read_bytes()
        self.assertEqual(self.market("market-realistic", 200, 5).read_bytes(), first)
        self.assertNotEqual(self.market("market-realistic", 200, 6).read_bytes(), first)


if __name__ == "__main__":
    e2e.main()
