"""Nets that start from other instruments: compared for each, kept where they help, told on the card."""
import datetime
import os
import random
import unittest

import e2e
from e2e import Case

SMALL = ["--models", "lstm", "--folds", 2]
WORDS = ["--words", "width=8 layers=1 window=4 epochs=3 learning_rate=0.01 streams=4 chunk=16 parameters_per_row=60"]


def swinging(rows, seed, price, digits, start):
    """CSV of hourly bars, each a little more likely than not to take back what the last one did."""
    generator = random.Random(seed)
    time = datetime.datetime.fromisoformat(start)
    lines, last = ["time,open,high,low,close,volume"], 0.0
    for _ in range(rows):
        move = -0.15 * last + generator.gauss(0, 1)
        close = price * (1 + 5e-4 * move)
        high, low = max(price, close) * 1.0002, min(price, close) * 0.9998
        lines.append(f"{time:%Y-%m-%dT%H:%M:%SZ},{price:.{digits}f},{high:.{digits}f},{low:.{digits}f},{close:.{digits}f},{generator.randint(50, 900)}")
        price, last = round(close, digits), move
        time += datetime.timedelta(hours=1)
        while time.weekday() >= 5:
            time += datetime.timedelta(hours=1)
    return "\n".join(lines) + "\n"


class Transfer(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not os.path.exists(os.path.join(os.path.dirname(e2e.BINARY), "aitrading-train")):
            raise unittest.SkipTest("this build has no aitrading-train: a sanitizer's, or libtorch is not installed")
        cls.symbols = ["EURUSD", "USDJPY"]
        for i, (symbol, price, digits) in enumerate(zip(cls.symbols, (1.2, 110.0), (5, 3))):
            path = cls.folder / f"{symbol}_H1.csv"
            path.write_text(swinging(2200 if i else 1400, 5 + i, price, digits, "2015-01-05" if i else "2015-03-02"))
            cls.must("data", "import", path, "--symbol", symbol, "--timeframe", "H1", "--timezone", "UTC")

    def test_each_instrument_is_compared_and_twice_alike(self):
        words = ["transfer", *self.symbols, "--timeframe", "H1", *SMALL, *WORDS]
        told = self.must_json(*words)
        self.assertEqual([row["symbol"] for row in told["instruments"]], self.symbols)
        for row in told["instruments"]:
            low, high = row["gain_ci95"]
            self.assertTrue(low <= row["gain"] <= high, row)
            self.assertAlmostEqual(row["gain"], row["log_loss_scratch"] - row["log_loss_pooled"], places=9)
            self.assertEqual(row["kept"], low > 0)
            self.assertGreater(row["n"], 700)
        self.assertEqual(os.listdir(self.home / "cache" / "nets"), [])
        table = self.must(*words)
        self.assertIn(" of 2 starts kept", table)
        for folder in ("fits", "nets"):  # nothing from before
            for file in (self.home / "cache" / folder).iterdir():
                file.unlink()
        self.assertEqual(self.must_json(*words, "--threads", 2), told)

    def test_a_stored_net_tells_on_its_card_where_it_started(self):
        told = self.must_json("train", "EURUSD", "H1", *SMALL, *WORDS, "--pool", "USDJPY", "--name", "started")
        [row] = told["pool"]
        self.assertEqual((row["symbol"], row["net"]), ("EURUSD", "lstm"))
        self.assertIn("lstm: start weights of 2 instruments: log loss", told["card"])
        self.assertIn("kept" if row["kept"] else "not kept", told["card"])
        self.assertTrue(self.must_json("predict", "started")["predictions"])

    def test_what_cannot_be_compared(self):
        self.refuse(2, "transfer", "EURUSD", "--timeframe", "H1", says=["only EURUSD is named", "two symbols"])
        self.refuse(4, "transfer", "EURUSD", "NOPE", "--timeframe", "H1", says=["NOPE H1", "import"])
        self.refuse(4, "transfer", *self.symbols, "--timeframe", "M5", says=["EURUSD M5"])
        self.refuse(2, "transfer", "EURUSD", "EURUSD", "--timeframe", "H1", says=["twice"])
        self.refuse(2, "transfer", *self.symbols, "--timeframe", "H1", "--models", "xgboost", says=["xgboost is no net", "lstm"])
        self.refuse(2, "transfer", *self.symbols, "--timeframe", "H1", "--words", "widht=8", says=["widht", "width"])
        for words, says in ((["--with", "regimes", "--models", "lstm"], "--with"), (["--models", "trees"], "--models")):
            self.refuse(2, "train", "EURUSD", "H1", *words, "--pool", "USDJPY", "--name", "no", says=["--pool", says])


if __name__ == "__main__":
    e2e.main()
