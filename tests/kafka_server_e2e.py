"""The platform on Kafka by configuration alone. Needs a real broker: tools/servers/with kafka -- ctest -R e2e.kafka."""
import json
import os
import subprocess
import time
import unittest
import uuid

import e2e
from e2e import Case
from running_e2e import GIVE_UP
from up_e2e import Platform, get


class OnKafka(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName

    def settings(self, **more):
        brokers = os.environ.get("AITRADING_TEST_KAFKA")
        if not brokers:
            self.skipTest("needs a real Kafka: ./dev test --with-servers")
        return {"KAFKA_BROKERS": brokers, "AITRADING_KAFKA_PREFIX": f"e2e{uuid.uuid4().hex[:12]}", "AITRADING_CHECK_PERIOD": "1", **more}

    def run_on(self, settings, *words, stdin=None):
        return subprocess.run(self.command(*words, home=self.own), input=stdin, capture_output=True, text=True, timeout=120, env={**os.environ, **settings})

    def events(self, settings, topic):
        done = self.run_on(settings, "journal", "tail", "--from-start", "--topic", topic)
        return [json.loads(line) for line in done.stdout.splitlines()] if done.returncode == 0 else []

    def until(self, ask, what):
        give_up = time.monotonic() + GIVE_UP
        while time.monotonic() < give_up:
            if seen := ask():
                return seen
        self.fail(what)

    def test_bars_of_a_feed_lie_on_kafka_and_come_out_again(self):
        settings = self.settings(AITRADING_FEED="simulator", AITRADING_FEED_SPEED="2000", AITRADING_FEED_TIMEFRAMES="M1")
        platform = Platform(self, "up", "--any-ports", home=self.own, environment=settings)
        bars = self.until(lambda: len(b := self.events(settings, "market.bars")) >= 20 and b, "bars come out of Kafka")
        self.assertEqual({b["subject"] for b in bars}, {"SIMULATED"})
        opened = [int(b["data"]["bar"]["open_time_ns"]) for b in bars]
        self.assertEqual(opened, sorted(set(opened)))
        url = platform.url["database-service"]
        topics = {t["topic"] for t in json.loads(get(url + "/v1/topics")[1])["topics"]}
        self.assertLessEqual({"market.bars", "logs.records", "ops.alerts"}, topics)
        self.until(lambda: [c for c in json.loads(get(url + "/v1/checks")[1]).get("checks", []) if c["topic"] == "market.bars" and int(c["compared"]) > 0 and int(c["differences"]) == 0],
                   "the standing check compares them")
        self.assertEqual(get(url + "/v1/readiness")[0], 200)
        self.assertFalse((self.own / "journal").exists(), "no journal beside it")
        order = json.dumps({"account": "main", "reason": "drill"}) + "\n"
        done = self.run_on(settings, "journal", "publish", "--type", "EngageKillSwitch", stdin=order)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([e["subject"] for e in self.events(settings, "risk.commands")], ["main"])
        self.assertEqual(platform.stop()[0], 0)
        done = self.run_on(settings, "journal", "verify")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("KAFKA_BROKERS is set", done.stderr)
        done = self.run_on(settings, "journal", "load", "--count", "20", "--subjects", "2")
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 20), done.stderr)

    def test_a_platform_in_two_processes_meets_on_kafka(self):
        settings = self.settings(AITRADING_FEED="simulator", AITRADING_FEED_SPEED="2000", AITRADING_FEED_TIMEFRAMES="M1")
        core = Platform(self, "serve", "feature-engineering", "hybrid-ai-engine", "--any-ports", home=self.own / "core", environment=settings)
        self.assertNotIn("data-bridge", core.url)
        peers = ",".join(f"{name}=localhost:{url.rsplit(':', 1)[1]}" for name, url in core.url.items())
        feed = Platform(self, "serve", "data-bridge", "--any-ports", home=self.own / "feed", environment={**settings, "AITRADING_PEERS": peers})
        self.assertEqual(list(feed.url), ["data-bridge"])
        vectors = self.until(lambda: len(v := self.events(settings, "features.vectors")) >= 5 and v, "vectors of the other process's bars")
        trace = lambda event: event["traceparent"].split("-")[1]
        bars = {trace(b): b["data"]["bar"]["open_time_ns"] for b in self.events(settings, "market.bars")}
        for vector in vectors:
            self.assertEqual(bars[trace(vector)], vector["data"]["bar_open_ns"], "one trace from the bar to its vector")
        self.assertEqual(len({v["id"] for v in vectors}), len(vectors))
        self.assertEqual(get(core.url["feature-engineering"] + "/v1/features/SIMULATED")[0], 200)
        needs = lambda: {d["dependency"]: d["ready"] for d in json.loads(get(feed.url["data-bridge"] + "/v1/readiness")[1])["dependencies"]}
        self.until(lambda: needs()["feature-engineering"] and needs()["database-service"], "what the feed needs is ready in the other process")
        self.assertEqual((feed.stop()[0], core.stop()[0]), (0, 0))

    def test_brokers_that_do_not_answer_are_named(self):
        done = subprocess.run(self.command("up", "--any-ports", home=self.own), capture_output=True, text=True, timeout=120, env={**os.environ, "KAFKA_BROKERS": "127.0.0.1:1"})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("KAFKA_BROKERS = 127.0.0.1:1", done.stderr)
        self.assertIn("start the brokers or correct the setting", done.stderr)


if __name__ == "__main__":
    e2e.main()
