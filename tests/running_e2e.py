"""The journal inside a running platform: its standing check, requests, states of services, deadlines that come back."""
import base64
import itertools
import json
import sqlite3
import time
import unittest
import urllib.error
import urllib.request

import e2e
from e2e import Case
from up_e2e import Platform, get

GIVE_UP = 90


def post(url, document):
    request = urllib.request.Request(url, data=json.dumps(document).encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


class Running(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName

    def up(self, *words, **settings):
        return Platform(self, "up", "--any-ports", *words, home=self.own, environment={"AITRADING_CHECK_PERIOD": "0.2", **settings})

    def until(self, ask, what):
        """Asks again until it is so: nothing here depends on how long that takes."""
        give_up = time.monotonic() + GIVE_UP
        while time.monotonic() < give_up:
            seen = ask()
            if seen:
                return seen
        self.fail(what)

    def events(self, topic, kind=None):
        lines = self.must("journal", "tail", "--from-start", "--topic", topic, home=self.own).splitlines()
        return [e for e in map(json.loads, lines) if kind in (None, e["type"])]

    def checks(self, platform):
        status, body = get(platform.url["database-service"] + "/v1/checks")
        self.assertEqual(status, 200, body)
        return {c["topic"]: c for c in json.loads(body).get("checks", [])}

    def state(self, service="database-service"):
        return next(s for s in self.must_json("status", home=self.own)["services"] if s["service"] == service)

    def test_a_planted_difference_is_reported_and_a_rebuild_ends_it(self):
        self.must("journal", "load", "--count", "300", "--subjects", "3", home=self.own)
        platform = self.up()
        self.until(lambda: int(self.checks(platform).get("ops.load", {}).get("compared", 0)) == 300, "the events are compared")
        told = self.must_json("status", home=self.own)
        self.assertEqual({c["topic"]: c["differences"] for c in told["checks"]}["ops.load"], 0)
        self.assertIn("standing check of 'overview': 0 differences", self.must("status", home=self.own))
        self.assertIn('read_model_differences{read_model="overview",topic="ops.load"} 0', get(platform.url["database-service"] + "/metrics")[1])
        self.assertEqual(self.events("ops.alerts", "ReadModelDiverged"), [])
        # Somebody spoils one byte of what is stored: the number of events of the first type.
        database = sqlite3.connect(self.own / "journal" / "events.sqlite", timeout=20, isolation_level=None)
        database.execute("PRAGMA synchronous=OFF")  # short: the platform writes meanwhile
        database.execute("UPDATE groups SET snapshot = CAST(substr(snapshot, 1, 30) || x'7f' || substr(snapshot, 32) AS BLOB) "
                         "WHERE name = 'overview' AND topic = (SELECT id FROM topics WHERE name = 'ops.load')")
        database.close()
        diverged = self.until(lambda: self.events("ops.alerts", "ReadModelDiverged"), "the difference is told")[0]
        self.assertEqual((diverged["data"]["read_model"], diverged["data"]["topic"]), ("overview", "ops.load"))
        raised = self.until(lambda: self.events("ops.alerts", "OpsAlertRaised"), "and raised as an alert")
        self.assertEqual([e["data"]["alert"] for e in raised], ["read_model_diverged/overview/ops.load"])
        seen = self.until(lambda: (s := self.state())["state"] == "degraded" and s, "the service is degraded")
        self.assertIn("ops.load", seen["last_error"])
        self.assertEqual(get(platform.url["database-service"] + "/v1/readiness")[0], 200)
        self.until(lambda: [e for e in self.events("ops.alerts", "ServiceStateChanged") if e["data"]["state"] == "SERVICE_STATE_DEGRADED"], "which is told as well")
        self.assertRegex(self.must("status", home=self.own), r"standing check of 'overview': [1-9]\d* differences")
        self.assertEqual(platform.stop()[0], 0)
        self.must("journal", "replay", home=self.own)
        again = self.up()
        self.until(lambda: self.events("ops.alerts", "OpsAlertCleared"), "it is over")
        self.until(lambda: self.state()["state"] == "ready", "the service is well again")
        self.assertEqual(again.stop()[0], 0)
        self.assertEqual(len(self.events("ops.alerts", "OpsAlertRaised")), 1)

    def test_old_events_go_by_their_rule_and_the_check_goes_on(self):
        self.must("journal", "load", "--count", "600", "--subjects", "40", home=self.own)
        with self.assertRaisesRegex(AssertionError, "AITRADING_RETENTION: .*domain events are kept for good"):
            self.up(AITRADING_RETENTION="orders.events=30d")
        self.assertEqual(len(self.events("ops.load")), 600)
        platform = self.up(AITRADING_RETENTION="ops.load=20")
        left = self.until(lambda: (e := self.events("ops.load")) and len(e) <= 80 and e, "four partitions keep twenty each")
        self.assertEqual(sorted(int(e["data"]["n"]) for e in left)[-1], 15)
        self.assertIn('events_removed_total{topic="ops.load"} 520', get(platform.url["database-service"] + "/metrics")[1])
        compared = self.until(lambda: (c := self.checks(platform).get("ops.load")) and int(c["checked_ns"]) > 0 and c, "the check goes on")
        self.assertEqual((int(compared.get("missing", 0)), int(compared.get("surplus", 0)), int(compared.get("different", 0))), (0, 0, 0), compared)
        self.assertEqual(self.events("ops.alerts", "ReadModelDiverged"), [])
        self.assertEqual(platform.stop()[0], 0)
        self.must("journal", "verify", home=self.own)

    def test_services_tell_that_they_came_and_went(self):
        platform = self.up(AITRADING_FEED="simulator", AITRADING_FEED_SPEED="1000", AITRADING_FEED_TIMEFRAMES="M1")
        states = lambda: [(e["data"]["service"], e["data"]["state"]) for e in self.events("ops.alerts", "ServiceStateChanged")]
        self.until(lambda: ("database-service", "SERVICE_STATE_READY") in states(), "what came is told")
        self.assertEqual(platform.stop()[0], 0)
        self.assertIn(("database-service", "SERVICE_STATE_STOPPED"), states())
        feed = [e["data"] for e in self.events("ops.alerts", "FeedStateChanged")]
        self.assertEqual([(f["feed"], f["connected"]) for f in feed], [("simulator", True), ("simulator", False)])

    def test_the_journal_answers_requests(self):
        platform = self.up()
        url = platform.url["database-service"]
        order = {"type": "EngageKillSwitch", "data_json": json.dumps({"account": "main", "reason": "drill"})}
        status, told = post(url + "/v1/topics/risk.commands/events", {"events": [order]})
        self.assertEqual(status, 200, told)
        at = told["receipts"][0]["position"]
        status, body = get(url + f"/v1/topics/risk.commands/partitions/{at.get('partition', 0)}/events?as_json=true")
        stored = json.loads(body)["events"][0]["event"]
        self.assertEqual((status, stored["subject"], stored["tenant"], stored["source"]), (200, "main", "default", "/outside/default"))
        self.assertEqual(json.loads(stored["data_json"])["reason"], "drill")
        with urllib.request.urlopen(url + "/v1/topics/risk.commands/events:watch?from_start=true&as_json=true", timeout=GIVE_UP) as stream:
            post(url + "/v1/topics/risk.commands/events", {"events": [order]})
            heard = [json.loads(line[5:]) for line in itertools.islice((line for line in stream if line.startswith(b"data:")), 2)]
        self.assertEqual([h["event"]["subject"] for h in heard], ["main", "main"])
        topics = {t["topic"]: t for t in json.loads(get(url + "/v1/topics")[1])["topics"]}
        self.assertIn("EngageKillSwitch", topics["risk.commands"]["types"])
        for topic, kind, says in (("orders.events", "TradingExecuted", "AITRADING_PUBLISH_TOPICS"), ("market.bars", "BarClosed", "AITRADING_PUBLISH_TOPICS")):
            status, refused = post(url + f"/v1/topics/{topic}/events", {"events": [{"type": kind, "data": base64.b64encode(b"").decode()}]})
            self.assertEqual(status, 403, refused)
            self.assertIn(says, refused["text"])
        self.assertEqual(get(url + "/v1/topics/nowhere/partitions/0/events")[0], 404)
        self.assertEqual(platform.stop()[0], 0)

    def test_load_and_publish_go_into_the_platform_that_runs(self):
        self.must("journal", "load", "--count", "10", "--subjects", "2", home=self.own)
        platform = self.up()
        printed = self.must("journal", "load", "--count", "1200", "--subjects", "2", home=self.own).splitlines()
        self.assertEqual(len(printed), 1200)
        order = json.dumps({"account": "main", "reason": "drill"}) + "\n"
        told = self.must("journal", "publish", "--type", "EngageKillSwitch", stdin=order, home=self.own).split()
        self.assertEqual(told[0], "main")
        fill = json.dumps({"account": "main", "order_id": "o-1"}) + "\n"
        self.refuse(5, "journal", "publish", "--type", "TradingExecuted", stdin=fill, home=self.own, says=["the platform that runs on this home refuses", "AITRADING_PUBLISH_TOPICS"])
        self.refuse(5, "journal", "publish", "--type", "EngageKillSwitch", "--tenant", "acme", stdin=order, home=self.own, says=["the caller is 'default'"])
        self.assertEqual(platform.stop()[0], 0)
        events = self.events("ops.load")
        self.assertLessEqual(set(printed), {f'{e["subject"]} {e["data"]["n"]} {e["id"]}' for e in events})
        for subject in ("load-0", "load-1"):
            self.assertEqual([e["data"]["n"] for e in events if e["subject"] == subject], list(range(1, 606)), "it counts on where it was")

    def test_a_deadline_comes_back_also_after_a_kill(self):
        soon = {"key": "account-7", "saga": "order", "instance": "o-1", "due_ns": str(time.time_ns() - 1)}
        late = {**soon, "instance": "o-2", "due_ns": str(time.time_ns() + 3_600_000_000_000)}
        self.must("journal", "publish", "--type", "SagaDeadlineSet", stdin=json.dumps(soon) + "\n" + json.dumps(late) + "\n", home=self.own)
        for _ in range(2):
            platform = self.up()
            passed = self.until(lambda: self.events("ops.timers", "SagaDeadlinePassed"), "what is due comes back")
            platform.kill()
        self.assertEqual([e["data"]["instance"] for e in passed], ["o-1"], "once")
        self.assertTrue(self.must_json("journal", "verify", home=self.own)["ok"])


if __name__ == "__main__":
    e2e.main()
