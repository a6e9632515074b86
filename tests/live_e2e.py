"""A replayed market through the platform: feed, features, predictions; the same numbers as the command says."""
import datetime
import json
import math
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from decimal import Decimal

import e2e
from e2e import Walked, random_walk


class Replayed(Walked):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = random_walk(3000, seed=8).splitlines()
        cls.import_bars("GBPUSD", "\n".join(row for n, row in enumerate(rows) if n % 50 != 7) + "\n")

    @staticmethod
    def nanos(iso):
        return str(int(datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()) * 10**9)

    def other_home(self, name):
        """A home with the same series and models and nothing that was told."""
        home = self.folder / name
        for part in ("series", "data", "models"):
            if (self.home / part).exists():
                shutil.copytree(self.home / part, home / part)
        return home

    def predictions_from(self, count, home=None):
        """What the journal holds once it has at least so many predictions."""
        return self.until_there_are(count, lambda: self.events("models.predictions", home))

    def test_a_replay_that_is_killed_and_begins_again_leaves_each_event_once(self):
        whole, cut = self.other_home("whole"), self.other_home("cut")
        wanted = len(self.predicted())
        platform = self.replay(whole, "0")
        self.predictions_from(wanted, whole)
        platform.stop()
        # An hour every 5 ms: some have come, most have not.
        platform = self.replay(cut, "720000")
        self.predictions_from(30, cut)
        platform.stop(signal.SIGKILL)
        self.assertLess(len(self.events("models.predictions", cut)), wanted)
        platform = self.replay(cut, "0")
        self.predictions_from(wanted, cut)
        platform.stop()
        for topic in ("market.bars", "features.vectors", "regimes.states", "models.predictions"):
            one, two = ([(e["id"], e["data"]) for e in self.events(topic, home)] for home in (whole, cut))
            self.assertEqual(len(one), wanted, topic)
            self.assertEqual(len({id_of for id_of, _ in two}), len(two), topic)
            self.assertEqual(one, two, topic)
        self.assertTrue(self.must_json("journal", "verify", home=cut)["ok"])

    def test_predictions_of_the_platform_are_those_of_the_command(self):
        wanted = self.predicted()
        self.assertGreater(len(wanted), 100)
        platform = self.replay()
        told = self.predictions_from(len(wanted))
        states = {s["service"]: s["state"] for s in self.must_json("status")["services"]}
        for service in ("data-bridge", "feature-engineering", "hybrid-ai-engine"):
            self.assertEqual(states[service], "ready", service)
        last = max(p["time"] for p in wanted)
        give_up = time.monotonic() + 60
        while (newest := self.ask_of(platform, "hybrid-ai-engine", "/v1/regimes/EURUSD")[1]["regime"])["bar_open_ns"] != self.nanos(last) and time.monotonic() < give_up:
            pass
        code, said = platform.stop()
        self.assertEqual(code, 0, said)
        bars = {int(e["data"]["bar"]["open_time_ns"]): e for e in self.events("market.bars") if e["subject"] == "EURUSD"}
        told = {int(e["data"]["prediction"]["bar_open_ns"]): e for e in self.events("models.predictions")}
        vectors = {int(e["data"]["bar_open_ns"]): e for e in self.events("features.vectors") if e["subject"] == "EURUSD"}
        self.assertEqual(set(told), set(bars))
        regimes = {int(e["data"]["bar_open_ns"]): e for e in self.events("regimes.states") if e["subject"] == "EURUSD" and e["data"]["method"] == "rules"}
        self.assertEqual(set(vectors), set(bars))
        self.assertEqual(set(regimes), set(bars))
        p_of = {time_of: e["data"]["prediction"] for time_of, e in told.items()}
        self.assertEqual(len(p_of), len(wanted))
        for p, time_of in zip(wanted, sorted(p_of)):
            own = p_of[time_of]
            self.assertEqual([own["p_up"], own["p_low"], own["p_high"]], [p["p_up"], p["p_low"], p["p_high"]], p["time"])
            self.assertEqual([own["low"], own["high"]], [p["low"], p["high"]], p["time"])
            self.assertEqual((own["model"], own["degraded"], int(own["known_ns"])), ("walk", False, time_of + 3_600_000_000_000))
            # One trace from the bar to what follows from it.
            trace = {e["traceparent"].split("-")[1] for e in (bars[time_of], told[time_of], vectors[time_of], regimes[time_of])}
            self.assertEqual(len(trace), 1)
        self.check_regimes(regimes)
        self.assertEqual(newest, regimes[max(regimes)]["data"])
        self.assertTrue(self.must_json("journal", "verify")["ok"])

    def check_regimes(self, told):
        """They are the rows of the command `regimes`; its CSV has six digits."""
        self.must("regimes", "EURUSD", "H1", "--from", self.CUT, "--out", self.folder / "regimes.csv")
        rows = (self.folder / "regimes.csv").read_text().splitlines()[1:]
        self.assertEqual(len(rows), len(told))
        for row, time_of in zip(rows, sorted(told)):
            own, cells = told[time_of]["data"], row.split(",")
            self.assertEqual((str(own["state"]), int(own["known_ns"]), own["degraded"]), (cells[1], time_of + 3_600_000_000_000, False), cells[0])
            self.assertEqual([f"{p:.6g}" for p in own["posterior"]], [f"{float(c):.6g}" for c in cells[2:]], cells[0])
            self.assertAlmostEqual(sum(own["next"]), 1, places=9)

    def test_correlations_of_the_platform_are_those_of_the_command(self):
        self.must("correlation", "EURUSD", "GBPUSD", "--timeframe", "H1", "--from", self.CUT, "--out", self.folder / "pairs.csv")
        wanted = [row.split(",") for row in (self.folder / "pairs.csv").read_text().splitlines()[1:]]
        platform = self.replay(series="EURUSD:H1,GBPUSD:H1", models="")
        told = self.until_there_are(len(wanted), lambda: [e["data"] for e in self.events("correlation.matrices")])
        newest = self.ask_of(platform, "hybrid-ai-engine", "/v1/correlations/feed")[1]["correlation"]
        platform.stop()
        self.assertGreater(len(wanted), 400)
        self.assertEqual(len(told), len(wanted))
        for row, own in zip(wanted, told):
            self.assertEqual(own["known_ns"], str(int(self.nanos(row[0])) + 3_600_000_000_000))
            self.assertEqual(f"{own['upper'][0]:.6g}", f"{float(row[1]):.6g}", row[0])
            self.assertEqual((own["symbols"], own["method"], own["window_bars"], own["degraded"]), (["EURUSD", "GBPUSD"], "rolling", 240, False))
        self.assertEqual(newest, told[-1])
        missing = [own["missing"] for own in told if own["missing"]]
        self.assertEqual(set(map(tuple, missing)), {("GBPUSD",)})

    def ask_of(self, platform, service, path, body=None):
        """Status and JSON of a request over HTTP."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(platform.url[service] + path, data=data, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def stored_bars(self):
        """What random_walk wrote, as the contracts write bars."""
        bars = []
        for line in (self.folder / "EURUSD_H1.csv").read_text().splitlines()[1:]:
            time_of, *prices, volume = line.split(",")[:6]
            opened = datetime.datetime.fromisoformat(time_of.replace("Z", "")).replace(tzinfo=datetime.timezone.utc)
            bar = {"open_time_ns": str(int(opened.timestamp()) * 10**9), "volume_e6": str(int(Decimal(volume) * 10**6))}
            bars.append(bar | {name: str(int(Decimal(price) * 10**9)) for name, price in zip(("open_e9", "high_e9", "low_e9", "close_e9"), prices)})
        return bars

    def test_requests_about_predictions_and_features_are_answered(self):
        wanted = self.predicted()
        home = self.other_home("asked")
        platform = self.replay(home, "0")
        told = self.predictions_from(len(wanted), home)[-1]["data"]["prediction"]
        give_up = time.monotonic() + 60
        while (seen := self.ask_of(platform, "hybrid-ai-engine", "/v1/models/walk/predictions/EURUSD"))[1].get("prediction", {}).get("known_ns") != told["known_ns"] and time.monotonic() < give_up:
            pass
        status, reply = seen
        self.assertEqual((status, reply["from_cache"], reply["prediction"]["degraded"]), (200, True, False))
        self.assertEqual([reply["prediction"][key] for key in ("p_up", "low", "high", "members")], [told[key] for key in ("p_up", "low", "high", "members")])
        # Bars that the caller brings: the same bits as the command over the same bars.
        status, brought = self.ask_of(platform, "hybrid-ai-engine", "/v1/models/walk:predict", {"model_version": 1, "bars": self.stored_bars(), "answers_max": 100})
        self.assertEqual(status, 200, brought)
        self.assertEqual(len(brought["predictions"]), 100)
        for own, p in zip(brought["predictions"], wanted[-100:]):
            self.assertEqual([own["p_up"], own["p_low"], own["p_high"], own["low"], own["high"]], [p["p_up"], p["p_low"], p["p_high"], p["low"], p["high"]], p["time"])
        self.check_reasons(platform, reply["prediction"])
        models = self.ask_of(platform, "hybrid-ai-engine", "/v1/models")[1]["models"]
        self.assertEqual([(m["model"], m["symbol"]) for m in models], [("walk", "EURUSD")])
        self.assertGreater(float(models[0]["evaluation"]["rows"]), 0)
        # Refusals: who, what and why.
        for path, body, status, says in (("/v1/models/nobody/predictions/EURUSD", None, 404, "walk on EURUSD H1"),
                                         ("/v1/models/walk:predict", {"model_version": 1}, 400, "1 to 20000"),
                                         ("/v1/models/walk:predict", {"model_version": 1, "bars": self.stored_bars()[:100]}, 400, "has learnt from"),
                                         ("/v1/models/nobody:predict", {"model_version": 1, "bars": self.stored_bars()[:100]}, 404, "nobody")):
            refused = self.ask_of(platform, "hybrid-ai-engine", path, body)
            self.assertEqual(refused[0], status, refused)
            self.assertIn(says, json.dumps(refused[1]))
        self.check_features(platform, home)
        platform.stop()

    def explained(self, model, home=None):
        """What the command says of the bars that the model did not learn from, by their time."""
        return {self.nanos(p["time"]): p for p in self.predicted(model, home, "--explain")}

    def same_reasons(self, own, wanted):
        """Number by number and word by word those of the command. How many there are."""
        p = wanted[own["bar_open_ns"]]
        self.assertEqual([own[key] for key in ("p_up", "base_log_odds", "log_odds", "others_contribution", "reasons_note")],
                         [p["p_up"], p["base_logit"], p["logit"], p["others_contribution"], p["reasons_note"] or ""])
        told = [(r["feature"], None if r["value"] == "NaN" else r["value"], r["contribution"], r["text"]) for r in own["reasons"]]
        self.assertEqual(told, [(r["feature"], r["value"], r["contribution"], r["words"]) for r in p["reasons"]], p["time"])
        total = own["base_log_odds"] + own["others_contribution"] + sum(r["contribution"] for r in own["reasons"])
        self.assertAlmostEqual(total, math.log(own["p_up"] / (1 - own["p_up"])), delta=1e-6)
        return len(told)

    def check_reasons(self, platform, newest):
        """Of brought bars and of the live answer."""
        wanted = self.explained("walk")
        bars = {"model_version": 1, "bars": self.stored_bars(), "explain": True}
        status, brought = self.ask_of(platform, "hybrid-ai-engine", "/v1/models/walk:predict", bars | {"answers_max": 100})
        self.assertEqual((status, len(brought.get("predictions", []))), (200, 100), brought)
        self.assertGreater(sum(self.same_reasons(own, wanted) for own in brought["predictions"]), 100)
        status, refused = self.ask_of(platform, "hybrid-ai-engine", "/v1/models/walk:predict", bars | {"answers_max": 201})
        self.assertEqual(status, 400, refused)
        self.assertIn("predict walk --explain --json", json.dumps(refused))
        # However long ago the replay ended: with a great enough age the answer is given as the model made it.
        path = "/v1/models/walk/predictions/EURUSD?explain=true"
        live = self.ask_of(platform, "hybrid-ai-engine", path + "&age_max_ns=9000000000000000000")[1]["prediction"]
        self.assertEqual(live["bar_open_ns"], newest["bar_open_ns"])
        self.assertGreater(self.same_reasons(live, wanted), 1)
        aged = self.ask_of(platform, "hybrid-ai-engine", path + "&age_max_ns=1")[1]["prediction"]
        if aged["degraded"]:
            self.assertEqual(aged["reasons"], [])
            self.assertIn("not available: an aged answer", aged["reasons_note"])

    def check_features(self, platform, home):
        last = self.events("features.vectors", home)[-1]["data"]
        give_up = time.monotonic() + 60
        while (vector := self.ask_of(platform, "feature-engineering", "/v1/features/EURUSD")[1]).get("known_ns") != last["known_ns"] and time.monotonic() < give_up:
            pass
        self.assertEqual(vector["values"], last["values"])
        columns = self.ask_of(platform, "feature-engineering", "/v1/feature-manifests/" + vector["manifest_hash"])[1]["columns"]
        self.assertEqual(len(columns), len(vector["values"]))
        listed = self.ask_of(platform, "feature-engineering", "/v1/indicators")[1]["indicators"]
        self.assertIn("rsi", [i["indicator"] for i in listed])
        bars = self.stored_bars()[:200]
        status, made = self.ask_of(platform, "feature-engineering", "/v1/indicators:compute", {"indicators": ["rsi(14)"], "bars": bars})
        self.assertEqual((status, len(made["columns"][0]["values"])), (200, 200), made)
        lines = (self.folder / "EURUSD_H1.csv").read_text().splitlines()[:201]
        self.must("indicators", "compute", "--input", self.write("bars.csv", "\n".join(lines) + "\n"), "--indicator", "rsi(14)", "--out", self.folder / "rsi.csv")
        rows = [line.split(",")[1] for line in (self.folder / "rsi.csv").read_text().splitlines()[1:]]
        for value, text in zip(made["columns"][0]["values"], rows):
            self.assertEqual(value == "NaN", text == "")
            if text:
                self.assertEqual(float(text), value)

    def test_a_model_that_looks_at_another_market_says_what_the_command_says(self):
        home = self.folder / "pair"
        for part in ("series", "data"):
            if (self.home / part).exists():
                shutil.copytree(self.home / part, home / part)
        self.must("train", "EURUSD", "H1", "--models", "lightgbm", "--folds", "3", "--to", self.CUT, "--name", "pair", "--with", "correlation,GBPUSD", home=home)
        wanted = self.predicted("pair", home)
        self.refuse_feed({"AITRADING_FEED": "replay", "AITRADING_FEED_SERIES": "EURUSD:H1", "AITRADING_FEED_FROM": self.CUT, "AITRADING_SERVED_MODELS": "pair"}, "GBPUSD", home)
        platform = self.replay(home, series="EURUSD:H1,GBPUSD:H1", models="pair")
        told = [e["data"]["prediction"] for e in self.predictions_from(len(wanted), home)]
        path = "/v1/models/pair/predictions/EURUSD?explain=true&age_max_ns=9000000000000000000"
        give_up = time.monotonic() + 60
        while (live := self.ask_of(platform, "hybrid-ai-engine", path)[1]["prediction"])["bar_open_ns"] != told[-1]["bar_open_ns"] and time.monotonic() < give_up:
            pass
        self.assertGreater(self.same_reasons(live, self.explained("pair", home)), 1)
        platform.stop()
        self.assertEqual(len(told), len(wanted))
        for own, p in zip(told, wanted):
            self.assertEqual((own["bar_open_ns"], own["degraded"]), (self.nanos(p["time"]), False), own["degraded_because"])
            self.assertEqual([own["p_up"], own["p_low"], own["p_high"], own["low"], own["high"]], [p["p_up"], p["p_low"], p["p_high"], p["low"], p["high"]], p["time"])

    def test_what_is_not_set_is_said(self):
        platform = self.up()
        seen = {s["service"]: s for s in self.must_json("status")["services"]}
        self.assertNotEqual(seen["data-bridge"]["state"], "ready")
        self.assertIn("AITRADING_FEED", json.dumps(seen["data-bridge"]))
        for service, path in (("hybrid-ai-engine", "/v1/models/walk/predictions/EURUSD"), ("feature-engineering", "/v1/features/EURUSD")):
            status, refused = self.ask_of(platform, service, path)
            self.assertEqual(status, 503, refused)
            self.assertIn("AITRADING_FEED", refused["text"])
        platform.stop()
        for settings, says in (({"AITRADING_FEED": "replay"}, "AITRADING_FEED_SERIES"),
                               ({"AITRADING_FEED": "replay", "AITRADING_FEED_SERIES": "NOBODY:H1"}, "NOBODY"),
                               ({"AITRADING_FEED": "replay", "AITRADING_FEED_SERIES": "EURUSD:H1", "AITRADING_SERVED_MODELS": "nobody"}, "nobody"),
                               ({"AITRADING_FEED": "oracle"}, "AITRADING_FEED")):
            self.refuse_feed(settings, says)

    def test_a_watched_file_speaks_as_it_grows(self):
        file = self.write("ticks.csv", "time,bid,ask\n2017-03-01T10:00:00Z,1.1,1.1002\n2017-03-01T10:00:30Z,1.2,1.2002\n")
        platform = self.up(AITRADING_FEED="file", AITRADING_FEED_FILES=f"GBPUSD:ticks={file}", AITRADING_FEED_TIMEFRAMES="M1")
        with open(file, "a", encoding="ascii") as growing:
            growing.write("2017-03-01T10:00:45Z,none,1.2\n2017-03-01T10:01:00Z,1.2,1.2002\n")
        give_up = time.monotonic() + 60
        while not (bars := [e for e in self.events("market.bars") if e["subject"] == "GBPUSD"]) and time.monotonic() < give_up:
            pass
        self.assertEqual(bars[0]["data"]["feed"], "file")
        platform.stop()
        self.refuse_feed({"AITRADING_FEED": "file"}, "AITRADING_FEED_FILES")
        self.refuse_feed({"AITRADING_FEED": "file", "AITRADING_FEED_FILES": "ticks.csv"}, "EURUSD:ticks=FILE")

    def refuse_feed(self, settings, says, home=None):
        done = subprocess.run(self.command("up", "--any-ports", home=home), capture_output=True, text=True, env={**os.environ, **settings}, timeout=60)
        self.assertNotEqual(done.returncode, 0, settings)
        self.assertIn(says, done.stderr, settings)

    def test_the_simulator_speaks(self):
        platform = self.up(AITRADING_FEED="simulator", AITRADING_FEED_SPEED="100000", AITRADING_FEED_TIMEFRAMES="M1")
        before = len(self.events("market.bars"))
        give_up = time.monotonic() + 60
        while len(self.events("market.bars")) < before + 20 and time.monotonic() < give_up:
            pass
        platform.stop()
        subjects = {e["subject"] for e in self.events("market.bars")[-20:]}
        self.assertIn("SIMULATED", {e["subject"] for e in self.events("market.bars")}, subjects)


if __name__ == "__main__":
    e2e.main()
