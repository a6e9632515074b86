"""The journal at the command line: what `load` acknowledged is what `tail` shows, also after a kill, and `verify` sees damage."""
import json
import signal
import sqlite3
import subprocess
import unittest

import e2e
from e2e import Case


class Journal(Case):
    def setUp(self):
        self.own = self.folder / self._testMethodName

    def tail(self, *words):
        return [json.loads(line) for line in self.must("journal", "tail", *words, home=self.own).splitlines()]

    def check_counting(self, events):
        counts = {}
        for event in events:
            self.assertEqual(event["data"]["n"], counts.get(event["subject"], 0) + 1, event)
            counts[event["subject"]] = event["data"]["n"]
        self.assertEqual(len({event["id"] for event in events}), len(events))
        return counts

    def test_what_is_printed_is_stored_and_a_second_run_counts_on(self):
        first = self.must("journal", "load", "--count", "50", "--subjects", "4", home=self.own).split("\n")[:-1]
        second = self.must("journal", "load", "--count", "30", "--subjects", "5", home=self.own).split("\n")[:-1]
        self.assertEqual((len(first), len(second)), (50, 30))
        events = self.tail("--from-start")
        self.assertEqual({f'{e["subject"]} {e["data"]["n"]} {e["id"]}' for e in events}, set(first + second))
        self.check_counting(events)
        for key in "id subject sequence type time data".split():
            self.assertIn(key, events[0])
        self.assertEqual(events[0]["type"], "ops.load.appended")
        self.assertEqual({e["subject"] for e in self.tail("--from-start", "--subject", "load-4")}, {"load-4"})
        self.assertGreaterEqual(len(self.tail()), 10)
        told = self.must_json("journal", "verify", home=self.own)
        self.assertEqual((told["ok"], told["events"]), (True, 80))

    def test_a_read_model_is_built_anew_and_compared_with_the_journal(self):
        self.refuse(4, "journal", "replay", says=["no journal"], home=self.own)
        self.must("journal", "load", "--count", "60", "--subjects", "3", home=self.own)
        self.refuse(4, "journal", "replay", "--check", says=["never built"], home=self.own)
        self.refuse(4, "journal", "replay", "--topic", "nowhere", says=["nowhere"], home=self.own)
        for _ in range(2):
            built = self.must_json("journal", "replay", home=self.own)["topics"]
            self.assertEqual([(t["topic"], t["events"], t["subjects"]) for t in built], [("ops.load", 60, 3)])
            self.assertEqual([(t["type"], t["events"]) for t in built[0]["types"]], [("ops.load.appended", 60)])
        self.must("journal", "load", "--count", "6", "--subjects", "3", home=self.own)
        told = self.must_json("journal", "replay", "--check", home=self.own)
        self.assertTrue(told["ok"])
        self.assertEqual((told["topics"][0]["events"], told["topics"][0]["behind"]), (60, 6))
        self.must("journal", "replay", home=self.own)
        older = sqlite3.connect(self.own / "journal" / "events.sqlite")
        snapshot = older.execute("SELECT snapshot FROM groups WHERE name = 'overview'").fetchone()[0]
        older.close()
        self.must("journal", "load", "--count", "3", "--subjects", "3", home=self.own)
        self.must("journal", "replay", home=self.own)
        database = sqlite3.connect(self.own / "journal" / "events.sqlite")
        database.execute("UPDATE groups SET snapshot = ? WHERE name = 'overview'", (snapshot,))  # a view that missed three events
        database.commit()
        database.close()
        self.refuse(5, "journal", "replay", "--check", says=["differs from the journal in 4 lines"], home=self.own)
        self.must("journal", "replay", home=self.own)
        self.assertIn("69 events: the read model 'overview' says what the journal says", self.must("journal", "replay", "--check", home=self.own))

    def test_a_kill_loses_nothing_that_was_printed(self):
        printed = set()
        for lines in (1, 40, 700):
            words = self.command("journal", "load", "--count", "1000000", "--subjects", "3", home=self.own)
            process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
            seen = 0
            for line in process.stdout:
                if line.endswith("\n"):
                    printed.add(line.strip())
                seen += 1
                if seen == lines:
                    process.send_signal(signal.SIGKILL)
            self.assertEqual(process.wait(), -signal.SIGKILL)
            process.stdout.close()
            events = self.tail("--from-start")
            self.check_counting(events)
            self.assertLessEqual(printed, {f'{e["subject"]} {e["data"]["n"]} {e["id"]}' for e in events})
        self.assertTrue(self.must_json("journal", "verify", home=self.own)["ok"])

    def publish(self, kind, *lines, **options):
        return self.must("journal", "publish", "--type", kind, stdin="".join(json.dumps(line) + "\n" for line in lines), home=self.own, **options)

    def test_events_of_the_contracts_are_shown_as_json(self):
        fill = {"account": "main", "order_id": "o-1", "side": "SIDE_SELL", "price_e9": "1085430000"}
        ask = {"account": "other", "order_id": "o-2", "terms": {"symbol": "EURUSD", "side": "SIDE_BUY", "quantity_e6": "100"}}
        printed = self.publish("TradingExecuted", fill, {**fill, "account": "second"}).split("\n")[:-1]
        self.publish("ExecuteTrade", ask)
        events = self.tail("--from-start")
        self.assertEqual([e["type"] for e in events], ["TradingExecuted", "TradingExecuted", "ExecuteTrade"])
        self.assertEqual([e["topic"] for e in events], ["orders.events", "orders.events", "orders.commands"])
        self.assertEqual([e["subject"] for e in events], ["main", "second", "other"])
        self.assertEqual(printed, [f'{e["subject"]} {e["sequence"]} {e["id"]}' for e in events[:2]])
        self.assertLessEqual(fill.items(), events[0]["data"].items())
        self.assertEqual(events[0]["data"]["commission_e6"], "0")
        self.assertEqual(events[2]["data"]["terms"]["quantity_e6"], "100")
        told = self.must_json("journal", "contracts", home=self.own)["contracts"]
        self.assertIn({"topic": "orders.events", "type": "TradingExecuted", "kind": "domain", "message": "aitrading.v1.TradingExecuted", "subject": "account"}, told)

    def test_what_breaks_a_contract_is_not_published(self):
        def refused(code, kind, text, says):
            self.refuse(code, "journal", "publish", "--type", kind, stdin=text, says=says, home=self.own)
        refused(2, "NoSuchThing", "{}\n", ["NoSuchThing", "journal contracts"])
        refused(3, "ExecuteTrade", '{"account":"a"}\n{"account":7}\n', ["line 2"])
        refused(3, "ExecuteTrade", '{"order_id":"a"}\n', ["'account' is empty"])
        refused(3, "MLPredictionGenerated", '{"symbol":"EURUSD","prediction":{"p_up":1.5}}\n', ["prediction.p_up = 1.5"])
        self.assertEqual(self.tail("--from-start"), [])

    def test_damage_is_named_and_what_is_not_there_is_said(self):
        self.refuse(4, "journal", "verify", says=["no journal"], home=self.own)
        self.must("journal", "load", "--count", "20", "--subjects", "1", home=self.own)
        self.refuse(4, "journal", "tail", "--topic", "nowhere", says=["nowhere"], home=self.own)
        self.refuse(2, "journal", "load", "--count", "0", home=self.own)
        database = sqlite3.connect(self.own / "journal" / "events.sqlite")
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE name LIKE 'e\\_%' ESCAPE '\\' AND type='table'")]
        used = next(t for t in tables if database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] > 0)
        database.execute(f"UPDATE {used} SET subject='other' WHERE position=7")
        database.commit()
        database.close()
        self.refuse(5, "journal", "verify", says=["offset 7", "damaged"], home=self.own)


if __name__ == "__main__":
    e2e.main()
