"""What the platform says is kept as histories: each event once over kills, read beside the writer, backed up with the rest."""
import base64
import csv
import io
import json
import signal
import urllib.request

import e2e
from e2e import Walked


class Histories(Walked):
    def ask(self, platform, path, body=None):
        request = urllib.request.Request(platform.url["database-service"] + path, data=body and json.dumps(body).encode(), headers={"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def rows(self, history, *words, home=None):
        done = self.run_program("data", "history", history, *words, "--json", home=home)
        if done.returncode == 4:
            return []
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["rows"]

    def rows_from(self, history, count):
        """What the history holds once it has at least so many rows."""
        return self.until_there_are(count, lambda: self.rows(history))

    def test_what_is_said_is_kept_once_and_comes_back(self):
        wanted = len(self.predicted())
        self.assertGreater(wanted, 300)
        platform = self.replay()
        self.rows_from("predictions", 50)
        platform.stop(signal.SIGKILL)
        platform = self.replay()
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
        self.check_requests(platform, rows)
        self.check_calibration(rows)
        self.check_backup(platform, rows)

    def check_requests(self, platform, rows):
        summary = {h["history"]: h for h in self.ask(platform, "/v1/histories")["histories"]}
        self.assertEqual({"predictions", "regimes", "correlations", "bars", "calibration"}, set(summary))
        self.assertEqual(int(summary["predictions"]["symbols"][0]["rows"]), len(rows))
        first = self.ask(platform, "/v1/histories/predictions/rows?symbol=EURUSD&rows_max=3&columns=p_up&columns=member_p_up")
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
        name = self.ask(platform, "/v1/objects", {"content": content, "label": "report", "last": True})["sha256"]
        self.must("db", "backup", "--out", backup)
        self.assertEqual(platform.stop()[0], 0)
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
