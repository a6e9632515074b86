"""What the platform says is kept as histories: each event once over kills, read beside the writer, backed up with the rest."""
import base64
import csv
import io
import json
import os
import signal
import subprocess
import time
import unittest
import urllib.request

import e2e
from e2e import Case, random_walk

CUT = "2015-06-01"


class Histories(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.folder / "EURUSD_H1.csv"
        path.write_text(random_walk(3000))
        cls.must("data", "import", path, "--symbol", "EURUSD", "--timeframe", "H1", "--timezone", "UTC")
        cls.must("train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--to", CUT, "--name", "walk")

    def up(self):
        feed = {"AITRADING_FEED": "replay", "AITRADING_FEED_SERIES": "EURUSD:H1", "AITRADING_FEED_FROM": CUT, "AITRADING_FEED_SPEED": "0", "AITRADING_SERVED_MODELS": "walk"}
        process = subprocess.Popen(self.command("--json", "up", "--any-ports"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **feed})
        self.addCleanup(lambda: (process.kill(), process.communicate()) if process.poll() is None else process.communicate())
        for line in process.stdout:
            if line == "}\n":
                self.pid = process.pid
                return process
        raise AssertionError(process.stderr.read())

    def stop(self, process, how=signal.SIGINT):
        process.send_signal(how)
        process.communicate(timeout=60)

    def ask(self, path, body=None):
        for file in (self.home / "run").glob("*.json"):
            running = json.loads(file.read_text())
            if running["pid"] != self.pid:
                continue  # it was killed, and left this
            url = f"http://127.0.0.1:{running['ports']['database-service']}{path}"
            request = urllib.request.Request(url, data=body and json.dumps(body).encode(), headers={"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        raise AssertionError("nothing runs")

    def events(self, topic):
        return [json.loads(line) for line in self.must("journal", "tail", "--from-start", "--topic", topic).splitlines()]

    def rows(self, history, *words, home=None):
        done = self.run_program("data", "history", history, *words, "--json", home=home)
        if done.returncode == 4:
            return []
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["rows"]

    def rows_from(self, history, count, patience=120):
        """What the history holds once it has at least so many rows."""
        give_up = time.monotonic() + patience
        while len(rows := self.rows(history)) < count and time.monotonic() < give_up:
            pass
        return rows

    def test_what_is_said_is_kept_once_and_comes_back(self):
        wanted = len([p for p in self.must_json("predict", "walk", "--from", CUT)["predictions"] if not p["out_of_fold"]])
        self.assertGreater(wanted, 300)
        platform = self.up()
        self.rows_from("predictions", 50)
        self.stop(platform, signal.SIGKILL)
        platform = self.up()
        rows = self.rows_from("predictions", wanted)
        told = self.events("models.predictions")
        self.assertEqual(sorted(row["event"] for row in rows), sorted(event["id"] for event in told))
        self.assertEqual(len({row["event"] for row in rows}), wanted)
        by_id = {event["id"]: event for event in told}
        for row in rows[:20]:
            said = by_id[row["event"]]["data"]["prediction"]
            self.assertEqual((row["p_up"], row["model"], row["trace"]), (said["p_up"], "walk", by_id[row["event"]]["traceparent"]))
            self.assertEqual(row["members"], ",".join(m["model"] for m in said["members"]))
            self.assertEqual(row["member_p_up"], [m["p_up"] for m in said["members"]])
        self.check_requests(rows)
        self.check_calibration(rows)
        self.check_backup(platform, rows)

    def check_requests(self, rows):
        summary = {h["history"]: h for h in self.ask("/v1/histories")["histories"]}
        self.assertEqual({"predictions", "regimes", "correlations", "bars", "calibration"}, set(summary))
        self.assertEqual(int(summary["predictions"]["symbols"][0]["rows"]), len(rows))
        first = self.ask("/v1/histories/predictions/rows?symbol=EURUSD&rows_max=3&columns=p_up&columns=member_p_up")
        self.assertEqual([row["cells"]["p_up"]["real"] for row in first["rows"]], [row["p_up"] for row in rows[:3]])
        self.assertEqual(first["rows"][0]["cells"]["member_p_up"]["reals"]["values"], rows[0]["member_p_up"])
        self.assertTrue(first["next_page"])
        table = list(csv.DictReader(io.StringIO(self.must("data", "history", "predictions", "--csv", "--columns", "model,p_up", "--to", rows[10]["known_at"]))))
        self.assertEqual([float(row["p_up"]) for row in table], [row["p_up"] for row in rows[:10]])
        self.assertIn("the first 20", self.must("data", "history", "predictions"))
        self.assertGreater(len(self.rows("regimes")), 300)
        listed = {h["history"]: h for h in self.must_json("data", "history")["histories"]}
        self.assertEqual(listed["predictions"]["symbols"][0]["rows"], len(rows))
        self.refuse(4, "data", "history", "nothing", says=["predictions"])
        self.refuse(2, "data", "history", "predictions", "--columns", "nothing", says=["nothing"])

    def check_calibration(self, rows):
        kept = self.rows_from("calibration", (len(rows) - 60) // 100)
        self.assertGreaterEqual(len(kept), 3)
        for row in kept:
            self.assertEqual((row["model"], row["label"], row["count"]), ("walk", "next_bar", 100))
            inside = [r["p_up"] for r in rows if row["from_bar"] <= r["bar_open"] <= row["to_bar"]]
            self.assertAlmostEqual(row["mean_predicted"], sum(inside) / len(inside), 2)
            self.assertLess(abs(row["brier"] - 0.25), 0.06, "a coin's")
            self.assertGreater(row["ece_noise_p95"], 0)
        self.assertEqual(sorted(r["from_bar"] for r in kept), [r["from_bar"] for r in kept])

    def check_backup(self, platform, rows):
        backup, copy = self.folder / "backup", self.folder / "copy"
        content = base64.b64encode(b"a report that the archive keeps").decode()
        name = self.ask("/v1/objects", {"content": content, "label": "report", "last": True})["sha256"]
        self.must("db", "backup", "--out", backup)
        self.stop(platform)
        self.assertEqual(self.must_json("db", "verify")["histories"], 5)
        self.must("db", "restore", backup, home=copy)
        told = self.must_json("db", "verify", home=copy)
        self.assertEqual((told["histories"], told["archive"]), (5, True))
        self.assertEqual(self.rows("predictions", home=copy), rows)
        stored = copy / "archive/tenants/default/objects" / name[:2] / name
        sound = stored.read_bytes()
        stored.chmod(0o600)
        stored.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        self.refuse(5, "db", "verify", home=copy, says=[name])
        stored.write_bytes(sound)
        database = copy / "histories/histories.sqlite"
        content = database.read_bytes()
        at = content.rfind(rows[-1]["event"].encode())
        self.assertGreater(at, 0)
        database.write_bytes(content[:at] + b"x" + content[at + 1:])
        self.refuse(5, "db", "verify", home=copy, says=["histories.sqlite"])


if __name__ == "__main__":
    e2e.main()
