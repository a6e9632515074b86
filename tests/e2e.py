"""The ground of the end-to-end tests: a temporary home, the program run in it, and small generated files."""
import datetime
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

BINARY = os.environ.get("AITRADING_BINARY", "build/release/src/apps/aitrading/aitrading")

PANEL_KEYS = """n from to horizon coverage majority_rate accuracy accuracy_ci95 balanced_accuracy mcc roc_auc
p_value_vs_majority brier_skill log_loss log_loss_skill ece ece_noise_p95 accuracy_at aurc net_sharpe_1x net_sharpe_2x psr dsr
min_track_record_years pbo max_drawdown turnover""".split()
NULLABLE = "net_sharpe_1x net_sharpe_2x psr dsr min_track_record_years pbo max_drawdown turnover".split()


def main():
    """unittest.main for `FILE --binary PROGRAM [unittest arguments]`."""
    global BINARY
    words = list(sys.argv)
    if "--binary" in words:
        at = words.index("--binary")
        BINARY = words[at + 1]
        del words[at:at + 2]
    # The test files import this module by name; run as __main__ they see the same object.
    sys.modules["e2e"].BINARY = os.path.abspath(BINARY)
    unittest.main(module="__main__", argv=words, verbosity=2)


class Case(unittest.TestCase):
    """One temporary folder for a class: `home` inside it is the program's, the rest the user's own files."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="aitrading-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.home = cls.folder / "home"

    @classmethod
    def command(cls, *words, home=None):
        return [BINARY, "--home", str(home or cls.home), "--progress", "none", *map(str, words)]

    @classmethod
    def run_program(cls, *words, home=None, stdin=None):
        return subprocess.run(cls.command(*words, home=home), input=stdin, capture_output=True, text=True, timeout=800)

    @classmethod
    def must(cls, *words, home=None, stdin=None):
        """Output of a run that has to succeed."""
        done = cls.run_program(*words, home=home, stdin=stdin)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    @classmethod
    def must_json(cls, *words, home=None):
        return json.loads(cls.must(*words, "--json", home=home))

    def refuse(self, status, *words, says=(), home=None, stdin=None):
        """A run that has to end with this exit code and an error that names all of `says`."""
        done = self.run_program(*words, home=home, stdin=stdin)
        text = f"{' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}"
        self.assertEqual(done.returncode, status, text)
        for part in says:
            self.assertIn(str(part), done.stderr, text)
        return done

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def check_panel(self, panel):
        for key in PANEL_KEYS:
            self.assertIn(key, panel)
        self.assertEqual(list(panel["accuracy_at"]), ["1.0", "0.5", "0.2", "0.1", "0.05"])
        low, high = panel["accuracy_ci95"]
        self.assertLessEqual(low, panel["accuracy"])
        self.assertLessEqual(panel["accuracy"], high)
        for key in PANEL_KEYS:
            if panel[key] is None:
                self.assertIn(key, NULLABLE)
                self.assertTrue(panel[key + "_reason"], key)

    def check_coin(self, panel):
        """Accuracy within three standard errors of a coin's."""
        self.assertLess(abs(panel["accuracy"] - 0.5), 3 * 0.5 / panel["n"] ** 0.5, panel["accuracy"])


class Platform:
    """One `up` or `serve`; leaves with the test."""

    def __init__(self, case, *words, home, environment=None):
        self.process = subprocess.Popen(case.command("--json", *words, home=home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, **(environment or {})})
        case.addCleanup(self.kill)
        text = ""
        for line in self.process.stdout:
            text += line
            if line == "}\n":
                break
        else:
            raise AssertionError(f"it did not come up: {self.process.stderr.read()}")
        self.told = json.loads(text)
        self.url = {s["service"]: s["url"] for s in self.told["services"]}

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self, with_signal=signal.SIGINT):
        self.process.send_signal(with_signal)
        _, told = self.process.communicate(timeout=60)
        return self.process.returncode, told


class Walked(Case):
    """A first home: hourly bars of a random walk as EURUSD, and `walk`, a small model that has learnt from those before CUT."""
    CUT = "2015-06-01"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.import_bars("EURUSD", random_walk(3000))
        cls.must("train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--to", cls.CUT, "--name", "walk")

    @classmethod
    def import_bars(cls, symbol, csv):
        path = cls.folder / f"{symbol}_H1.csv"
        path.write_text(csv)
        cls.must("data", "import", path, "--symbol", symbol, "--timeframe", "H1", "--timezone", "UTC")

    def up(self, home=None, **settings):
        return Platform(self, "up", "--any-ports", home=home, environment=settings)

    def replay(self, home=None, speed="0", series="EURUSD:H1", models="walk"):
        """The platform on what the model has not learnt from, as fast as it goes unless told otherwise."""
        return self.up(home, AITRADING_FEED="replay", AITRADING_FEED_SERIES=series, AITRADING_FEED_FROM=self.CUT, AITRADING_FEED_SPEED=speed, AITRADING_SERVED_MODELS=models)

    def predicted(self, model="walk", home=None, *words):
        """What the command says of the same bars."""
        return [p for p in self.must_json("predict", model, "--from", self.CUT, *words, home=home)["predictions"] if not p["out_of_fold"]]

    def events(self, topic, home=None):
        return [json.loads(line) for line in self.must("journal", "tail", "--from-start", "--topic", topic, home=home).splitlines()]

    @staticmethod
    def until_there_are(count, ask, patience=120):
        """The last answer: the first that is so long, if any is in time."""
        give_up = time.monotonic() + patience
        while len(seen := ask()) < count and time.monotonic() < give_up:
            pass
        return seen


def bytes_below(folder):
    """Every file below a folder with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def random_walk(rows, seed=7, start="2015-01-05T00:00:00", digits=5, price=1.2):
    """CSV of hourly bars of a fair random walk on weekdays: each open is the close before."""
    generator = random.Random(seed)
    time = datetime.datetime.fromisoformat(start)
    point = 10.0 ** -digits
    lines = ["time,open,high,low,close,volume"]
    for _ in range(rows):
        steps = [generator.gauss(0, 4) for _ in range(6)]
        path = [price]
        for step in steps:
            path.append(path[-1] + step * 10 * point)
        path = [round(p, digits) for p in path]
        lines.append(f"{time:%Y-%m-%dT%H:%M:%SZ},{path[0]:.{digits}f},{max(path):.{digits}f},{min(path):.{digits}f},"
                     f"{path[-1]:.{digits}f},{generator.randint(50, 900)}")
        price = path[-1]
        time += datetime.timedelta(hours=1)
        while time.weekday() >= 5:
            time += datetime.timedelta(hours=1)
    return "\n".join(lines) + "\n"
